"""Outcomes and pre-trained weights on disk: JSON and safetensors, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from engine.domain import Study
from engine.experiments.codec import CodecError, from_json, to_json
from engine.experiments.fingerprints import current_plan, uses
from engine.experiments.outcome import Outcome, Repeat
from engine.experiments.plan import Plan
from engine.experiments.records import (
    ArchiveError,
    OutdatedError,
    outcome_path,
    read_outcome,
    write_outcome,
)
from engine.files import make_folder, shipped_folder, write_atomic, write_json
from engine.leftovers import sweep
from engine.parsing import json_of

KEPT_OUTCOMES = 256  # an outcome takes some 100 KB

SHA256 = "sha256"  # of the weights, in their card
LOG = logging.getLogger("groundplan")

Tensors = dict[str, npt.NDArray[np.float32]]
Arrays = dict[str, npt.NDArray[Any]]
PREDICTIONS, ABOUT = "predictions", "about"  # a folder beside the weights; the key of its files' metadata


@dataclass(frozen=True)
class Archive:
    """A folder with ``outcomes/``, ``repeats/`` (of unfinished plans), ``models/`` and ``locks/``.

    Parameters
    ----------
    folder
        Read and written.
    shelves
        Further folders of the same shape that are only read: outcomes and models that ship.
    models
        Where weights are written, if not to ``models/`` in the folder.
    """

    folder: Path
    shelves: tuple[Path, ...] = ()
    models: Path | None = None

    def outcome(self, plan: Plan) -> Outcome | None:
        """The outcome of a plan, or None; a damaged file counts as none and is computed again."""
        for folder in self._folders:
            path = outcome_path(folder, plan.key)
            if path.exists():
                try:
                    return _asked_today(_read(path, path.stat().st_mtime_ns), plan)
                except (ArchiveError, FileNotFoundError):
                    continue
        return None

    def contents(self, study: Study) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
        """Every file, read once.

        Parameters
        ----------
        study
            As it is; an outcome whose seasons are not those of the study any more is left out.

        Returns
        -------
        The readable outcomes of the study that this version of the engine made, and what is wrong with each
        file that cannot be read.
        """
        return self._contents(study, self._folders)

    def own_outcomes(self, study: Study) -> tuple[Outcome, ...]:
        """The outcomes of a study in the folder that is written to, without those that ship."""
        return self._contents(study, self._folders[:1])[0]

    def _contents(
        self, study: Study | None, folders: Sequence[Path]
    ) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
        outcomes: dict[Plan, Outcome] = {}
        complaints = []
        for path in (path for folder in folders for path in sorted((folder / "outcomes").glob("*.json"))):
            try:
                outcome = _read(path, path.stat().st_mtime_ns)
            except FileNotFoundError:  # taken away since it was listed
                continue
            except OutdatedError:
                continue
            except ArchiveError as error:
                complaints.append(str(error))
                continue
            if study and uses(study, outcome.plan):
                plan = current_plan(study, outcome.plan)
                outcomes.setdefault(plan, _asked_today(outcome, plan))
        return tuple(outcomes.values()), tuple(complaints)

    def outcomes(self, study: Study) -> tuple[Outcome, ...]:
        """All readable outcomes of a study, see `contents`."""
        return self.contents(study)[0]

    def damaged(self) -> tuple[str, ...]:
        """What is wrong with each outcome file that cannot be read."""
        return self._contents(None, self._folders)[1]

    def keep(self, outcome: Outcome) -> None:
        """Store an outcome and forget the single repeats it was made of."""
        write_outcome(self.folder, outcome)
        for number in range(outcome.plan.repeats):
            self._repeat_path(outcome.plan, number).unlink(missing_ok=True)

    def repeat(self, plan: Plan, number: int) -> Repeat | None:
        """One finished repeat of an unfinished plan, or None."""
        path = self._repeat_path(plan, number)
        if not path.exists():
            return None
        try:
            return from_json(Repeat, json_of(path.read_bytes()), explain=False)
        except (OSError, ValueError, CodecError):  # damaged: computed again
            return None

    def repeats(self, plan: Plan) -> int:
        """How many repeats of an unfinished plan are there."""
        return sum(self.has_repeat(plan, number) for number in range(plan.repeats))

    def has_repeat(self, plan: Plan, number: int) -> bool:
        """Whether a repeat of an unfinished plan is there."""
        return self._repeat_path(plan, number).exists()

    def keep_repeat(self, plan: Plan, number: int, repeat: Repeat) -> None:
        """Store one repeat, so that an interrupted run goes on from it."""
        write_json(self._repeat_path(plan, number), to_json(repeat))

    def weights(self, name: str) -> tuple[Tensors, dict[str, Any]] | None:
        """Tensors and card of a pre-trained model; None where there is none, so that it is trained.

        A file that is not the one whose SHA-256 its card states counts as none, and that is said.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        for models in (self._models, *(shelf / "models" for shelf in self.shelves)):
            path = models / f"{name}.safetensors"
            card = path.with_suffix(".json")
            if not (path.exists() and card.exists()):
                continue
            try:
                content, about = path.read_bytes(), json_of(card.read_bytes())
                if about.pop(SHA256, None) != hashlib.sha256(content).hexdigest():
                    raise ValueError("its card states another SHA-256")
                return load(content), about
            except (SafetensorError, ValueError, TypeError, AttributeError, OSError) as error:
                LOG.warning("%s is not used (%s). The model is trained again.", path, error)
        return None

    def has_weights(self, name: str) -> bool:
        """Whether a pre-trained model of that name is there; unlike `weights`, this reads nothing."""
        for models in (self._models, *(shelf / "models" for shelf in self.shelves)):
            if all((models / f"{name}{end}").exists() for end in (".safetensors", ".json")):
                return True
        return False

    def computed(self, plan: Plan) -> bool:
        """Whether the outcome of a plan lies in the folder that is written to, and did not ship."""
        return outcome_path(self.folder, plan.key).exists()

    def keep_weights(self, name: str, tensors: Tensors, card: dict[str, Any]) -> None:
        """Store a pre-trained model; its card states its SHA-256, comes last and makes it count."""
        from safetensors.numpy import save

        path = self._models / f"{name}.safetensors"
        content = save({key: np.ascontiguousarray(value) for key, value in tensors.items()})
        write_atomic(path, content)
        write_json(path.with_suffix(".json"), {**card, SHA256: hashlib.sha256(content).hexdigest()})

    def predictions(self, name: str, facts: dict[str, Any]) -> Arrays | None:
        """Predictions of source models, if they were made of these facts and are whole; else None."""
        from safetensors import SafetensorError, safe_open

        for models in (self._models, *(shelf / "models" for shelf in self.shelves)):
            path = models / PREDICTIONS / f"{name}.safetensors"
            if not path.is_file():
                continue
            try:
                with safe_open(path, framework="numpy") as file:
                    about = json_of((file.metadata() or {}).get(ABOUT, "null"))
                    arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            except (SafetensorError, ValueError, OSError):
                continue
            if about == {"made_of": facts, "sha256": digest_of(arrays)}:
                return arrays
        return None

    def keep_predictions(self, name: str, arrays: Arrays, facts: dict[str, Any]) -> None:
        """Store predictions with what they were made of, in one file."""
        from safetensors.numpy import save

        about = json.dumps({"made_of": facts, "sha256": digest_of(arrays)}, sort_keys=True)
        whole = {key: np.ascontiguousarray(value) for key, value in arrays.items()}
        write_atomic(self._models / PREDICTIONS / f"{name}.safetensors", save(whole, metadata={ABOUT: about}))

    def forget_weights(self, pattern: str) -> None:
        """Remove the models of names like that from the folder that is written to."""
        for path in self._models.glob(f"{pattern}.*"):
            path.unlink(missing_ok=True)

    @property
    def identity(self) -> str:
        """What tells this archive from others."""
        return str(self.folder)

    @property
    def _models(self) -> Path:
        return self.models or self.folder / "models"

    def lock(self, name: str) -> FileLock:
        """A lock that only one process at a time holds; a killed process lets go of it."""
        folder = self.folder / "locks"
        make_folder(folder)
        return FileLock(folder / f"{name}.lock")

    def _repeat_path(self, plan: Plan, number: int) -> Path:
        return self.folder / "repeats" / f"{plan.key_of_repeats}-{number}.json"

    @property
    def _folders(self) -> tuple[Path, ...]:
        """Where outcomes are looked up, the folder that is written to first."""
        return self.folder, *self.shelves


def digest_of(arrays: Arrays) -> str:
    """SHA-256 of named arrays.

    Parameters
    ----------
    arrays
        Of any type and shape.
    """
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(json.dumps([name, array.dtype.str, array.shape]).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _asked_today(outcome: Outcome, plan: Plan) -> Outcome:
    """The outcome with the plan's fingerprints; a plan is equal to itself under another legend."""
    return outcome if outcome.plan.study.facts == plan.study.facts else replace(outcome, plan=plan)


@lru_cache(maxsize=KEPT_OUTCOMES)
def _read(path: Path, changed: int) -> Outcome:
    """An outcome, read once as long as its file does not change; nobody changes it."""
    return read_outcome(path)


def archive_for(study_folder: Path, folder: Path, models: Path | None = None) -> Archive:
    """An archive in a folder that also knows what ships: with the study, and with Groundplan.

    Parameters
    ----------
    study_folder
        The study's; outcomes that ship with the study lie there.
    folder
        Of the archive; new outcomes are written here.
    models
        Where weights are kept; by default ``models`` in the archive's folder.
    """
    sweep(folder.absolute())
    return Archive(folder, (study_folder.absolute(), shipped_folder()), models)
