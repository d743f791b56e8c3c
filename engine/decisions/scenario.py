"""A scenario: a trip, or the map without one, under a name, so that it can be kept, sent and compared."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.amounts import check_money
from engine.decisions.decision import Aims
from engine.decisions.texts import clean
from engine.decisions.trip import TripRequest
from engine.domain import Departure, GroundplanError, Study
from engine.experiments.codec import CodecError, from_json, to_json
from engine.experiments.scores import MACRO_F1, Metric
from engine.fieldwork.costs import Tariff
from engine.parsing import json_of
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit
from engine.sampling.radius import Radius

FORMAT = 1  # of the file
MOST_BYTES = 2_000_000
MOST_LETTERS = 60  # of a name
SLUG_LETTERS = 40


class ScenarioError(GroundplanError):
    """A scenario that cannot be kept, read or compared."""


@dataclass(frozen=True)
class Scenario:
    """A trip, or the map without one, and what weighs it.

    Parameters
    ----------
    name
        A line of at most `MOST_LETTERS` characters.
    study
        Name of the study that it is of.
    request
        The trip; without one only its season, departure and tariff count.
    visits
        Whether anybody goes.
    value_of_point, budget
        Money in the currency of the tariff; None where not stated.
    metric
        The score that decides.

    Raises
    ------
    ScenarioError
        Where the name is empty, too long or no single line.
    """

    name: str
    study: str
    request: TripRequest
    visits: bool = True
    value_of_point: float | None = None
    budget: float | None = None
    metric: Metric = MACRO_F1

    def __post_init__(self) -> None:
        check_money(self.value_of_point, "A value of a point")
        check_money(self.budget, "A budget")
        if not self.name or self.name != clean(self.name, MOST_LETTERS):
            raise ScenarioError(
                f"{self.name[: MOST_LETTERS + 1]!r} cannot name a scenario. Give a name of 1 to "
                f"{MOST_LETTERS} characters, on one line."
            )

    @property
    def file_name(self) -> str:
        """What its file is called where a user keeps it."""
        return f"{slug_of(self.name)}.scenario.json"


def scenario_of(
    name: str,
    study: Study,
    trip: TripRequest | tuple[str, Departure, Tariff],
    aims: Aims,
) -> Scenario:
    """A scenario of a study.

    Parameters
    ----------
    name
        As a user typed it; spaces around it do not count.
    study
        The study.
    trip
        The trip; or season, departure and tariff of the map without one.
    aims
        What weighs it.

    Raises
    ------
    ScenarioError
        Where the name is empty or too long.
    """
    visits = isinstance(trip, TripRequest)
    request = trip if isinstance(trip, TripRequest) else nobody_goes(*trip)
    value, budget = (None if amount is None else float(amount) for amount in aims[:2])
    return Scenario(" ".join(name.split()), study.name, request, visits, value, budget, aims.metric)


def check(found: Scenario, study: Study) -> None:
    """Refuse a scenario that this study cannot show.

    Parameters
    ----------
    found, study
        The scenario, and the study that is open.

    Raises
    ------
    ScenarioError
        Where it is of another study, or of parcels or a season that the study lacks.
    """
    request, cure = found.request, "Save it again, or open the study that it was made of."
    if found.study != study.name:
        raise ScenarioError(
            f"The scenario {found.name!r} is of the study {clean(found.study)!r}, this is {study.name!r}. "
            "Open that study."
        )
    seasons = [season.label for season in study.seasons]
    if request.target not in seasons:
        raise ScenarioError(
            f"The scenario {found.name!r} is of season {clean(request.target)}, which {study.name} lacks. "
            f"It has {', '.join(seasons)}. {cure}"
        )
    if not request.listed and request.design not in DESIGNS:
        raise ScenarioError(
            f"The scenario {found.name!r} asks for a design {clean(request.design)!r}; there are "
            f"{', '.join(DESIGNS)}. {cure}"
        )
    unknown = {*request.listed, *request.unreachable, *request.pinned} - set(
        study.parcels_in(request.target)["parcel_id"]
    )
    if unknown:
        raise ScenarioError(
            f"The scenario {found.name!r} names {len(unknown)} parcels that season {request.target} of "
            f"{study.name} lacks, such as {clean(min(unknown))!r}. {cure}"
        )
    crops = set(found.metric.crops) - set(study.legend.names)
    if crops:
        raise ScenarioError(
            f"The scenario {found.name!r} scores the class {clean(min(crops))!r}, which {study.name} lacks. "
            f"{cure}"
        )


def written(found: Scenario) -> bytes:
    """The scenario as a file.

    Parameters
    ----------
    found
        The scenario.
    """
    text = json.dumps(facts_of(found), indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def facts_of(found: Scenario) -> dict[str, Any]:
    """The scenario as JSON values.

    Parameters
    ----------
    found
        The scenario.
    """
    return {"format": FORMAT, **to_json(found)}


def parsed(content: bytes, source: str) -> Scenario:
    """The scenario of a file; nothing in it is believed before it is checked.

    Parameters
    ----------
    content
        All bytes of the file.
    source
        What an error calls the file.

    Raises
    ------
    ScenarioError
        Where it holds no scenario, or one of another version.
    """
    cure = "Give a scenario that was downloaded or saved by Groundplan."
    if len(content) > MOST_BYTES:
        raise ScenarioError(f"{source} is larger than any scenario. {cure}")
    try:
        facts = json_of(content)
        form = facts.pop("format")
        if form != FORMAT:
            raise ScenarioError(
                f"{source} is a scenario of format {str(form)[:20]}, this version reads format {FORMAT}. "
                "Save it again with this version, or install the one that made it."
            )
        return from_json(Scenario, facts)
    except (CodecError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ScenarioError(f"{source} holds no scenario ({clean(str(error), 200)}). {cure}") from error


def read(path: Path) -> Scenario:
    """The scenario of a file on disk.

    Parameters
    ----------
    path
        Of the file.

    Raises
    ------
    ScenarioError
        Where there is no such file, or it holds no scenario.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ScenarioError(
            f"{path} cannot be read ({error.strerror}). Give a scenario that was downloaded or saved by "
            "Groundplan."
        ) from error
    return parsed(content, str(path))


def slug_of(name: str) -> str:
    """A name as part of a file's: small letters, digits and hyphens alone.

    Parameters
    ----------
    name
        Any text.
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", letters))[:SLUG_LETTERS].strip("-") or "scenario"


def renamed(found: Scenario, name: str) -> Scenario:
    """The same scenario under another name.

    Parameters
    ----------
    found, name
        The scenario, and the name as a user typed it.

    Raises
    ------
    ScenarioError
        Where the name is empty or too long.
    """
    return replace(found, name=" ".join(name.split()))


def nobody_goes(target: str, departure: Departure, tariff: Tariff) -> TripRequest:
    """The request of a scenario that visits nothing.

    Parameters
    ----------
    target, departure, tariff
        All that counts of it.
    """
    return TripRequest(target, departure, Radius.name, Limit("km", 1.0), tariff)
