"""Work in the background, for all sessions. It knows nothing of a page: its threads must not draw."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Generic, TypeVar

from engine.domain import GroundplanError

T = TypeVar("T")
WORKERS = 2
_pool = ThreadPoolExecutor(WORKERS, "background")
_waiting = ThreadPoolExecutor(1, "waiting")  # for work that waits for other work, which needs a free thread


TRIP_CURE = "Try again; if it comes back, ask for a smaller trip and report this message."


class WorkError(GroundplanError):
    """Work in the background that broke down."""


class Work(Generic[T]):
    """A call that has begun, or waits for a free thread.

    Parameters
    ----------
    call
        What is called, once.
    what
        What it does, for people.
    waits
        Whether it waits for other work.
    cure
        What people may do where it breaks down.
    """

    def __init__(self, call: Callable[[], T], what: str, waits: bool = False, cure: str = TRIP_CURE) -> None:
        self.what, self.cure = what, cure
        self.failure_seen = False  # so that whoever asks again gets a new try
        self._future = (_waiting if waits else _pool).submit(call)

    def ended(self, within_s: float = 0.0) -> bool:
        """Whether it has ended, well or not."""
        return bool(wait([self._future], within_s).done)

    def result(self) -> T:
        """What the call returned, waited for; an error that it raised is raised here, with a cure."""
        try:
            return self._future.result()
        except GroundplanError:
            self.failure_seen = True
            raise
        except Exception as error:
            self.failure_seen = True
            raise WorkError(
                f"Something broke while {self.what} ({type(error).__name__}: {error}). {self.cure}"
            ) from error
