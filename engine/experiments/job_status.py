"""How a background job stands."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import cattrs

from engine.experiments.pace import OVERRUN

State = Literal["queued", "running", "done", "failed", "cancelled", "lost"]
LIVE: tuple[State, ...] = ("queued", "running")
LATEST_S = 1e11  # seconds of the epoch; what is later is no time


@dataclass(frozen=True)
class Status:
    """How a job stands.

    Parameters
    ----------
    state
        ``lost`` where its worker was killed too often, or its files are damaged.
    done, steps
        Finished steps of all.
    what
        The step that has just finished.
    complaint
        Why it failed, was cancelled or is lost.
    started
        When, in seconds of the epoch.
    running
        The steps that were going on when this was written, in words.
    elapsed_s, left_s, waiting_s
        See `engine.experiments.progress.Progress`.
    updated
        When this was written, in seconds of the epoch.
    attempts
        How often its worker was killed.
    """

    state: State
    done: int = 0
    steps: int = 0
    what: str = ""
    complaint: str = ""
    started: float = 0.0
    running: tuple[str, ...] = ()
    elapsed_s: float = 0.0
    left_s: float = 0.0
    waiting_s: float = 0.0
    updated: float = 0.0
    attempts: int = 0

    def seconds_left(self, now: float | None = None) -> float | None:
        """How long the rest takes; None before it runs. A step that takes longer than thought still needs a
        tenth of that time.

        Parameters
        ----------
        now
            In seconds of the epoch; by default the clock's.
        """
        if self.state != "running" or not self.steps:
            return None
        since = max((time.time() if now is None else now) - self.updated, 0.0)
        return max(self.left_s - since, self.waiting_s + OVERRUN * since)

    def share(self, now: float | None = None) -> float:
        """The share of the run's time that has passed, 0 to 1.

        Parameters
        ----------
        now
            In seconds of the epoch; by default the clock's.
        """
        if self.state == "done":
            return 1.0
        left = self.seconds_left(now)
        if left is None:
            return min(self.done / self.steps, 1.0) if self.steps else 0.0
        passed = self.elapsed_s + max((time.time() if now is None else now) - self.updated, 0.0)
        return passed / (passed + left) if passed + left > 0 else 0.0

    def row(self) -> dict[str, Any]:
        """The status as a flat, machine-readable row."""
        left = self.seconds_left()
        return {
            "state": self.state,
            "done": self.done,
            "steps": self.steps,
            "what": self.what,
            "running": list(self.running) if self.live else [],
            "share": round(self.share(), 4),
            "seconds_left": None if left is None else round(left),
            "complaint": self.complaint,
            "started": self.started,
        }

    @property
    def live(self) -> bool:
        """Whether it is going on."""
        return self.state in LIVE


def _exactly(value: Any, kind: type) -> Any:
    """A value of that type, a number no larger than a time can be; a whole number counts as decimal."""
    fits = isinstance(value, (int, float) if kind is float else kind) and not isinstance(value, bool)
    if not fits or (kind is not str and not 0 <= value < LATEST_S):
        raise ValueError(f"{value!r:.40} is no {kind.__name__}")
    return kind(value)


_converter = cattrs.Converter(forbid_extra_keys=True)
for _kind in (str, int, float):
    _converter.register_structure_hook(_kind, _exactly)


def status_of(record: Mapping[str, Any]) -> Status:
    """How a job stands, from what `dataclasses.asdict` made of it.

    Parameters
    ----------
    record
        As JSON holds it.

    Raises
    ------
    cattrs.BaseValidationError, ValueError
        Where it is no status.
    """
    return _converter.structure(record, Status)
