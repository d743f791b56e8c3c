"""Seeds and money that people give: what a program can use, or an error that says what to give."""

from __future__ import annotations

import math

from engine.domain import PlanError

MOST_SEED = 2**31 - 1  # the largest that every library takes


def check_seed(seed: int) -> int:
    """The seed, where every generator of random numbers takes it.

    Parameters
    ----------
    seed
        As a user or a file gives it.

    Raises
    ------
    PlanError
        Where it is below 0 or too large.
    """
    if not 0 <= seed <= MOST_SEED:
        raise PlanError(f"A seed of {seed} is not used. Give a whole number from 0 to {MOST_SEED}.")
    return seed


def check_money(amount: float | None, what: str) -> float | None:
    """The amount, where it is one that can be weighed; None where nothing is stated.

    Parameters
    ----------
    amount, what
        Money, and what it is called in an error.

    Raises
    ------
    PlanError
        Where it is negative or not finite.
    """
    if amount is not None and not (math.isfinite(amount) and amount >= 0):
        raise PlanError(f"{what} of {amount:g} cannot be weighed. Give 0 or more, or leave it out.")
    return amount
