"""Options of the form NAME=VALUE."""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain import PlanError


def pairs(texts: Sequence[str], option: str, form: str) -> dict[str, str]:
    """Values by name.

    Parameters
    ----------
    texts
        As given, with an equals sign each.
    option, form
        The option and what its words look like, for the complaint.
    """
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        if not (name and value):
            raise PlanError(f"{option} {text} is not of the form {form}.")
        found[name] = value
    return found
