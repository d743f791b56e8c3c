"""Processes that end with the process that started them, however that one ends."""

from __future__ import annotations

import os
import threading
import time

LOOK_S = 1.0  # how often a process looks whether its parent still lives


def end_with_parent() -> None:
    """End this process soon after its parent has ended, by whatever signal.

    A thread looks every second. Nothing is cleaned up: whatever this process writes must be whole or not at
    all. Called again, it does nothing.
    """
    global _watched
    if not _watched:
        _watched = True
        parent = os.getppid()
        threading.Thread(target=_watch, args=(parent,), daemon=True, name="end-with-parent").start()


_watched = False


def _watch(parent: int) -> None:
    while _lives(parent):
        time.sleep(LOOK_S)
    os._exit(1)


def _lives(parent: int) -> bool:
    if os.name == "nt":  # there the number of the parent stays when it is gone
        import psutil

        return bool(psutil.pid_exists(parent))
    return os.getppid() == parent
