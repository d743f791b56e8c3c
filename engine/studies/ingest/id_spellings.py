"""Ids that tools spell otherwise: with ``.0``, without leading zeros, in capitals, in powers of ten."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pandas as pd

from engine.studies.ingest.faults import Findings

NO_SIGNS = re.compile(r"[^0-9a-z]+")
POWER = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")


def _whole(name: str) -> str:
    """``1.234E+03`` -> ``1234``, where no digit is lost."""
    if not POWER.fullmatch(name):
        return name.lstrip("0") or "0"
    number = Decimal(name.replace(",", "."))
    exact = number == number.to_integral_value() and len(number.as_tuple().digits) == number.adjusted() + 1
    return str(int(number)) if exact else name


# How tools spell an id otherwise, the least change first.
SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("in capitals or small letters", str.casefold),
    ("with .0", lambda name: re.sub(r"\.0+$", "", name)),
    ("without leading zeros", lambda name: re.sub(r"\.0+$", "", name).lstrip("0") or "0"),
    ("in powers of ten", _whole),
    ("with other signs", lambda name: NO_SIGNS.sub("", name.casefold()).lstrip("0") or "0"),
)


def respelt(ours: set[str], theirs: set[str], whose: str, findings: Findings) -> dict[str, str]:
    """Our id by theirs, where neither has a partner that is spelt alike and that is clear on both sides.

    Parameters
    ----------
    ours, theirs
        Ids of the parcels that are drawn, and of another table.
    whose
        What that table holds, for the note.
    findings
        Takes the note.
    """
    names: dict[str, str] = {}
    for how, spelt in SPELLINGS:
        free = sorted(ours - theirs - set(names.values()))
        odd = sorted(theirs - ours - set(names))
        if not free or not odd:
            break
        by_spelling = pd.Series(free, index=[spelt(name) for name in free])
        by_spelling = by_spelling[~by_spelling.index.duplicated(keep=False)]
        spellings = pd.Series([spelt(name) for name in odd], index=odd)
        spellings = spellings[~spellings.duplicated(keep=False)]
        found = spellings.map(by_spelling).dropna()
        names |= dict(found)
        if len(found):
            example = found.index[0]
            findings.note(
                f"{len(found):,} ids of the {whose} are spelt {how}, such as {example} for {found[example]}; "
                "they are taken for the same."
            )
    return names
