"""Plans of format 1, whose names were others, in the terms of today, so that jobs can ask them again.

Format 1 named a plan's parts by Python classes (``"is": "Corridors"``); here they are plain text: names are
looked up in tables, and nothing of a file is ever run. Its outcomes answer nothing any more.
"""

from __future__ import annotations

from typing import Any

from engine.experiments.codec import EXCLUDING, CodecError, from_json
from engine.experiments.plan import Plan

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


def _translated(value: Any) -> Any:
    """A part of a plan: its class becomes a name, or goes where there is only one it can be."""
    if not isinstance(value, dict):
        return value
    parts = {FIELDS.get(name, name): _translated(part) for name, part in value.items() if name != "is"}
    kind = value.get("is")
    name = DESIGNS.get(kind) or METHODS.get(kind)  # type: ignore[arg-type]
    return {"name": name, **parts} if name else parts
