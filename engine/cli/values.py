"""Values that options write as text: places, and pairs with an equals sign."""

from __future__ import annotations

from collections.abc import Sequence

from engine.amounts import check_money, check_seed
from engine.domain import Departure, PlanError


def departure_of(text: str, name: str = "") -> Departure:
    """A place from ``LON,LAT``.

    Parameters
    ----------
    text
        ``LON,LAT`` in degrees, longitude first.
    name
        Of the place, for people.

    Raises
    ------
    PlanError
        Where it is no such pair.
    """
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise PlanError(
            f"The departure {text!r} is not LON,LAT. Give degrees, longitude first, as 19.845,45.255."
        ) from None
    return Departure(lon, lat, name)


def seed_of(text: str) -> int:
    """A seed from its number.

    Parameters
    ----------
    text
        A whole number.

    Raises
    ------
    PlanError
        Where no generator takes it.
    """
    return check_seed(int(text))


def money_of(text: str) -> float:
    """An amount of money.

    Parameters
    ----------
    text
        A number.

    Raises
    ------
    PlanError
        Where it is negative or not finite.
    """
    amount = float(text)
    check_money(amount, "An amount")
    return amount


def pairs(texts: Sequence[str], option: str, form: str) -> dict[str, str]:
    """Values by name, from texts with an equals sign.

    Parameters
    ----------
    texts
        As ``NAME=VALUE``.
    option
        That the texts were given to, for the error.
    form
        How they should look, for the error.

    Raises
    ------
    PlanError
        Where a text is not of that form.
    """
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        if not (name and value):
            raise PlanError(f"{option} {text} is not of the form {form}.")
        found[name] = value
    return found


def numbers(texts: Sequence[str], option: str, form: str) -> dict[str, float]:
    """Numbers by name, from texts with an equals sign.

    Parameters
    ----------
    texts
        As ``NAME=NUMBER``.
    option
        That the texts were given to, for the error.
    form
        How they should look, for the error.

    Raises
    ------
    PlanError
        Where a text is not of that form.
    """
    try:
        return {name: float(text) for name, text in pairs(texts, option, form).items()}
    except ValueError:
        raise PlanError(f"{option} {' '.join(texts)} is not of the form {form}.") from None
