"""The command that starts background jobs; it imports little, for it lives long."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.experiments.dispatcher import dispatch


def add_dispatch(parser: argparse.ArgumentParser) -> None:
    """Options of ``dispatch``.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument("workspace", type=Path, help="whose jobs")
    parser.set_defaults(command=lambda options: dispatch(options.workspace))
