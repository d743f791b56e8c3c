"""What the pages share: the study that is open, what was asked, and the caches.

The only session keys and the only caches of the app live here. What the user chose is also in the address, so
that a link carries the question; see `pages._inputs`.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from engine.decisions import advice, decision
from engine.decisions import trip as trips
from engine.decisions.advice import Option
from engine.decisions.backtest import TripForecast, forecast_trip, history
from engine.decisions.decision import Decision
from engine.decisions.diagnosis import Diagnosis, diagnosis_of
from engine.decisions.forecast import Gain
from engine.decisions.trip import Trip, TripRequest
from engine.domain import Departure, GroundplanError, Study
from engine.experiments.archive import Archive, archive_for
from engine.experiments.outcome import Outcome
from engine.fieldwork import exports, towns
from engine.fieldwork.costs import Tariff
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.tour import Itinerary
from engine.files import readonly, workspace
from engine.learning.methods import DEFAULT
from engine.studies import store
from engine.studies.profiles import Profiles
from engine.views import charts, maps

T = TypeVar("T")
P = ParamSpec("P")
HOME = Path(__file__).resolve().parents[1]
DEMO = HOME / "data" / "vojvodina-demo"
FOLDER = "study_folder"  # the folder opened in the app; without it, GROUNDPLAN_STUDY; without that, the demo
COMPLAINT = "study_complaint"
SEASON, LON, LAT = "season", "lon", "lat"
KEPT = "kept_"
LIVE = "job_was_live"
OWNER = "owner"
RECIPE_NAMES = ("quick", "paper")
POLL_S = 1.0


def study() -> Study | str:
    """The open study, or what is wrong with it."""
    try:
        return _open(folder())
    except GroundplanError as error:
        return str(error)


def folder() -> Path:
    """The folder of the open study."""
    return _resolved(st.session_state.get(FOLDER) or os.environ.get("GROUNDPLAN_STUDY") or str(DEMO))


def take_folder(typed: str) -> None:
    """Open another study; only a folder that opens replaces the one that is open."""
    try:
        opened = _open(_resolved(typed))
    except GroundplanError as error:
        st.session_state[COMPLAINT] = str(error)
        return
    st.session_state[FOLDER] = typed
    st.session_state[SEASON] = max(opened.seasons).label
    go_to(opened.departure)


def complaint() -> str | None:
    """What was wrong with the folder that was typed last; said once."""
    said: str | None = st.session_state.pop(COMPLAINT, None)
    return said


def go_to(departure: Departure) -> None:
    """Start from there."""
    remember(LON, float(departure.lon))
    remember(LAT, float(departure.lat))


def remember(key: str, value: object) -> None:
    """Give a widget that is not there yet its value, or keep what was asked for."""
    st.session_state[key] = value


def recalled(key: str) -> Any:
    """What a widget holds, or held on another page: its own key dies with that page's address."""
    return st.session_state.get(key, st.session_state.get(KEPT + key))


def current(key: str, default: Any) -> Any:
    """What a widget that is not there yet will hold: by the address, else by what it held before."""
    if key not in st.session_state and key in st.query_params:
        return st.query_params[key]
    held = recalled(key)
    return default if held is None else held


def restore(key: str) -> bool:
    """Give a widget the value it had on another page; whether the address has a new one for it instead."""
    if key in st.query_params:
        return key not in st.session_state
    last = recalled(key)
    if last is not None:
        st.session_state[key] = last
    return False


def keep(key: str, value: T) -> T:
    """Keep a widget's value for the other pages."""
    st.session_state[KEPT + key] = value
    return value


def error_boundary(part: Callable[P, T]) -> Callable[P, T | None]:
    """The same part of a page; what a user can mend is said in words instead of raised."""

    @wraps(part)
    def guarded(*given: P.args, **named: P.kwargs) -> T | None:
        try:
            return part(*given, **named)
        except GroundplanError as error:
            st.error(str(error), icon=":material/error:")
            return None

    return guarded


def dark() -> bool:
    """Whether the dark theme is on."""
    return st.context.theme.type == "dark"


def may_run() -> bool:
    """Whether this installation runs experiments."""
    return not readonly()


def owner() -> str:
    """Who asks: the user who logged in, or this session."""
    mail = st.user.get("email")
    return str(mail) if mail else str(st.session_state.setdefault(OWNER, uuid.uuid4().hex))


def watched(show: Callable[..., None], live: bool) -> Callable[..., None]:
    """The same part of a page, redrawn by itself: every second while something is live."""
    return st.fragment(show, run_every=POLL_S if live else None)


def ended(live: bool) -> bool:
    """Whether what was live when this was last asked has ended since."""
    was = st.session_state.get(LIVE, False)
    st.session_state[LIVE] = live
    return bool(was and not live)


