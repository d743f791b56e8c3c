"""Groundplan's engine: how much ground truth, where, and what accuracy will that buy?

The public Python API, documented in docs/api.md:

==================  ===========================================================
`open_study`        open a study folder, or the demo
`ingest`            make a study from parcels and satellite series
`simulate`          make a study of a simulated Vojvodina
`open_archive`      the outcomes of a study
`make_plans`        the questions: methods, designs, sizes
`run`               answer plans
`table`             outcomes as a table
`advise`            which of the answered trips to take, if any
`trip`              the parcels of a trip
`forecast`          what a trip will gain in a season without labels
`itinerary`         the day tours of a trip
`report`            a decision as PDF, HTML and data
==================  ===========================================================

Each is imported when it is asked for: ``import engine`` alone is light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_ROOMS = {
    "engine.api.studies": ("open_study", "ingest", "simulate", "open_archive"),
    "engine.api.answers": ("make_plans", "run", "table", "advise"),
    "engine.api.trips": ("trip", "forecast", "itinerary", "report"),
}
__all__ = [
    "advise", "forecast", "ingest", "itinerary", "make_plans", "open_archive", "open_study", "report", "run",
    "simulate", "table", "trip",
]  # fmt: skip

if TYPE_CHECKING:
    from engine.api.answers import advise, make_plans, run, table
    from engine.api.studies import ingest, open_archive, open_study, simulate
    from engine.api.trips import forecast, itinerary, report, trip


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(room), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
