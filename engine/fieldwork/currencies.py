"""Currencies: their codes, names and signs, from Unicode's CLDR."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_symbol

ENGLISH = "en"  # names and signs are written as in English


def sign_of(currency: str) -> str:
    """A currency as people write it after an amount: its sign, else its code.

    Parameters
    ----------
    currency
        Code of three letters, as ``EUR``.

    Examples
    --------
    >>> sign_of("EUR"), sign_of("RSD")
    ('€', 'RSD')
    """
    return str(get_currency_symbol(currency, locale=ENGLISH))


@lru_cache(maxsize=1)
def currencies() -> dict[str, str]:
    """Currencies that are legal tender somewhere today: their English names by code."""
    every = [entry for entries in get_global("territory_currencies").values() for entry in entries]
    codes = sorted({code for code, _, end, tender in every if end is None and tender})
    names = Locale(ENGLISH).currencies
    return {code: str(names.get(code, code)) for code in codes}
