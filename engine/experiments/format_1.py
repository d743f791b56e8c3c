"""Outcomes, source models and jobs of format 1, whose names were others, in the terms of format 2.

Format 1 named a plan's parts by Python classes (``"is": "Corridors"``) and hashed their ``repr``; here both
are plain text: names are looked up in tables, and nothing of a file is ever run.
"""

from __future__ import annotations

import ast
import hashlib
from typing import Any

from engine.domain import GroundplanError
from engine.experiments.codec import EXCLUDING, CodecError, from_json
from engine.experiments.plan import Plan
from engine.fingerprints import Fingerprints
from engine.learning.all_seasons import AllSeasons
from engine.learning.ensemble_members import JOINT, LEARNER, SOURCE, TARGET
from engine.learning.ensemble_sources import EnsembleSources
from engine.learning.pretraining import BestFold
from engine.learning.recipes import Recipe
from engine.learning.source_data import SourceKey

DESIGNS = {
    "Radius": "radius", "Random": "random", "Balanced": "balanced", "Stratified": "stratified",
    "Corridors": "transects", "Clusters": "clusters", "Disagreement": "disagreement",
    "Embedding": "embedding", "Nowhere": "no-visit", "Given": "listed", "Avoiding": EXCLUDING,
}  # fmt: skip
METHODS = {
    "ZeroShot": "zero-shot", "Transfer": "transfer", "Scratch": "scratch", "AllPast": "all-sources",
    "LogitAdjusted": "logit-adjusted", "Replay": "replay", "Averaged": "weight-averaging", "Joint": "joint",
    "SelfTraining": "self-training", "TransductiveSelfTraining": "self-training-transductive",
    "GroundplanHome": "ensemble-zero-shot", "Groundplan": "ensemble",
}  # fmt: skip
FIELDS = {"km": "equivalent_radius_km"}
MEMBERS = {"network": LEARNER}
TRAINING = {"past": SOURCE, "both": JOINT, "present": TARGET}
CARD = {
    "share": "prior_share", "ratio": "blend_ratio", "vote_temperature": "ensemble_temperature",
    "heat": "member_temperatures",
}  # fmt: skip
NAMELESS = ("Departure",)  # the name is for people and was no part of the key


def is_format_1(record: Any) -> bool:
    """Whether a record of an outcome is of format 1.

    Parameters
    ----------
    record
        What a file of an outcome holds, as JSON values.
    """
    return isinstance(record, dict) and "format" not in record and is_plan(record.get("plan"))


def is_plan(facts: Any) -> bool:
    """Whether format 1 wrote this plan.

    Parameters
    ----------
    facts
        A plan as JSON values, of any format.
    """
    return isinstance(facts, dict) and "is" in facts


def plan_of(facts: Any) -> Plan:
    """The plan that format 1 or format 2 wrote.

    Parameters
    ----------
    facts
        A plan as JSON values.

    Raises
    ------
    CodecError
        Where it is none.
    """
    try:
        return from_json(Plan, translated_plan(facts) if is_plan(facts) else facts)
    except (TypeError, RecursionError) as error:
        raise CodecError(f"it is no plan ({error!r:.120})") from error


def translated_plan(facts: dict[str, Any]) -> dict[str, Any]:
    """The plan as format 2 writes it.

    Parameters
    ----------
    facts
        A plan as format 1 wrote it.
    """
    plan: dict[str, Any] = _translated(facts)
    return plan


def translated_outcome(record: dict[str, Any]) -> dict[str, Any]:
    """The record of an outcome as format 2 writes it, under the same key; no number changes.

    Parameters
    ----------
    record
        An outcome as format 1 wrote it.
    """
    body = {name: value for name, value in record.items() if name != "voters"}
    plan, weights = translated_plan(record["plan"]), _members(record.get("voters", {}))
    return {**body, "plan": plan, "member_weights": weights}


def translated_repeat(record: dict[str, Any]) -> dict[str, Any]:
    """One repeat of an unfinished plan.

    Parameters
    ----------
    record
        A repeat as format 1 wrote it.
    """
    facts = {name: value for name, value in record.items() if name != "weights"}
    return {**facts, "member_weights": _members(record.get("weights", {}))}


