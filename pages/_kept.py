"""The one way in which pages keep what engine calls return, for all sessions."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

import streamlit as st

from engine.domain import Study
from engine.experiments.archive import Archive

T = TypeVar("T")
P = ParamSpec("P")


class Kept(Generic[P, T]):
    """A function whose results are kept for all sessions.

    Parameters
    ----------
    function
        What is called where a result is not kept.
    kept
        Streamlit's cache of it, by the name of a call.
    key
        Takes the arguments of the function; the ``repr`` of its value names the call.
    """

    def __init__(self, function: Callable[P, T], kept: Callable[..., T], key: Callable[P, object]) -> None:
        self._kept, self._key = kept, key
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._kept(self.name(*args, **kwargs), args, kwargs)

    def name(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """What tells a call from another: its key, and which studies and archives it is about."""
        about = [_about(value) for value in (*args, *kwargs.values())]
        return repr((self._key(*args, **kwargs), [each for each in about if each]))


def _about(value: object) -> tuple[object, ...]:
    """What a study is besides its data, and whose an archive is: equal data may be of two of them."""
    if isinstance(value, Study):
        return (value.fingerprint, value.name, value.departure, value.provenance, value.source, value.legend)
    return (value.folder, value.shelves) if isinstance(value, Archive) else ()


def cached(
    key: Callable[P, object],
    entries: int,
    spinner: str | bool = False,
    valid: Callable[[Any], bool] | None = None,
) -> Callable[[Callable[P, T]], Kept[P, T]]:
    """Keep what a function returns, for all sessions; nobody may change it.

    Streamlit hashes arguments, which is slow for a study and wrong for a dataclass whose class was loaded
    anew. Here a short text names the call, and its arguments are passed on as they are.

    Parameters
    ----------
    key
        Takes the arguments of the function; the ``repr`` of its value names the call.
    entries
        Number of results that are kept.
    spinner
        Shown while the result is computed; False for none.
    valid
        Whether a kept result may still be used.
    """

    def decorate(function: Callable[P, T]) -> Kept[P, T]:
        def compute(name: str, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> T:
            return function(*_args, **_kwargs)

        compute.__module__, compute.__qualname__ = function.__module__, function.__qualname__
        kept: Callable[..., T] = st.cache_resource(
            compute, max_entries=entries, show_spinner=spinner, validate=valid
        )  # type: ignore[call-overload]

        return Kept(function, kept, key)

    return decorate
