"""How many pages are drawn at the same time.

Python runs one thread at a time. Were all of fifty pages drawn at once, each would be late, and so would the
event loop, which waits for its turn among them with every message. In turns, all but the last are earlier.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore

AT_ONCE = 3  # one may wait for a trip that is being routed while the others are drawn
_turns = Semaphore(AT_ONCE)


@contextmanager
def taken() -> Iterator[None]:
    """A page's turn; it waits for those before it."""
    with _turns:
        yield