def archive() -> Archive:
    """Where answers are kept: the workspace, and what ships with the study."""
    return archive_for(folder(), workspace())


def outcomes(study: Study) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """All answers to this study in the archive, and what is wrong with files that can't be read."""
    kept = archive()
    shelves = [place / "outcomes" for place in (kept.folder, *kept.shelves)]
    changed = tuple(shelf.stat().st_mtime_ns for shelf in shelves if shelf.exists())
    return _outcomes(study.fingerprint, kept, changed)


def usual_recipe(study: Study) -> str:
    """The recipe that most of the study's answers have, by name."""
    answered, _ = outcomes(study)
    names = [one.plan.recipe.name for one in answered if one.plan.recipe.name in RECIPE_NAMES]
    return max(RECIPE_NAMES, key=names.count)


def decide(
    study: Study,
    season: str,
    departure: Departure,
    tariff: Tariff,
    value_of_point: float | None = None,
    budget: float | None = None,
) -> Decision | None:
    """What to do, found once per question."""
    answers, _ = outcomes(study)
    keys = " ".join(one.plan.key for one in answers)
    asked = repr((season, departure, tariff, value_of_point, budget))
    return _decide(
        study.fingerprint, keys, asked, study, answers, season, departure, tariff, value_of_point, budget
    )


def priced(study: Study, outcomes: Sequence[Outcome], tariff: Tariff) -> list[Option]:
    """Outcomes with the estimated bill of their trips."""
    keys = " ".join(one.plan.key for one in outcomes)
    return _priced(study.fingerprint, keys, repr(tariff), study, outcomes, tariff)


def trip(study: Study, request: TripRequest) -> Trip:
    """The parcels of a trip, chosen once per question."""
    return _trip(study.fingerprint, repr(request), study, request, archive())


def itinerary(study: Study, trip: Trip, crews: int, away: bool) -> Itinerary:
    """Day tours, planned once per question."""
    return _itinerary(study.fingerprint, repr(trip.request), trip, crews, away)


def field_files(study: Study, trip: Trip, planned: Itinerary, crews: int, away: bool) -> dict[str, bytes]:
    """The files of the field plan by name, and all of them in one ZIP archive."""
    asked = repr((trip.request, crews, away))
    return _field_files(study.fingerprint, asked, planned, trip, study.legend.names)


def report_files(
    study: Study,
    decided: Decision,
    request: TripRequest | None,
    value_of_point: float | None,
    budget: float | None,
    kept: Archive,
    name: str,
) -> bytes:
    """A file of the report; all are made together, once per question and day.

    It is made when somebody asks for it, outside the page's own thread: nothing of the session is looked at.
    """
    asked = repr((decided.question, decided.tariff, request, value_of_point, budget, len(decided.outcomes)))
    files = _report_files(
        study.fingerprint, asked, today(), study, decided, request, value_of_point, budget, kept
    )
    return files[name]


def diagnosis(study: Study, outcome: Outcome) -> Diagnosis:
    """Why a trip scored as it did."""
    return _diagnosis(outcome.plan.key, study, outcome)


def foretold(study: Study, trip: Trip, value_of_point: float | None) -> TripForecast | None:
    """What a trip will gain by Groundplan's method; None where no past season has played its target."""
    request = trip.request
    found, _ = outcomes(study)
    known = history(study, found, request.target, request.departure, DEFAULT)
    if not known:
        return None
    return _foretold(study.fingerprint, repr((request, value_of_point, known)), known, trip, value_of_point)


def towns_near(study: Study) -> tuple[Departure, ...]:
    """Towns to start from: the study's own departure, then the largest."""
    return _towns(study.fingerprint, study)


def ground(study: Study, season: str, live: bool = False) -> maps.Ground:
    """The parcels of a season as the maps draw them, published once; ``live`` where a slider redraws them."""
    return _standing(_publish, study.fingerprint, season, _static(), live, study)


def spots(study: Study, trip: Trip) -> maps.Spots:
    """The parcels of a trip as the maps mark them, published once."""
    return _standing(_publish_spots, study.fingerprint, repr(trip.request), _static(), trip)


@st.cache_data(max_entries=16, show_spinner=False)
def class_counts(fingerprint: str, dark: bool, _study: Study) -> charts.Chart:
    """Parcels of each class in each season, drawn once per study and theme."""
    return charts.class_counts(_study.parcels, _study.legend, dark)


@st.cache_data(max_entries=8, show_spinner="Reading the series")
def profiles(fingerprint: str, _study: Study) -> Profiles:
    """Mean series of the classes, read once per study."""
    return store.profiles_of(_study)


def today() -> date:
    """The day, for reports."""
    return datetime.now(UTC).date()


