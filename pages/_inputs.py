"""The inputs that pages share: season, departure, design, limit, tariff, aims, and the study's folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from engine.decisions.decision import Aims
from engine.decisions.metric_wording import SCORES
from engine.decisions.wording import label_of, plain
from engine.domain import Departure, GroundplanError, Study
from engine.experiments.scores import CROPS, MACRO_F1, METRICS, Metric
from engine.fieldwork.crews import MOST_CREWS, CrewLimits
from engine.fieldwork.currencies import sign_of
from engine.learning.learners import LEARNERS
from engine.learning.methods import METHODS
from engine.learning.methods import OLD_IDS as OLD_METHODS
from engine.learning.recipes import RECIPES
from engine.sampling import DESIGNS
from engine.sampling import OLD_NAMES as OLD_DESIGNS
from engine.sampling.limits import Kind, Limit
from pages import _cache as cache
from pages import _state as state
from pages._glossary import help_of
from pages._rates import RATES, TARIFF
from pages._rates import tariff as tariff
from pages._widgets import Choices, choose, mend_number, number, pick, pick_id, several_ids, slide, switch

TYPED, OPEN = "folder_typed", "folder_open"
RADIUS, DESIGN, LIMIT, TOWN, TABLES = "radius", "design", "limit", "town", "tables"
VALUE, BUDGET, CREWS, NIGHTS, MOST_DAYS = "point", "most", "crews", "nights", "most-days"
BASE_MAP, LEFT_OUT, PINNED, OWN = "base-map", "left-out", "pinned", "own-trip"
MOST_IN_LINK = 100  # marked parcels
AS_NEEDED = "as needed"
SLEEP_OUT = {"cheapest": None, "back": False, "out": True}
METRIC, OF_CROPS = "metric", "metric-crops"
CHOSEN = "trip"  # the trip chosen on Overview
SEEN = "In hindsight trips are tested on the labels of the season. Forecast shows what was known before."
OLD_SCORES = {"voted": "parcel", "parcels": "parcel", "pixels": "pixel"}
OLD_METRIC = "compare-score"  # the key in links of earlier versions
OTHER_PLACE = "Other place"
LIMITS: dict[str, Kind] = {"radius": "km", "parcels": "parcels", "days": "days", "budget": "money"}
RADII_KM = (1, 60)
RADIUS_KM = 25
DEFAULT_LIMIT = Limit("km", RADIUS_KM)
SIZES: dict[str, tuple[str, int, int, int, int]] = {
    "parcels": ("Parcels", 5, 1000, 150, 5),
    "days": ("Days", 1, 30, 4, 1),
    "budget": ("Budget, in the tariff's currency", 100, 10_000, 1000, 50),
}
# The keys of shared inputs: their values go along from page to page. Any other key, of an input as of a
# chart, begins with its page's name and a hyphen: what a key holds outlives the page, and a widget of
# another kind would refuse it.
QUESTION = frozenset(  # what a scenario answers
    {state.SEASON, state.LON, state.LAT, TOWN, TARIFF, DESIGN, LIMIT, CREWS, MOST_DAYS, NIGHTS, VALUE, BUDGET}
    | {METRIC, OF_CROPS, CHOSEN, LEFT_OUT, PINNED, OWN, *LIMITS, *RATES.values()}
)
SHARED = QUESTION | {BASE_MAP, TABLES, TYPED, OPEN}


def methods() -> Choices:
    """All methods."""
    return Choices({name: label_of(method) for name, method in METHODS.items()}, OLD_METHODS)


def designs() -> Choices:
    """All designs."""
    return Choices({name: label_of(design) for name, design in DESIGNS.items()}, OLD_DESIGNS)


def learners() -> Choices:
    """All learners."""
    return Choices({name: label_of(learner) for name, learner in LEARNERS.items()})


def descriptions(registry: Mapping[str, Any]) -> str:
    """What the entries of a registry are, as a list."""
    return "\n".join(f"- **{label_of(entry)}**: {entry.description}" for entry in registry.values())


def season(study: Study, label: str = "Season") -> str:
    """The target season; the latest by default."""
    labels = [season.label for season in sorted(study.seasons, reverse=True)]
    return str(pick(label, labels, state.SEASON, width=105, help=help_of("Target season")))


def departure(study: Study) -> Departure:
    """Where the trip starts, a town or any place; the study's own departure by default."""
    own = study.departure
    mend_number(state.LON, -180, 180, nearest=False)  # the nearest to nonsense is a pole
    mend_number(state.LAT, -90, 90, nearest=False)
    position = (float(state.next_input(state.LON, own.lon)), float(state.next_input(state.LAT, own.lat)))
    towns = cache.towns_near(study)
    town = next((town for town in towns if (town.lon, town.lat) == position), None)
    names = {town.name or own.title: town for town in towns}
    state.set_input(TOWN, (town.name or own.title) if town else OTHER_PLACE)
    st.selectbox(
        "Departure",
        [*names, OTHER_PLACE],
        key=TOWN,
        width=180,
        on_change=_to_town,
        args=(names,),
        help=f"{help_of('Departure')} Towns are from GeoNames.",
    )
    with st.popover("Coordinates", icon=":material/my_location:", help="Start anywhere."):
        lon = _degrees("Departure, longitude", state.LON, own.lon, 180)
        lat = _degrees("Latitude", state.LAT, own.lat, 90)
    return town if town and (town.lon, town.lat) == (lon, lat) else Departure(lon, lat)


