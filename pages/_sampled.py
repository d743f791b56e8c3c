"""A trip that visits a sample for accuracy too: its inputs, and what the pages keep of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.decisions.accuracy_trip import AccuracyTrip, draw_sample, with_accuracy, without_map_sentence
from engine.decisions.routed import RoutedTrip
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.jobs import stamp_of
from engine.files import is_demo
from engine.mapping.accuracy.sample_file import is_kept, keep_sample
from engine.mapping.store import MAPS
from pages import _cache as cache
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _state as state
from pages._background import Work
from pages._glossary import help_of
from pages._kept import cached
from pages._tours import follow
from pages._widgets import number, switch

if TYPE_CHECKING:
    from engine.fieldwork.calendar import Calendar
    from engine.views.chart import Chart

PARCELS, POINTS, TRADE = "fieldwork-accuracy", "fieldwork-accuracy-points", "fieldwork-trade"
MOST_PARCELS = 5000
DRAWING = "The sample is being drawn and routed with the trip..."


@dataclass(frozen=True)
class Wanted:
    """The size of a sample.

    Parameters
    ----------
    parcels
        To draw; 0 for none.
    points
        Half-width wanted of overall accuracy instead; None where it is not stated.
    """

    parcels: int
    points: float | None

    @property
    def any(self) -> bool:
        """Whether a sample is wanted."""
        return self.points is not None or self.parcels > 0


def wanted() -> Wanted:
    """How large a sample is visited beside the trip; by default none is."""
    text = f"{help_of('Probability sample')} 0 visits none."
    points = state.next_input(POINTS, None)
    parcels = number(
        "Parcels for accuracy",
        0,
        MOST_PARCELS,
        0,
        PARCELS,
        step=10,
        width=160,
        help=text,
        disabled=points not in (None, ""),
    )
    within = number(
        "or to ± points",
        0.5,
        30.0,
        None,
        POINTS,
        step=0.5,
        width=140,
        placeholder="any",
        help="As many parcels as give overall accuracy to so many points either way, 95 % interval.",
    )
    return Wanted(int(parcels or 0), within)


def with_sample_or_none(study: Study, made: RoutedTrip, size: Wanted) -> AccuracyTrip | None:
    """The trip with its sample; None while they are routed: the page is drawn anew once they are."""
    work = _drawing(study, made, size, state.archive())
    if work.ended(0.3):
        return work.result()
    follow(work.ended, DRAWING)
    return None


@cached(
    lambda study, made, size, archive: (
        study.fingerprint, made.request, size, archive.identity, stamp_of(archive.folder / MAPS),
    ),
    entries=16,
    valid=lambda work: not work.failure_seen,
)  # fmt: skip
def _drawing(study: Study, made: RoutedTrip, size: Wanted, archive: Archive) -> Work[AccuracyTrip]:
    def work() -> AccuracyTrip:
        half = None if size.points is None else size.points / 100
        sample = draw_sample(study, made, archive.folder, parcels=size.parcels, half_width=half)
        return with_accuracy(study, made, sample, archive)

    return Work(work, "routing the trip with its sample")


@cached(
    lambda study, found, calendar: (
        study.fingerprint, found.both.request, found.sample.map_key, tuple(found.sample.parcels), calendar,
    ),
    entries=4,
    spinner="Writing the files",
)  # fmt: skip
def files(study: Study, found: AccuracyTrip, calendar: Calendar | None) -> dict[str, bytes]:
    """The files of the field plan by name, with the sample."""
    from engine.views import field_files

    return field_files.packed(study, found.both, calendar, found.sample)


def advice(study: Study, found: AccuracyTrip) -> None:
    """Make the map first, where there is none whose classes divide the sample."""
    said = without_map_sentence(study, found.training.request.target, found.sample.map_key)
    if said:
        st.caption(layout.plain(said))
        st.page_link("pages/crop_map.py", label="Make the map first", icon=":material/map:")


def trade(study: Study, made: RoutedTrip) -> None:
    """What as many visits give, where some of them are for accuracy; asked for by a switch."""
    if not switch("Training or accuracy", TRADE, help="What as many visits give, divided otherwise."):
        return
    outcomes = cache.current_outcomes(study, state.archive())
    chart = _trade(study, made, outcomes, inputs.stored_metric(study), state.archive(), state.dark())
    if chart is None:
        st.caption("The trip has too few parcels to divide.")
        return
    layout.draw(chart, key="fieldwork-trade-chart")


@cached(
    lambda study, made, outcomes, metric, archive, dark: (
        study.fingerprint, made.request, cache.keys(outcomes), metric, dark, archive.identity,
        stamp_of(archive.folder / MAPS),
    ),
    entries=16,
)  # fmt: skip
def _trade(
    study: Study, made: RoutedTrip, outcomes: Any, metric: Any, archive: Archive, dark: bool
) -> Chart | None:
    from engine.decisions.accuracy_trip import trade as trade_rows
    from engine.decisions.history import history
    from engine.learning.methods import DEFAULT
    from engine.views.accuracy_trade import accuracy_trade

    request = made.request
    past = history(study, outcomes, request.target, request.departure, DEFAULT, metric, archive)
    return accuracy_trade(trade_rows(study, made, past, archive.folder), dark)


def keeping(found: AccuracyTrip) -> None:
    """Keep the sample with the study, where that can be written."""
    folder = state.folder()
    if not state.may_run() or is_demo(folder) or not state.may_change():
        st.caption("The sample is accuracy-sample.json in Everything.")
    elif is_kept(folder, found.sample):
        st.caption(":material/check: The sample is kept with the study. Its labels never train a map.")
    else:
        st.button(
            "Keep this sample",
            icon=":material/bookmark:",
            key="fieldwork-keep-sample",
            help="Keeps the drawn parcels and their chances with the study, for the accuracy of its map.",
            on_click=_keep,
            args=(found,),
        )


@layout.error_boundary
def _keep(found: AccuracyTrip) -> None:
    if not state.may_change():
        return
    keep_sample(state.folder(), found.sample)
    state.say("The sample is kept with the study.", ":material/check:")