@st.cache_resource(max_entries=32, show_spinner="Weighing the trips")
def _decide(
    fingerprint: str,
    keys: str,
    asked: str,
    _study: Study,
    _outcomes: Sequence[Outcome],
    _season: str,
    _departure: Departure,
    _tariff: Tariff,
    _value_of_point: float | None,
    _budget: float | None,
) -> Decision | None:
    return decision.decide(
        _study, _outcomes, _season, _departure, _tariff, value_of_point=_value_of_point, budget=_budget
    )


@st.cache_resource(max_entries=128, show_spinner=False)
def _foretold(
    fingerprint: str, asked: str, _known: Sequence[Gain], _trip: Trip, _value: float | None
) -> TripForecast:
    return forecast_trip(_known, _trip, _value)


@st.cache_resource(max_entries=64, show_spinner="Comparing trip and area")
def _diagnosis(key: str, _study: Study, _outcome: Outcome) -> Diagnosis:
    return diagnosis_of(_study, _outcome)


@st.cache_resource(max_entries=32, show_spinner="Estimating costs")
def _priced(
    fingerprint: str, keys: str, rates: str, _study: Study, _outcomes: Sequence[Outcome], _tariff: Tariff
) -> list[Option]:
    return advice.priced(_study, _outcomes, _tariff)


@st.cache_resource(max_entries=64, show_spinner="Choosing the parcels")
def _trip(fingerprint: str, asked: str, _study: Study, _request: TripRequest, _archive: Archive) -> Trip:
    return trips.trip(_study, _request, _archive)


@st.cache_resource(max_entries=32, show_spinner="Planning the day tours")
def _itinerary(fingerprint: str, asked: str, _trip: Trip, crews: int, away: bool) -> Itinerary:
    request = _trip.request
    return plan_days(_trip.wanted, request.departure, request.tariff, crews=crews, sleep_out=away)


@st.cache_data(max_entries=8, show_spinner="Writing the files")
def _field_files(
    fingerprint: str, asked: str, _planned: Itinerary, _trip: Trip, crops: Sequence[str]
) -> dict[str, bytes]:
    return exports.packed(_planned, _trip.wanted, crops=crops, replacements=_trip.spare)


@st.cache_data(max_entries=8, show_spinner="Making the report")
def _report_files(
    fingerprint: str,
    asked: str,
    made_on: date,
    _study: Study,
    _decided: Decision,
    _request: TripRequest | None,
    _value_of_point: float | None,
    _budget: float | None,
    _kept: Archive,
) -> dict[str, bytes]:
    from engine.views.report import compose, files

    chosen = _trip(_study.fingerprint, repr(_request), _study, _request, _kept) if _request else None
    planned = _itinerary(_study.fingerprint, repr(_request), chosen, 1, False) if chosen else None
    composed = compose(
        _study,
        _decided,
        chosen,
        planned,
        value_of_point=_value_of_point,
        budget=_budget,
        made_on=made_on,
    )
    return files.made(composed)


@st.cache_resource(max_entries=4, show_spinner="Reading the archive")
def _outcomes(
    fingerprint: str, _kept: Archive, changed: tuple[int, ...]
) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    return tuple(_kept.outcomes(fingerprint)), _kept.damaged()


@st.cache_resource(max_entries=8, show_spinner=False)
def _towns(fingerprint: str, _study: Study) -> tuple[Departure, ...]:
    own = _study.departure
    return (own, *(town for town in towns.towns(_study.bounds) if town.name != own.name))


@st.cache_resource(max_entries=32, show_spinner="Drawing the parcels")
def _publish(fingerprint: str, season: str, folder: Path | None, live: bool, _study: Study) -> maps.Ground:
    return maps.publish(_study.parcels_in(season), _study.legend, folder, live=live)


@st.cache_resource(max_entries=64, show_spinner=False)
def _publish_spots(fingerprint: str, asked: str, folder: Path | None, _trip: Trip) -> maps.Spots:
    return maps.publish_spots(_trip.wanted, folder)


def _standing(publish: Any, *given: object) -> Any:
    """What was published, anew where its file is gone."""
    published = publish(*given)
    if not published.stands:
        publish.clear(*given)
        published = publish(*given)
    return published


def _static() -> Path | None:
    """The folder that the server gives to browsers, if it does."""
    return HOME / "static" if st.get_option("server.enableStaticServing") else None


def _resolved(folder: str) -> Path:
    return Path(folder).expanduser().resolve()


def _open(path: Path) -> Study:
    file = path / "study.toml"
    return _open_at(path, file.stat().st_mtime_ns if file.is_file() else 0)


@st.cache_resource(max_entries=4, show_spinner="Opening the study")
def _open_at(path: Path, changed: int) -> Study:
    return store.open_study(path)