def stored_departure(study: Study) -> Departure:
    """Where the trip starts, as it was left, where no widget asks it."""
    own = study.departure
    try:
        position = float(state.next_input(state.LON, own.lon)), float(state.next_input(state.LAT, own.lat))
        return own if position == (own.lon, own.lat) else Departure(*position)
    except (ValueError, GroundplanError):  # of a link that is wrong, which the widget corrects
        return own


def designs_here() -> tuple[Choices, str]:
    """The designs that this installation can draw, and what they are."""
    every, text = designs(), descriptions(DESIGNS)
    if state.may_run():
        return every, text
    missing = [label for name, label in every.labels.items() if DESIGNS[name].auxiliary is not None]
    able = {name: label for name, label in every.labels.items() if label not in missing}
    text += f"\n\nThis installation runs no models, so it lacks: {', '.join(missing)}."
    return replace(every, labels=able), text


def limit() -> Limit:
    """What decides the size of the trip."""
    name = choose("Limit", list(LIMITS), LIMIT, help=help_of("Limit"))
    kind = LIMITS[name]
    return Limit(kind, radius() if kind == "km" else slide(*SIZES[name], key=name))


def followed_limit(name: str, amount: int, on_change: Callable[[], None]) -> None:
    """Draw the size of a trip from elsewhere: the address does not name it, and a change is told."""
    state.set_input(LIMIT, name)
    state.set_input(name, amount)
    st.segmented_control(
        "Limit", list(LIMITS), key=LIMIT, required=True, help=help_of("Limit"), on_change=on_change
    )
    label, low, high, _, step = SIZES.get(name, ("Radius, km", *RADII_KM, RADIUS_KM, 1))
    st.slider(label, low, high, step=step, key=name, on_change=on_change)


def radius() -> int:
    """The radius of the trip, km."""
    return slide("Radius, km", *RADII_KM, RADIUS_KM, 1, RADIUS)


def metric(study: Study) -> Metric:
    """The score by which options are compared."""
    old = state.address(OLD_METRIC)
    if old and METRIC not in st.session_state:
        state.set_input(METRIC, OLD_SCORES.get(old[0], old[0]))
    text = help_of("Per-pixel F1", "Per-parcel F1", "Overall accuracy")
    name = pick_id("Score that decides", Choices(SCORES, OLD_SCORES), METRIC, width=200, help=text)
    if name != CROPS:
        return Metric(name)
    names = study.legend.names
    labels = Choices({crop: plain(crop) for crop in names})
    crops = several_ids("Classes", labels, names[:1], OF_CROPS)
    return Metric(name, tuple(crops or names[:1]))


def stored_metric(study: Study) -> Metric:
    """The score that was chosen on another page."""
    name, names = state.next_input(METRIC, MACRO_F1.name), study.legend.names
    if name != CROPS:
        return Metric(name) if name in METRICS else MACRO_F1
    crops = [crop for crop in state.stored_input(OF_CROPS) or () if crop in names]
    return Metric(CROPS, tuple(crops or names[:1]))


