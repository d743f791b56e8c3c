"""Where things go that Groundplan makes by itself."""

from __future__ import annotations

import os
from pathlib import Path


def readonly() -> bool:
    """Whether this installation only shows what is answered (``GROUNDPLAN_READONLY=1``)."""
    return os.environ.get("GROUNDPLAN_READONLY", "") not in ("", "0")


def workspace() -> Path:
    """Where outcomes, weights, grown series and jobs go.

    ``$GROUNDPLAN_WORKSPACE``, or ``.groundplan`` at home.
    """
    return Path(os.environ.get("GROUNDPLAN_WORKSPACE") or Path.home() / ".groundplan")
