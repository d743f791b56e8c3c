"""What the pages share: the study that is open, the question's place, and the caches.

The only session keys and the only caches of the app live here. ``season``, ``lon``, ``lat`` and
``radius`` are also query parameters, so that a link carries the question and pages share it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import streamlit as st

from engine.domain import Departure, GroundplanError, Study
from engine.experiments import advice
from engine.experiments import trip as trips
from engine.experiments.advice import Option
from engine.experiments.archive import Archive, archive_for
from engine.experiments.outcome import Outcome
from engine.experiments.trip import Trip, TripRequest
from engine.fieldwork import costs, exports
from engine.fieldwork.costs import Tariff
from engine.fieldwork.designs import DESIGNS
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.limits import Kind, Limit
from engine.fieldwork.tour import Itinerary, clock
from engine.studies import store
from engine.studies.profiles import Profiles
from engine.views import charts, maps
from engine.workspace import workspace
from pages import columns

T = TypeVar("T")
HOME = Path(__file__).resolve().parents[1]
DEMO = HOME / "data" / "vojvodina-demo"
FOLDER = "study_folder"  # the folder opened in the app; without it, GROUNDPLAN_STUDY; without that, the demo
TYPED = "folder_typed"
COMPLAINT = "study_complaint"
SEASON, LON, LAT, RADIUS = "season", "lon", "lat", "radius"
KEPT = "kept_"
LIVE = "job_was_live"
TRIP = "trip"
RECIPE_NAMES = ["quick", "paper"]
POLL_S = 1.0
RADIUS_KM = 25
RADII_KM = (1, 60)
DESIGN, LIMIT, TARIFF = "design", "limit", "tariff"
LIMITS: dict[str, Kind] = {"radius": "km", "parcels": "parcels", "days": "days", "budget": "money"}
SIZES = {
    "parcels": ("Parcels", 5, 1000, 150, 5),
    "days": ("Days of a crew", 1, 30, 4, 1),
    "money": ("Budget, in the tariff's currency", 100, 10_000, 1000, 50),
}

NO_STUDY = """\
Groundplan works on a **study**: parcels with their crops, and satellite series over several seasons.

1. Have two files at hand: the parcels (GeoParquet, GeoPackage, Shapefile or GeoJSON) and their series
   (CSV or Parquet).
2. Make a study of them:
   ```
   python -m engine ingest --parcels PARCELS --series SERIES --name NAME --out FOLDER
   ```
3. Open its folder below, or start the app with it: `GROUNDPLAN_STUDY=FOLDER streamlit run app.py`
"""


def study() -> Study:
    """The open study; where there is none the page says what to do next, and ends."""
    opened = _opened()
    if not isinstance(opened, Study):
        _explain(st.session_state.pop(COMPLAINT, opened))
        st.stop()
    return opened


def folder() -> Path:
    """The folder of the open study."""
    return _resolved(st.session_state.get(FOLDER) or os.environ.get("GROUNDPLAN_STUDY") or str(DEMO))


def header(question: str, study: Study) -> None:
    """The page's question, and what it is asked about; whether data are measured is always said."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(question, anchor=False)
        with st.popover("Open another study", icon=":material/folder_open:", type="tertiary"):
            _ask_folder()
    if COMPLAINT in st.session_state:
        st.error(st.session_state.pop(COMPLAINT), icon=":material/error:")
    measured = study.provenance == "measured"
    badge = ":green-badge[measured]" if measured else ":orange-badge[simulated]"
    labels = [season.label for season in sorted(study.seasons)]
    span = labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
    st.markdown(
        f"**{_plain(study.name)}** {badge} {len(labels)} season{'s' * (len(labels) > 1)}, {span} · "
        f"{len(study.parcels):,} parcels · {study.parcels['area_ha'].sum():,.0f} ha · "
        f"{len(study.legend)} classes" + (f" · :gray[{_plain(study.source)}]" if study.source else "")
    )


def dark() -> bool:
    """Whether the dark theme is on."""
    return st.context.theme.type == "dark"


def ask_season(study: Study, label: str = "Season") -> str:
    """The season in question; the latest by default."""
    labels = [season.label for season in sorted(study.seasons, reverse=True)]
    _recall(SEASON)
    return _keep(SEASON, st.selectbox(label, labels, key=SEASON, bind="query-params", width=120))


def ask_departure(study: Study) -> Departure:
    """Where the trip starts; the study's own departure by default."""
    own = study.departure
    lon = _ask_degrees("Departure, longitude", LON, own.lon, 180)
    lat = _ask_degrees("Latitude", LAT, own.lat, 90)
    return own if (lon, lat) == (own.lon, own.lat) else Departure(lon, lat)


