"""Outcomes and pre-trained weights on disk: JSON and safetensors, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock

import engine
from engine.domain import Estimate, GroundplanError
from engine.experiments.outcome import Outcome, Repeat
from engine.experiments.plan import Plan, from_json, key_of, to_json
from engine.files import make_folder, shipped_folder, write_atomic, write_json

Tensors = dict[str, npt.NDArray[np.float32]]


class ArchiveError(GroundplanError):
    """The archive cannot be read or written."""


class OutdatedError(ArchiveError):
    """An outcome of another version of the engine: no fault, and no answer either."""


@dataclass(frozen=True)
class Archive:
    """A folder with ``outcomes/``, ``repeats/`` (of unfinished plans), ``models/`` and ``locks/``.

    Parameters
    ----------
    folder
        Read and written.
    shelves
        Further folders of the same shape that are only read: answers and models that ship.
    models
        Where weights are written, if not to ``models/`` in the folder.
    """

    folder: Path
    shelves: tuple[Path, ...] = ()
    models: Path | None = None

    def outcome(self, plan: Plan) -> Outcome | None:
        """The answer to a plan, or None; a damaged file counts as none and will be computed again."""
        for folder in (self.folder, *self.shelves):
            path = folder / "outcomes" / f"{plan.key}.json"
            if path.exists():
                try:
                    return _outcome(path)
                except ArchiveError:
                    continue
        return None

    def outcomes(self, study: str) -> Iterator[Outcome]:
        """All readable outcomes of the study with that fingerprint, made by this version of the engine."""
        seen: set[str] = set()
        for folder in (self.folder, *self.shelves):
            for path in sorted((folder / "outcomes").glob("*.json")):
                try:
                    one = _outcome(path)
                except ArchiveError:
                    continue
                if one.plan.study == study and one.plan.key not in seen:
                    seen.add(one.plan.key)
                    yield one

    def damaged(self) -> tuple[str, ...]:
        """What is wrong with each outcome file that can't be read."""
        complaints = []
        for folder in (self.folder, *self.shelves):
            for path in sorted((folder / "outcomes").glob("*.json")):
                try:
                    _outcome(path)
                except OutdatedError:
                    continue
                except ArchiveError as error:
                    complaints.append(str(error))
        return tuple(complaints)

    def keep(self, outcome: Outcome) -> None:
        """Store an answer and forget the single repeats it was made of."""
        plan = outcome.plan
        record = {"engine": engine.__version__, "key": plan.key, "plan": to_json(plan)}
        body = asdict(outcome)
        del body["plan"]
        write_json(self.folder / "outcomes" / f"{plan.key}.json", record | body)
        for number in range(plan.repeats):
            self._repeat_path(plan, number).unlink(missing_ok=True)

    def repeat(self, plan: Plan, number: int) -> Repeat | None:
        """One finished repeat of an unfinished plan, or None."""
        path = self._repeat_path(plan, number)
        if not path.exists():
            return None
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return Repeat(**{**record, "visited": tuple(record["visited"]), "loss": tuple(record["loss"])})
        except (ValueError, KeyError, TypeError):
            return None

    def repeats(self, plan: Plan) -> int:
        """How many repeats of an unfinished plan are there."""
        return sum(self._repeat_path(plan, number).exists() for number in range(plan.repeats))

    def keep_repeat(self, plan: Plan, number: int, repeat: Repeat) -> None:
        """Store one repeat, so that an interrupted run goes on from it."""
        write_json(self._repeat_path(plan, number), asdict(repeat))

    def weights(self, name: str) -> tuple[Tensors, dict[str, Any]] | None:
        """Tensors and card of a pre-trained model, or None."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        for folder in (self._models, *(shelf / "models" for shelf in self.shelves)):
            path = folder / f"{name}.safetensors"
            card = path.with_suffix(".json")
            if path.exists() and card.exists():
                try:
                    return load_file(path), json.loads(card.read_text(encoding="utf-8"))
                except (SafetensorError, ValueError, OSError):
                    continue
        return None

    def keep_weights(self, name: str, tensors: Tensors, card: dict[str, Any]) -> None:
        """Store a pre-trained model with its card; the card comes last and makes it count."""
        from safetensors.numpy import save

        path = self._models / f"{name}.safetensors"
        write_atomic(path, save({key: np.ascontiguousarray(value) for key, value in tensors.items()}))
        write_json(path.with_suffix(".json"), card)

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
        return self.folder / "repeats" / f"{plan.key}-{number}.json"


def archive_for(study_folder: Path, folder: Path, models: Path | None = None) -> Archive:
    """An archive in a folder that also knows what ships: with the study, and with Groundplan."""
    return Archive(folder, (study_folder.absolute(), shipped_folder()), models)


def _outcome(path: Path) -> Outcome:
    """Read an outcome and check that it answers the plan it claims to."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["engine"] != engine.__version__:
            raise OutdatedError(
                f"{path} was made by version {record['engine']} of the engine, this is {engine.__version__}. "
                "Run the plan again; the old file may be deleted."
            )
        plan = from_json(record["plan"])
        if not record["key"] == path.stem == key_of(plan, record["engine"]):
            raise ArchiveError(f"{path} does not hold the answer its name claims. Delete it.")
        body = {name: value for name, value in record.items() if name not in ("engine", "key", "plan")}
        for name in ("macro_f1", "macro_f1_parcel"):
            body[name] = Estimate(**body[name])
        for name in ("overall_accuracy", "calibration_error"):
            body[name] = Estimate(**body[name]) if body.get(name) else None
        for name in ("per_class", "per_class_parcel"):
            body[name] = {crop: Estimate(**one) for crop, one in body[name].items()}
        for name in ("classes", "absent", "repeats", "repeats_parcel", "notes"):
            body[name] = tuple(body[name])
        body["voters"] = {str(name): float(share) for name, share in body.get("voters", {}).items()}
        for name in ("visited", "loss"):
            body[name] = tuple(tuple(one) for one in body[name])
        return Outcome(plan=plan, **body)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(f"{path} is damaged ({error!r}). Delete it and run the plan again.") from error
