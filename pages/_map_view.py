"""The parcels of a crop map, on a map or in a table, and why the chosen one has its class."""

from __future__ import annotations

from typing import cast

import streamlit as st

from engine.decisions.map_wording import explained_sentences
from engine.domain import Study
from engine.mapping.crop_map import CropMap
from engine.mapping.explained import explain, least_sure
from engine.views import maps
from engine.views.maps.crop_maps import ColourBy
from engine.views.parcel_classes import parcel_classes
from pages import _cache as cache
from pages import _layout as layout
from pages import _map_columns as columns
from pages import _map_kept as kept
from pages import _maps as map_of
from pages import _state as state
from pages._widgets import Choices, choose, choose_id

COLOURS = Choices({"class": "Class", "probability": "Probability", "applicability": "Where it applies"})
MAP, TABLE = "map", "table"
PICKED = "crop_map-picked"
MOST_LISTED = 500


@st.fragment
@layout.error_boundary
def parcels(study: Study, made: CropMap) -> None:
    """All parcels, and the one that was clicked or found."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = choose("Show as", [MAP, TABLE], "crop_map-show")
        colours = choose_id("Colours", COLOURS, "crop_map-colours") if shown == MAP else "class"
        wanted = st.text_input("Find a parcel", key="crop_map-find", placeholder="id of a parcel", width=240)
    found = maps.parcel_named(wanted, made.parcels) if wanted else None
    if wanted and not found:
        st.caption(f"No mapped parcel has the id {layout.plain(wanted)}.")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if shown == TABLE:
            table(made)
            picked = found.name if found else state.stored_input(PICKED)
        else:
            drawn = maps.crop_map_map(
                kept.published(study, made),
                cast(ColourBy, colours),
                study.departure,
                state.dark(),
                cache.published_ground(study, study.departure),
            )
            alt = f"Crop map of {made.season}, {len(made.parcels)} parcels"
            clicked = map_of.draw(drawn, key="crop_map-map", alt=alt, found=found, on_select="rerun")
            place = maps.clicked(clicked.selection, made.parcels) or found
            picked = place.name if place else None
    with right:
        if picked and maps.parcel_named(picked, made.parcels):
            explained(study, made, picked)
        else:
            st.caption("Click a parcel, or find it by its id, to read why it has its class.")


def explained(study: Study, made: CropMap, name: str) -> None:
    """Why a parcel has its class."""
    found = explain(made, name)
    layout.draw(parcel_classes(found, study.legend, state.dark()), key="crop_map-classes")
    _, *sentences = explained_sentences(found)
    st.markdown(layout.plain(f"{found.area_ha:.2f} ha. " + " ".join(sentences)))


def table(made: CropMap) -> None:
    """The parcels that the map is least sure of; a row that is chosen is explained."""
    rows = least_sure(made, MOST_LISTED)
    if len(made.parcels) > len(rows):
        st.caption(f"The {len(rows)} parcels that the map is least sure of. Files hold all of them.")
    layout.table(
        rows, columns.mapped(), key="crop_map-table", names=rows["parcel_id"].tolist(), choose=_choose
    )


def _choose(name: str | None) -> None:
    state.store_input(PICKED, name)
