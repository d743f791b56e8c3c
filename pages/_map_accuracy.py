"""How good a crop map is: areas, confusion, a stated requirement, and the truth where it is known."""

from __future__ import annotations

import streamlit as st

from engine.decisions.map_forecast import gain_basis
from engine.decisions.map_wording import map_statement, truth_rows
from engine.domain import Study
from engine.mapping.accuracy.acceptance import acceptance
from engine.mapping.accuracy.statement import requirement
from engine.mapping.assessed import Assessed, class_rows
from engine.mapping.crop_map import CropMap
from engine.mapping.jobs import without_visit
from engine.mapping.request import MapRequest
from engine.mapping.truth import beside_truth, true_areas_ha
from engine.views.areas import areas as areas_chart
from engine.views.map_confusion import assessed_confusion, validated_confusion
from engine.views.profiles import profiles
from pages import _cache as cache
from pages import _layout as layout
from pages import _map_columns as columns
from pages import _map_kept as kept
from pages import _map_making as making
from pages import _state as state
from pages._widgets import number

ICONS = {"met": "success", "not met": "error", "undecided": "info"}
ELSEWHERE = ("Estimates", "Areas")  # parts of the statement that tables and charts show
DRAW = (
    "To know it, draw an accuracy sample: `groundplan accuracy draw`. Its labels come home with the purpose "
    "accuracy, and train nothing."
)


@layout.error_boundary
def areas(study: Study, made: CropMap, found: Assessed | None) -> None:
    """How much of each crop there is."""
    accuracy = found.accuracy if found else None
    truth = kept.truth(state.folder(), made.season)
    true = true_areas_ha(made, truth) if truth else None
    chart = areas_chart(made, study.legend, state.dark(), accuracy, true)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        layout.draw(chart, key="crop_map-areas")
        if accuracy:
            st.caption("Bars count the map. Points are estimates from the sample, free of its errors.")
        else:
            st.caption(f"Counted on the map, so its errors are in these areas. {DRAW}")
    with right:
        season = study.season(made.season)
        seen = profiles(kept.mapped_profiles(study, made), study.legend, season, state.dark())
        layout.draw(seen, key="crop_map-profiles")
        st.caption("Mean series of the parcels that the map gives each class.")


@layout.error_boundary
def accuracy(study: Study, made: CropMap, found: Assessed | None) -> None:
    """What is mistaken for what, and whether the map meets a requirement."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if found and found.accuracy:
            layout.draw(assessed_confusion(found.accuracy, state.dark()), key="crop_map-confusion")
        elif made.validation is not None:
            chart = validated_confusion(made.validation, made.legend, state.dark())
            layout.draw(chart, key="crop_map-confusion")
        else:
            st.caption("Nothing was tested: no parcel of the season has a label.")
    with right:
        st.markdown("**Does the map meet a requirement?**")
        asked(found)
        st.markdown("**Accuracy statement**")
        said = {name: text for name, text in map_statement(made, found).items() if name not in ELSEWHERE}
        st.markdown("\n\n".join(f"*{name}.* {layout.plain(text)}" for name, text in said.items()))
    if found and found.accuracy:
        layout.table(class_rows(found.accuracy), columns.classes(), key="crop_map-by-class")


def asked(found: Assessed | None) -> None:
    """A requirement, and the verdict."""
    with st.container(horizontal=True):
        required = number("Overall accuracy, %", 1, 99, 85, "crop_map-required", width=150)
        confidence = number("Confidence, %", 50, 99, 95, "crop_map-confidence", width=150)
    if found is None or found.accuracy is None:
        st.caption(f"Only a probability sample can tell. {DRAW}")
        return
    parcels = sum(each.parcels for each in found.sample.strata)
    accepted = acceptance(found.accuracy, required / 100, confidence / 100, parcels)
    getattr(st, ICONS[accepted.verdict])(layout.plain(requirement(accepted)))


@layout.error_boundary
def truth(study: Study, made: CropMap, found: Assessed | None, request: MapRequest) -> None:
    """Forecast, estimate and truth side by side, where a visit was simulated."""
    crops = kept.truth(state.folder(), made.season)
    if crops is None:
        return
    archive = state.archive()
    other = without_visit(study, request) if request.method.visits else None
    without = kept.kept_map(archive.folder, other.key) if other else None
    gain, visited = None, int(made.parcels["labelled"].sum())
    driven = kept.driven_trip(state.folder(), made.season)
    if without is not None:
        outcomes = cache.current_outcomes(study, archive)
        trip = (driven.design, visited)
        gain = kept.forecast(study, outcomes, made.season, study.departure, trip, archive)
    rows = beside_truth(made, crops, found, without, gain)
    st.markdown("**The visit was simulated, so the truth is known**")
    layout.table(truth_rows(rows), columns.beside_truth(), key="crop_map-truth")
    over = "hectares of the sample's frame" if found and found.accuracy else "parcels that nobody visited"
    said = f"The truth is that of all {over}, which trained no model."
    if without is not None:
        said += f" {gain_basis(driven, visited, gain)}"
    st.caption(said)
    if other and without is None:
        st.caption("The map without the trip is not made yet, so its gain is not known.")
        making.start_button("Look for the gain", request, "map")
