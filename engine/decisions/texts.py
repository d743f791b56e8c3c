"""The one form in which sentences print amounts, counts, differences and names."""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain import Estimate
from engine.fieldwork.currencies import sign_of


def money(amount: float, currency: str) -> str:
    """An amount as people read it: ``1,200 €``.

    Parameters
    ----------
    amount, currency
        Money, and the code of its currency, for example ``EUR``.
    """
    return f"{amount:,.0f} {sign_of(currency)}".rstrip()


def points(gain: Estimate, factor: float = 100.0) -> str:
    """A difference of F1 in points (0.01) with its interval: ``+3.1 points (+1.0 to +5.2)``.

    Parameters
    ----------
    gain, factor
        The difference, and how many points its unit is: 100 for F1 of 0 to 1, 1 for points.
    """
    # Zero added: a rounded -0.04 is 0.0, not -0.0.
    value, low, high = (round(factor * part, 1) + 0.0 for part in (gain.value, gain.low, gain.high))
    return f"{value:+.1f} points ({low:+.1f} to {high:+.1f})"


def counted(count: int, noun: str) -> str:
    """A number of things: ``1 parcel``, ``2,000 parcels``.

    Parameters
    ----------
    count, noun
        How many; the name of one.
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"


def plain(name: str) -> str:
    """A class's name as people read it.

    Parameters
    ----------
    name
        As the study writes it: ``sugar_beet``.
    """
    return name.replace("_", " ")


def trip_name(design: str, km: float) -> str:
    """What tells a trip from others of its season on the command line and in links: ``random-25``.

    Parameters
    ----------
    design, km
        Id of the design; its equivalent radius, km.
    """
    return f"{design}-{km:g}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """``maize, rice and wheat``; beyond ``most`` names the rest is counted.

    Parameters
    ----------
    names, most
        Names in order, and how many of them are written at most.
    """
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def clean(text: str, most: int = 80) -> str:
    """A text from a file on one line, without control characters, cut where it is too long.

    Parameters
    ----------
    text, most
        Any text, and how many characters are left of it at most.
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
