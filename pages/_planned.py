"""The trip of the page Plan: that of Overview until its design or size is changed here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from engine.decisions.outlook import is_to_forecast
from engine.decisions.trip import TripRequest, next_trip_of
from engine.learning.recipes import recipe_by_name
from pages import _cache as cache
from pages import _chosen as picks
from pages import _inputs as inputs
from pages import _itineraries as itineraries
from pages import _outlooks as outlooks
from pages import _state as state
from pages._widgets import pick_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.decisions.decision import Aims
    from engine.domain import Departure, Study
    from engine.fieldwork.costs import Tariff
    from engine.fieldwork.crews import CrewLimits

DESIGN_PX = 190
# What a link names that has a trip of its own.
OF_A_TRIP = (inputs.OWN, inputs.DESIGN, inputs.LIMIT, *inputs.LIMITS)


class Question(NamedTuple):
    """What is asked of a trip but for its parcels."""

    target: str
    departure: Departure
    tariff: Tariff
    driving: CrewLimits


@dataclass(frozen=True)
class Followed:
    """The trip on Overview.

    Parameters
    ----------
    bare, request
        As it is there; and with the crews, the pins and the gaps of Plan.
    parcels
        How many it visits.
    size_km
        Radius of the circle that holds as many parcels, km.
    ended
        Whether Overview has had its last word by now; None where it had it before. A trip may turn out too
        dear once it is routed.
    """

    bare: TripRequest
    request: TripRequest
    parcels: int
    size_km: float
    ended: Callable[[], bool] | None = field(default=None, compare=False)

    @property
    def limit(self) -> tuple[str, int]:
        """The limit and the amount that come closest to its size."""
        km = round(self.size_km)
        if km == self.size_km and inputs.RADII_KM[0] <= km <= inputs.RADII_KM[1]:
            return "radius", km
        _, least, most, _, _ = inputs.SIZES["parcels"]
        return "parcels", min(max(self.parcels, least), most)


@dataclass(frozen=True)
class Asked:
    """A trip but for its size.

    Parameters
    ----------
    own
        Of the user, of the default size.
    followed
        The trip on Overview; None where it shows none.
    follows
        Whether it is that one.
    """

    own: TripRequest
    followed: Followed | None
    follows: bool


def question(study: Study) -> tuple[Question, Any, Any]:
    """From where and when, how it is driven, and in which row; and the place in it for the design."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with row:
        target = inputs.season(study)
        start = inputs.departure(study)
        place = st.container(width=DESIGN_PX)
        rates = inputs.tariff()
        driving = inputs.crews_and_nights()
    return Question(target, start, rates, driving), row, place


def asked(study: Study, question: Question, aims: Aims, place: Any) -> Asked:
    """The trip but for its size; its design is asked in that place."""
    followed = _on_overview(study, question, aims)
    follows = followed is not None and not _is_own()
    choices, text = inputs.designs_here()
    how: dict[str, Any] = {"width": DESIGN_PX, "help": text}
    with place:
        if followed and follows:
            name = followed.bare.design
            labels = {**choices.labels, name: inputs.designs().label(name)}
            state.set_input(inputs.DESIGN, name)
            how |= {"format_func": lambda name: labels.get(name, name), "on_change": _make_own}
            st.selectbox("Design", list(labels), key=inputs.DESIGN, **how)
        else:
            name = pick_id("Design", choices, inputs.DESIGN, **how)
    recipe = recipe_by_name(inputs.usual_recipe(study))
    own = TripRequest(
        question.target,
        question.departure,
        name,
        inputs.DEFAULT_LIMIT,
        question.tariff,
        recipe=recipe,
        driving=question.driving,
        unreachable=inputs.left_out(),
        pinned=inputs.pinned(),
    )
    state.write_address(inputs.OWN, ["1"] if followed and not follows else None)
    return Asked(own, followed, follows)


def sized(asked: Asked) -> TripRequest:
    """The trip, with the parcels that are pinned and left out by now; its size is asked here."""
    if _is_stale(asked):
        st.rerun()  # the rest of the page is of before the click
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if not asked.followed or not asked.follows:
            return replace(asked.own, limit=inputs.limit())
        kind, amount = asked.followed.limit
        inputs.followed_limit(kind, amount, _make_own)
    return asked.followed.request


def changed(asked: Asked, request: TripRequest) -> None:
    """Say where the trip is not that of Overview, with the way back."""
    if asked.followed is None or request == asked.followed.bare:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Changed from the trip on Overview.", width="content")
        st.button("Back to the trip on Overview", icon=":material/undo:", type="tertiary", on_click=_follow)


def _on_overview(study: Study, question: Question, aims: Aims) -> Followed | None:
    """The trip that Overview recommends, or that was chosen there."""
    target, departure, tariff, _ = question
    outcomes = cache.current_outcomes(study, state.archive())
    if is_to_forecast(study, outcomes, target, departure):
        return _forecast(study, question, outcomes, aims)
    decided = cache.decide(study, outcomes, target, departure, tariff, *aims)
    if decided is None:
        return None
    option, ended = picks.chosen_option(decided), None
    if option is None:
        archive = state.archive()
        made = itineraries.settled_now(study, decided, aims.budget, archive)
        if made is None:
            ended = partial(itineraries.settling_ended, study, decided, aims.budget, archive)
        option = (made[0] if made else decided).advice.recommended
    if not option.visits:
        return None
    bare = next_trip_of(study, option, tariff)
    request = next_trip_of(study, option, tariff, inputs.left_out(), inputs.pinned())
    request = replace(request, driving=question.driving)
    return Followed(bare, request, len(option.visited), option.plan.design.equivalent_radius_km, ended)


def _forecast(study: Study, question: Question, outcomes: Any, aims: Aims) -> Followed | None:
    archive = state.archive()
    found = outlooks.outlook(study, outcomes, question[:3], aims, archive)
    if found is None:
        return None
    choice, ended = picks.chosen_choice(found), None
    if choice is None:
        made = itineraries.outlook_now(study, found, archive)
        if made is None:
            ended = partial(itineraries.outlook_ended, study, found, archive)
        choice = (made[0] if made else found).recommended
    if choice is None:
        return None
    bare = choice.trip.request
    request = replace(bare, driving=question.driving, unreachable=inputs.left_out(), pinned=inputs.pinned())
    size_km = bare.limit.amount if bare.limit.kind == "km" else 0.0
    return Followed(bare, request, len(choice.trip.wanted), size_km, ended)


def _is_stale(asked: Asked) -> bool:
    """Whether a click in the part of the page that is drawn by itself has changed what was asked."""
    own = asked.own
    turned = asked.followed is not None and asked.follows == _is_own()
    return turned or (own.unreachable, own.pinned) != (inputs.left_out(), inputs.pinned())


def _is_own() -> bool:
    """Whether the trip is the user's own: its design or size was changed, or a link names them."""
    held = state.stored_input(inputs.OWN)
    if held is None or state.went_back():
        fresh = (name for name in OF_A_TRIP if state.went_back() or name not in st.session_state)
        held = state.store_input(inputs.OWN, any(state.address(name) is not None for name in fresh))
    return bool(held)


def _make_own() -> None:
    state.store_input(inputs.OWN, True)


def _follow() -> None:
    state.store_input(inputs.OWN, False)
    inputs.put_back()
    inputs.usual_driving()