def aims(study: Study, currency: str) -> Aims:
    """What the decision weighs."""
    sign = sign_of(currency)
    with st.popover("Aims", icon=":material/target:"):
        score = metric(study)
        value = number(
            f"Value of a point, {sign}",
            1.0,
            None,
            None,
            VALUE,
            placeholder="not stated",
            help=f"{help_of('Value of a point')} A point is 0.01. {help_of('One-standard-error rule')}",
        )
        budget = number(f"Budget, {sign}", 1.0, None, None, BUDGET, placeholder="no limit")
    return Aims(value, budget, score)


def left_out() -> tuple[str, ...]:
    """Ids of the parcels that the user leaves out of trips."""
    return _marked(LEFT_OUT)


def pinned() -> tuple[str, ...]:
    """Ids of the parcels that the user wants trips to visit."""
    return _marked(PINNED)


def leave_out(*names: str) -> None:
    """Leave these parcels out of trips, too; whoever pinned them has changed their mind."""
    _mark(LEFT_OUT, {*left_out(), *names})
    _mark(PINNED, set(pinned()).difference(names))


def pin(*names: str) -> None:
    """Have trips visit these parcels, too; whoever left them out has changed their mind."""
    _mark(PINNED, {*pinned(), *names})
    _mark(LEFT_OUT, set(left_out()).difference(names))


def put_back(*names: str) -> None:
    """Leave it to the design again whether trips visit these parcels; without a name, all."""
    for key in (LEFT_OUT, PINNED):
        _mark(key, set(_marked(key)).difference(names) if names else ())


def _marked(key: str) -> tuple[str, ...]:
    """Ids under a key; the address has them too, unless they are too many for it."""
    held = state.stored_input(key)
    names = state.address(key) if held is None or state.went_back() else held
    state.write_address(key, (list(names) if names and len(names) <= MOST_IN_LINK else None))
    return tuple(state.store_input(key, tuple(names or ())))


def _mark(key: str, names: Iterable[str]) -> None:
    state.store_input(key, tuple(sorted(names)))


def crews_and_nights() -> CrewLimits:
    """How many crews go out, on how many days at most, and where they sleep."""
    text = "As needed takes as many crews as cost least and are back in time."
    crews = pick("Crews", [*map(str, range(1, MOST_CREWS + 1)), AS_NEEDED], CREWS, width=130, help=text)
    days = None
    if crews == AS_NEEDED:
        days = number("Days at most", 1, 60, None, MOST_DAYS, width=120, placeholder="no limit")
    nights = str(
        pick(
            "Nights",
            list(SLEEP_OUT),
            NIGHTS,
            width=120,
            help="Back at the departure every night, out near the last stop, or whichever costs less.",
        )
    )
    return CrewLimits(None if crews == AS_NEEDED else int(crews), SLEEP_OUT[nights], days)


def usual_driving() -> None:
    """One crew again, which sleeps where that is cheapest."""
    for key, value in ((CREWS, "1"), (NIGHTS, next(iter(SLEEP_OUT))), (MOST_DAYS, None)):
        state.set_input(key, state.store_input(key, value))


def recipe_names() -> list[str]:
    """All recipes by name, the quickest first."""
    return list(reversed(RECIPES))


def usual_recipe(study: Study) -> str:
    """The recipe that most outcomes of the study have, by name."""
    outcomes, _ = cache.outcomes(study, state.archive())
    names = [outcome.plan.recipe.name for outcome in outcomes]
    return max(recipe_names(), key=names.count)


def tables() -> None:
    """Whether charts come with the tables behind them."""
    switch("Tables", TABLES, help="Show the numbers behind each chart.")


def with_tables() -> bool:
    """The answer to that, also inside a part of the page that is redrawn by itself."""
    return bool(state.stored_input(TABLES))


def study_folder() -> None:
    """The folder of a study."""
    with st.form("open study", border=False, width=460):
        st.text_input("Study folder", key=TYPED, placeholder="/path/to/study")
        st.form_submit_button("Open", key=OPEN, on_click=_open_folder)


def _open_folder() -> None:
    typed = str(state.stored_input(TYPED)).strip()
    if typed:
        state.open_folder(typed)


def _to_town(names: dict[str, Departure]) -> None:
    town = names.get(str(state.stored_input(TOWN)))
    if town is not None:
        state.depart_from(town)


def _degrees(label: str, key: str, own: float, most: int) -> float:
    return float(number(label, -float(most), float(most), float(own), key, step=0.01, format="%.3f"))
