"""Where things go that Groundplan makes by itself."""

from __future__ import annotations

import os
from pathlib import Path


def workspace() -> Path:
    """Where outcomes, weights, grown series and jobs go.

    ``$GROUNDPLAN_WORKSPACE``, or ``.groundplan`` at home.
    """
    return Path(os.environ.get("GROUNDPLAN_WORKSPACE") or Path.home() / ".groundplan")