def ask_design() -> str:
    """How the parcels are chosen."""
    _recall(DESIGN)
    words = "\n".join(f"- **{name}**: {design.manner}" for name, design in DESIGNS.items())
    return _keep(
        DESIGN,
        st.selectbox("Design", list(DESIGNS), key=DESIGN, bind="query-params", width=180, help=words),
    )


def ask_limit() -> Limit:
    """How far to go, or how much."""
    _recall(LIMIT)
    asked = st.segmented_control(
        "Limit", list(LIMITS), default="radius", required=True, key=LIMIT, bind="query-params"
    )
    kind = LIMITS[_keep(LIMIT, asked)]
    if kind == "km":
        return Limit("km", ask_radius())
    _recall(asked)
    return Limit(kind, _keep(asked, st.slider(*SIZES[kind], key=asked, bind="query-params")))


def ask_tariff() -> Tariff:
    """The rates of the survey."""
    _recall(TARIFF)
    names = list(costs.PRESETS)
    name = _keep(TARIFF, st.selectbox("Tariff", names, key=TARIFF, bind="query-params", width=160))
    preset = costs.PRESETS[name]
    with st.popover("Rates", icon=":material/payments:"):
        rates = {
            rate: st.number_input(
                label, 0.0, value=float(costs.exactly(getattr(preset, rate)).likely), key=f"{name}-{rate}"
            )
            for rate, label in columns.RATES.items()
        }
        crew = st.number_input("People in a car", 1, 6, preset.crew, key=f"{name}-crew")
    return costs.altered(preset, rates | {"crew": crew})


def ask_radius() -> int:
    """How far to go, in km."""
    _recall(RADIUS)
    return _keep(RADIUS, st.slider("Radius, km", *RADII_KM, RADIUS_KM, key=RADIUS, bind="query-params"))


def ground(study: Study, season: str) -> maps.Ground:
    """The parcels of a season as the maps draw them, published once."""
    served = bool(st.get_option("server.enableStaticServing"))
    published = _publish(study.fingerprint, season, served, study)
    if not published.stands:
        _publish.clear(study.fingerprint, season, served, study)
        published = _publish(study.fingerprint, season, served, study)
    return published


@st.cache_data(max_entries=16, show_spinner=False)
def class_counts(fingerprint: str, dark: bool, _study: Study) -> charts.Chart:
    """Parcels of each class in each season, drawn once per study and theme."""
    return charts.class_counts(_study.parcels, _study.legend, dark)


@st.cache_data(max_entries=8, show_spinner="Reading the series")
def profiles(fingerprint: str, _study: Study) -> Profiles:
    """Mean series of the classes, read once per study."""
    return store.profiles_of(_study)


def remember(key: str, value: object) -> None:
    """Keep what was asked for until something else is asked."""
    st.session_state[key] = value


def keep_trip(request: TripRequest, crews: int, away: bool) -> None:
    """Keep the trip that was named last, for the page that takes it into the field."""
    st.session_state[TRIP] = (folder(), request, crews, away)


def kept_trip() -> tuple[TripRequest, int, bool] | None:
    """The trip that was named last for this study."""
    of, *kept = st.session_state.get(TRIP, (None,))
    return (kept[0], kept[1], kept[2]) if of == folder() else None


def trip(study: Study, request: TripRequest) -> Trip:
    """The parcels of a trip, chosen once per question."""
    return _trip(study.fingerprint, repr(request), study, request, archive())


def itinerary(study: Study, trip: Trip, crews: int, away: bool) -> Itinerary:
    """Day tours, planned once per question."""
    return _itinerary(study.fingerprint, repr(trip.request), trip, crews, away)


def field_files(study: Study, trip: Trip, planned: Itinerary, crews: int, away: bool) -> dict[str, bytes]:
    """The files of the field plan by name, and all of them in one ZIP archive."""
    return _field_files(
        study.fingerprint, repr((trip.request, crews, away)), planned, trip, study.legend.names
    )


@st.cache_resource(max_entries=32, show_spinner="Choosing the parcels")
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


def days(planned: Itinerary) -> list[dict[str, object]]:
    """The days of an itinerary as rows."""
    return [
        {
            "day": day.number,
            "crew": day.crew,
            "parcels": len(day.parcels),
            "stops": len(day.stops),
            "km": day.km,
            "back": clock(day.end_h),
        }
        for day in planned.days
    ]