def key_of(facts: dict[str, Any], version: str) -> str:
    """The key that format 1 gave the plan: a hash of its ``repr``.

    Parameters
    ----------
    facts
        A plan as format 1 wrote it.
    version
        Of the engine that wrote it; part of what is hashed.
    """
    return digest(f"{version} {_repr(facts)}")


def source_of(card: dict[str, Any], name: str, version: str) -> SourceKey | None:
    """What identifies a source model of format 1; None where its card does not name that file.

    Parameters
    ----------
    card
        As format 1 wrote it, with the ``repr`` of its source.
    name
        Of its file, without suffix.
    version
        Of the engine that trained it; part of what the name hashes.
    """
    source = card.get("source")
    if not isinstance(source, str) or not name.endswith(f"-{digest(f'{version} {source}')}"):
        return None
    try:
        facts = _parsed(source)
        recipe = from_json(Recipe, _translated(_parsed(facts["recipe"])))
        kind, period = facts["is"], facts.get("period_days")
        training = BestFold() if kind == "Source" else EnsembleSources(period, 1) if period else AllSeasons()
        sources = tuple(facts["sources"])
        return SourceKey(
            training, Fingerprints(study=facts["study"]), facts["target"], sources, facts["learner"], recipe,
            facts["test"], facts["seed"],
        )  # fmt: skip
    except (GroundplanError, SyntaxError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def translated_card(card: dict[str, Any], source: SourceKey) -> dict[str, Any]:
    """The card of a source model.

    Parameters
    ----------
    card
        As format 1 wrote it.
    source
        What identifies the model, from `source_of`.
    """
    renamed = {CARD.get(name, name): value for name, value in card.items()} | {"source": source.facts}
    if isinstance(members := renamed.get("member_temperatures"), dict):
        renamed["member_temperatures"] = {MEMBERS.get(name, name): value for name, value in members.items()}
    return renamed


def _translated(value: Any) -> Any:
    """A part of a plan: its class becomes a name, or goes where there is only one it can be."""
    if not isinstance(value, dict):
        return value
    parts = {FIELDS.get(name, name): _translated(part) for name, part in value.items() if name != "is"}
    kind = value.get("is")
    name = DESIGNS.get(kind) or METHODS.get(kind)  # type: ignore[arg-type]
    return {"name": name, **parts} if name else parts


def _members(weights: dict[str, float]) -> dict[str, float]:
    """Weights of members, ``network, past`` as ``learner, source``."""

    def renamed(name: str) -> str:
        kind, _, training = name.partition(", ")
        return f"{MEMBERS.get(kind, kind)}, {TRAINING.get(training, training)}"

    return {renamed(name): weight for name, weight in weights.items()}


def _repr(value: Any) -> str:
    """The ``repr`` of the dataclass that format 1 wrote."""
    if isinstance(value, list):
        return repr(tuple(value))
    if not isinstance(value, dict):
        return repr(value)
    kind = value.get("is")
    hidden = ("is", "name") if kind in NAMELESS else ("is",)
    parts = (f"{name}={_repr(part)}" for name, part in value.items() if name not in hidden)
    return f"{kind}({', '.join(parts)})"


def _parsed(text: str) -> dict[str, Any]:
    """The ``repr`` of a dataclass of plain values, as format 1 would have written it; read, never run."""

    def value_of(node: ast.expr) -> Any:
        if not isinstance(node, ast.Call):
            value = ast.literal_eval(node)
            return list(value) if isinstance(value, tuple) else value
        if not isinstance(node.func, ast.Name):
            raise ValueError(f"{ast.dump(node.func):.60} is no name of a class")
        return {"is": node.func.id, **{str(part.arg): value_of(part.value) for part in node.keywords}}

    facts: dict[str, Any] = value_of(ast.parse(text, mode="eval").body)
    return facts


def digest(text: str) -> str:
    """Sixteen hexadecimal digits.

    Parameters
    ----------
    text
        What is hashed (SHA-256 of its UTF-8).
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]
