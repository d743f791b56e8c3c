"""A process of a campaign that hangs in one case and dies in another."""

from __future__ import annotations

import os
import time
from multiprocessing.connection import Connection

from tests.fuzz.campaign import Result

HANGS, DIES, READS = 1, 2, 3  # seeds


def work(connection: Connection, folder: str) -> None:
    """Stand in for the work of a campaign's process."""
    connection.send(None)
    while True:
        case = connection.recv()
        if case.seed == HANGS:
            time.sleep(60)
        if case.seed == DIES:
            os._exit(1)
        connection.send(Result(case, "accepted"))
