"""Progress of a run, losses of its trainings, and how it is asked to stop."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.domain import GroundplanError
from engine.parsing import json_of

CURVES = "curves"
MOST_POINTS = 200  # of a curve
STOPPED = "Stopped as you asked; what is finished is kept."


class CancelledError(GroundplanError):
    """The run was stopped by its user."""


@dataclass(frozen=True)
class Progress:
    """How a run stands.

    Parameters
    ----------
    done, steps
        Finished steps of all steps.
    what
        What has just finished.
    running
        The steps that are going on, in words.
    elapsed_s
        Seconds since the run began.
    left_s
        Seconds that the rest will take, all processes at work.
    waiting_s
        The part of them that belongs to steps which have not begun.
    """

    done: int
    steps: int
    what: str
    running: tuple[str, ...] = ()
    elapsed_s: float = 0.0
    left_s: float = 0.0
    waiting_s: float = 0.0


ProgressObserver = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """Tell nobody.

    Parameters
    ----------
    progress
        Of the run.
    """


@dataclass(frozen=True)
class LossCurve:
    """The loss of a training so far.

    Parameters
    ----------
    training
        Its name.
    epochs
        Number of all epochs.
    epoch, loss
        Number and mean training loss of the epochs so far.
    """

    training: str
    epochs: int
    epoch: tuple[int, ...]
    loss: tuple[float, ...]

    @property
    def live(self) -> bool:
        """Whether epochs are left."""
        return not self.epoch or self.epoch[-1] < self.epochs


@dataclass(frozen=True)
class JobObserver:
    """Writes the loss of each training into the job's folder; stops once the file ``cancel`` is there.

    Each training has a file of its own, so that processes do not write into one another's.

    Parameters
    ----------
    folder
        Of the job.
    training
        Name of the training that is observed; without a name only stopping matters.
    """

    folder: Path
    training: str = ""

    def for_training(self, training: str) -> JobObserver:
        """The same for a training of that name."""
        return replace(self, training=training)

    def epoch(self, epoch: int, epochs: int, loss: float) -> None:
        """Note the loss; raise `CancelledError` if somebody asked to stop."""
        self.check()
        if not self.training or epoch % max(1, epochs // MOST_POINTS):
            return
        name = hashlib.sha256(self.training.encode()).hexdigest()[:16]
        path = self.folder / CURVES / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        fresh = epoch <= max(1, epochs // MOST_POINTS)
        with path.open("w" if fresh else "a", encoding="utf-8") as file:
            file.write(json.dumps([self.training, epoch, epochs, loss]) + "\n")

    def check(self) -> None:
        """Raise `CancelledError` if somebody asked to stop."""
        if (self.folder / "cancel").exists():
            raise CancelledError(STOPPED)


def loss_curves(folder: Path) -> tuple[LossCurve, ...]:
    """The trainings of a job, the first to begin first; a line that is being written is skipped.

    Parameters
    ----------
    folder
        Of the job.
    """
    curves = []
    for path in (folder / CURVES).glob("*.jsonl"):
        points = []
        try:
            began = path.stat().st_mtime
            for line in path.read_text(encoding="utf-8").splitlines():
                training, epoch, epochs, loss = json_of(line)
                points.append((str(training), int(epoch), int(epochs), float(loss)))
        except (OSError, ValueError, TypeError):
            pass
        if points:
            trainings, epoch_numbers, totals, losses = zip(*points, strict=True)
            curves.append((began, LossCurve(trainings[-1], totals[-1], epoch_numbers, losses)))
    return tuple(curve for _, curve in sorted(curves, key=lambda pair: pair[0]))
