"""How fast a run goes: which steps are going on, how much is done, and how long the rest takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.experiments.progress import Progress

OVERRUN = 0.1  # of the time since the last word, that a step which takes longer than thought still needs


@dataclass(frozen=True)
class Step:
    """One step of a run, and how long it is thought to take.

    Parameters
    ----------
    kind
        Steps of one kind are as much faster or slower than thought as one another.
    what
        The step in words.
    seconds
        Estimate, of one process; 0 where its result is stored already.
    alone
        Whether it uses all processes, so that no other step goes on beside it.
    """

    kind: str
    what: str
    seconds: float
    alone: bool = False


class Pace:
    """The steps of a run in the order in which they begin; measured steps correct the estimates of the rest.

    Parameters
    ----------
    steps
        In the order in which they begin; those that go on alone in front.
    workers
        Processes that share the other steps.
    clock
        Gives seconds of the epoch.
    """

    def __init__(self, steps: Sequence[Step], workers: int, clock: Callable[[], float] = time.time) -> None:
        self._steps, self._workers, self._clock = steps, max(workers, 1), clock
        self._began: dict[int, float] = {}  # when each step that is going on, or is finished, began
        self._measured: dict[int, float] = {}  # seconds of each finished step
        self._start = clock()
        self._begin_steps()

    def finish(self, number: int, seconds: float) -> None:
        """A step is finished.

        Parameters
        ----------
        number
            Its place among the steps, from 0.
        seconds
            That it took.
        """
        self._measured[number] = seconds
        self._begin_steps()

    def progress(self, what: str) -> Progress:
        """How the run stands.

        Parameters
        ----------
        what
            The step that has just finished.
        """
        now, running = self._clock(), self._running()
        left = self._wall(lambda number: self._seconds(number, now))
        waiting = self._wall(lambda number: 0.0 if number in running else self._seconds(number, now))
        return Progress(
            len(self._measured),
            len(self._steps),
            what,
            tuple(self._steps[number].what for number in running),
            now - self._start,
            left,
            waiting,
        )

    def _running(self) -> list[int]:
        """The steps that are going on: workers take them in their order, each one once it is free."""
        unfinished = [number for number in range(len(self._steps)) if number not in self._measured]
        if unfinished and self._steps[unfinished[0]].alone:
            return unfinished[:1]
        return unfinished[: self._workers]

    def _begin_steps(self) -> None:
        for number in self._running():
            self._began.setdefault(number, self._clock())

    def _seconds(self, number: int, now: float) -> float:
        """What a step still takes: its corrected estimate, less the time since it began."""
        if number in self._measured:
            return 0.0
        step = self._steps[number]
        return max(step.seconds * self._factor(step) - (now - self._began.get(number, now)), 0.0)

    def _factor(self, step: Step) -> float:
        """Measured by estimated seconds: of steps of its kind, else of all that share processes alike."""
        of_kind = [number for number in self._measured if self._steps[number].kind == step.kind]
        alike = [number for number in self._measured if self._steps[number].alone == step.alone]
        for numbers in (of_kind, alike):
            timed = [number for number in numbers if self._steps[number].seconds > 0]
            if timed:
                thought = sum(self._steps[number].seconds for number in timed)
                return sum(self._measured[number] for number in timed) / thought
        return 1.0

    def _wall(self, seconds: Callable[[int], float]) -> float:
        """Seconds until all steps are finished, from what each still takes."""
        alone = [seconds(number) for number, step in enumerate(self._steps) if step.alone]
        shared = [seconds(number) for number, step in enumerate(self._steps) if not step.alone]
        return sum(alone) + max(sum(shared) / self._workers, max(shared, default=0.0))