def draw(chart: charts.Chart, key: str) -> None:
    """A chart under its title."""
    st.markdown(f"**{_plain(chart.title)}**")
    st.plotly_chart(chart.figure, theme=None, key=key, alt=chart.alt, config={"displayModeBar": False})


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


def priced(study: Study, outcomes: Sequence[Outcome], tariff: Tariff) -> list[Option]:
    """Outcomes with the estimated bill of their trips."""
    keys = " ".join(one.plan.key for one in outcomes)
    return _priced(study.fingerprint, keys, repr(tariff), study, outcomes, tariff)


@st.cache_resource(max_entries=32, show_spinner="Estimating costs")
def _priced(
    fingerprint: str, keys: str, rates: str, _study: Study, _outcomes: Sequence[Outcome], _tariff: Tariff
) -> list[Option]:
    return advice.priced(_study, _outcomes, _tariff)


def usual_recipe(study: Study, known: Sequence[str]) -> str:
    """The recipe that most of the study's answers have; the first of those known where there are none."""
    answered, _ = outcomes(study)
    names = [one.plan.recipe.name for one in answered if one.plan.recipe.name in known]
    return max(known, key=names.count)


def name_design(name: str) -> str:
    """A design as an option of a list."""
    return f"{name}: {DESIGNS[name].manner}"


def name_outcome(outcome: Outcome) -> str:
    """An outcome as an option of a list."""
    plan = outcome.plan
    if not plan.method.visits:
        return f"{plan.method.name}, staying at home"
    return f"{plan.method.name}, {plan.design.name} {plan.design.reach_km:g} km, {outcome.parcels:,} parcels"


@st.cache_resource(max_entries=4, show_spinner="Reading the archive")
def _outcomes(
    fingerprint: str, _kept: Archive, changed: tuple[int, ...]
) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    return tuple(_kept.outcomes(fingerprint)), _kept.damaged()


def _ask_degrees(label: str, key: str, own: float, most: int) -> float:
    _recall(key)
    given = st.number_input(
        label,
        min_value=-float(most),
        max_value=float(most),
        value=float(own),
        step=0.01,
        format="%.3f",
        key=key,
        bind="query-params",
        width=165,
    )
    return _keep(key, given)


def _recall(key: str) -> None:
    """Give a widget the value it had on another page: its own key dies with that page's address."""
    last = st.session_state.get(key, st.session_state.get(KEPT + key))
    if last is not None and key not in st.query_params:
        st.session_state[key] = last


def _keep(key: str, value: T) -> T:
    st.session_state[KEPT + key] = value
    return value


def _opened() -> Study | str:
    """The study, or what is wrong with it."""
    try:
        return _open(folder())
    except GroundplanError as error:
        return str(error)


def _explain(complaint: str) -> None:
    """What to do where the study cannot be opened."""
    st.header("This study cannot be opened", anchor=False)
    st.error(complaint, icon=":material/error:")
    st.markdown(NO_STUDY)
    _ask_folder()


def _ask_folder() -> None:
    with st.form("open study", border=False, width=460):
        st.text_input("Study folder", key=TYPED, placeholder="/path/to/study")
        st.form_submit_button("Open", on_click=_take_folder)


def _take_folder() -> None:
    """Open what was typed; only a folder that opens replaces the study."""
    typed = st.session_state[TYPED].strip()
    if not typed:
        return
    try:
        opened = _open(_resolved(typed))
    except GroundplanError as error:
        st.session_state[COMPLAINT] = str(error)
        return
    st.session_state[FOLDER] = typed
    st.session_state[SEASON] = max(opened.seasons).label
    st.session_state[LON], st.session_state[LAT] = float(opened.departure.lon), float(opened.departure.lat)


def _resolved(folder: str) -> Path:
    return Path(folder).expanduser().resolve()


def _open(path: Path) -> Study:
    file = path / "study.toml"
    return _open_at(path, file.stat().st_mtime_ns if file.is_file() else 0)


@st.cache_resource(max_entries=4, show_spinner="Opening the study")
def _open_at(path: Path, changed: int) -> Study:
    return store.open_study(path)


@st.cache_resource(max_entries=32, show_spinner="Drawing the parcels")
def _publish(fingerprint: str, season: str, served: bool, _study: Study) -> maps.Ground:
    return maps.publish(_study.surveyed(season), _study.legend, HOME / "static" if served else None)


def _plain(text: str) -> str:
    """Text of a study, safe inside Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+!|:$~" else sign for sign in text)
