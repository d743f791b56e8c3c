"""The rows of benchmarks/results/methods.json: what one method scored in one place."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from engine.domain import Estimate
from engine.experiments.outcome import Outcome
from engine.experiments.scores import rescaled

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "methods.json"
LANDSCAPE, CHANGED_SOURCES = "landscape", "changed sources"
FERGANA, FERGANA_EARLIER = "fergana", "fergana, earlier seasons only"
ESTIMATES = ("macro_f1", "overall_accuracy", "calibration_error")


class Place(NamedTuple):
    """What the rows of a table have in common.

    ``part`` is ``methods`` (every method, the study's recipe), ``seasons`` (each season is the target once,
    for the forecast) or ``learners``; ``seed`` is that of the simulated landscape.
    """

    part: str
    data: str
    seed: int | None
    target: str

    @property
    def study(self) -> str:
        """Data and seed in words."""
        return self.data if self.seed is None else f"{self.data}, seed {self.seed}"


@dataclass(frozen=True)
class Row:
    """The score of one plan.

    Parameters
    ----------
    part, data, seed, target
        See `Place`.
    equivalent_radius_km
        None without a trip.
    macro_f1, overall_accuracy, calibration_error
        Over pixels, 0 to 1.
    zero_shot, baseline
        Macro F1 of the study's zero-shot and of ``ensemble-zero-shot`` in the same place.
    repeats
        Macro F1 of each repeat.
    money, seconds
        Likely cost of the trip by the default tariff; computing time.
    key
        Of the plan.
    """

    part: str
    data: str
    seed: int | None
    target: str
    design: str
    equivalent_radius_km: float | None
    parcels: int
    test_parcels: int
    method: str
    macro_f1: Estimate
    overall_accuracy: Estimate | None
    calibration_error: Estimate | None
    zero_shot: float | None
    baseline: float | None
    repeats: tuple[float, ...]
    money: int
    seconds: int
    key: str

    @property
    def place(self) -> Place:
        """Where it was measured."""
        return Place(self.part, self.data, self.seed, self.target)

    @property
    def points(self) -> float:
        """Macro F1, points."""
        return 100 * self.macro_f1.value


def row_of(outcome: Outcome, money: float, place: Place) -> Row:
    """The row of an outcome whose trip costs so much."""
    plan = outcome.plan
    return Row(
        *place,
        design=plan.design.name,
        equivalent_radius_km=plan.design.equivalent_radius_km if plan.method.visits else None,
        parcels=outcome.parcels,
        test_parcels=outcome.test_parcels,
        method=plan.method.name,
        macro_f1=outcome.macro_f1,
        overall_accuracy=outcome.overall_accuracy,
        calibration_error=outcome.calibration_error,
        zero_shot=None,
        baseline=None,
        repeats=outcome.repeats,
        money=round(money),
        seconds=round(outcome.seconds),
        key=plan.key,
    )


def read_rows(path: Path = RESULTS) -> list[Row]:
    """The stored rows, in their order."""
    return [_row(record) for record in json.loads(path.read_text(encoding="utf-8"))]


def write_rows(rows: Sequence[Row], path: Path = RESULTS) -> None:
    """Store the rows."""
    path.parent.mkdir(exist_ok=True)
    records = [dataclasses.asdict(row) for row in rows]
    path.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


def _row(record: dict[str, Any]) -> Row:
    estimates = {name: rescaled(Estimate(**record[name])) if record[name] else None for name in ESTIMATES}
    return Row(**{**record, **estimates, "repeats": tuple(record["repeats"])})
