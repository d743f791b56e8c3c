"""Commands of Groundplan in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

STARTING_S = 30.0  # that a process takes at most until it holds its lock


def spawn(command: str, path: Path, log: Any) -> subprocess.Popen[bytes]:
    """Start a command of Groundplan in a session of its own.

    Parameters
    ----------
    command, path
        The command, and the file or folder that says what it does.
    log
        What it says is written there.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "engine", command, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])},
        start_new_session=True,
    )
