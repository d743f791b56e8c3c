"""In which order the tasks of a run begin: every plan once before any plan twice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def breadth_first(
    pretraining: Sequence[tuple[int, T]], repeats: Sequence[tuple[int, T]], workers: int
) -> list[T]:
    """Tasks in waves: what the first repeats need, the first repeats, what the second ones need, and so on.

    There is no barrier between waves. The pre-training before a wave is rounded up to full rounds of all
    processes, so that none begins a repeat whose source model another one still trains.

    Parameters
    ----------
    pretraining
        Each with the number of the repeat that it is for, in ascending order.
    repeats
        Each with the number of the last repeat whose pre-training it needs, in any order.
    workers
        Processes that share the tasks.
    """
    ordered: list[T] = []
    begun = 0
    for wave in sorted({number for number, _ in (*pretraining, *repeats)}):
        needed = sum(number <= wave for number, _ in pretraining)
        rounded = math.ceil(needed / max(workers, 1)) * max(workers, 1)
        ordered += [task for _, task in pretraining[begun:rounded]]
        begun = max(begun, rounded)
        ordered += [task for number, task in repeats if number == wave]
    return ordered
