"""Where to look next: parcels that would teach the map most, and labels that it doubts."""

from __future__ import annotations

import streamlit as st

from engine.decisions.texts import counted, listed
from engine.domain import Study
from engine.mapping.crop_map import CropMap
from engine.mapping.findings import kept_doubts, kept_wrong_labels
from engine.mapping.request import MapRequest
from engine.spreadsheets import csv_of
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _map_columns as columns
from pages import _map_kept as kept
from pages import _map_making as making
from pages import _state as state
from pages._widgets import number


@layout.error_boundary
def following(study: Study, made: CropMap) -> None:
    """The parcels to visit on the next day."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        departure = inputs.departure(study)
        parcels = number("Parcels", 1, 200, 20, "crop_map-parcels", width=120)
        within = number(
            "At most so far, km", 1.0, None, None, "crop_map-within", width=160, placeholder="no limit"
        )
    rows = kept.following(made, departure, int(parcels or 20), within)
    stops = int(rows["stop"].max())
    share = float(rows["gain"].sum())
    st.markdown(
        f"**{counted(len(rows), 'parcel')} at {counted(stops, 'stop')} would settle {share:.0%} of the map's "
        "doubt**"
    )
    layout.table(rows, columns.following(), key="crop_map-following")
    st.download_button(
        "Next parcels, CSV",
        csv_of(rows),
        f"next-parcels-{made.season}.csv",
        "text/csv",
        icon=":material/download:",
        key="crop_map-get-next",
        on_click="ignore",
    )


@layout.error_boundary
def doubted(made: CropMap, request: MapRequest) -> None:
    """Labels that the models doubt."""
    found = kept_doubts(state.archive().folder, made.key)
    st.markdown("**Labels that the models doubt**")
    if made.validation is None:
        st.caption("Too few labels to check each other.")
    elif found is None:
        st.caption("Nobody has looked yet.")
        making.start_button("Look for them", request, "map")
    elif not found.rows:
        st.caption("None: the models of other ground and of earlier seasons agree with the labels.")
    else:
        st.caption("Both a model of the labels on other ground and one of earlier seasons doubt them.")
        layout.table([dict(row) for row in found.rows], columns.doubts(), key="crop_map-doubts")


@layout.error_boundary
def wrong_labels(made: CropMap, request: MapRequest) -> None:
    """What wrong labels would cost, found in the background when somebody asks."""
    st.markdown("**What would wrong labels cost?**")
    workspace = state.archive().folder
    found = kept_wrong_labels(workspace, made.key)
    if found:
        parts = [f"{share:.0%} wrong: {score:.1%}" for share, score in found.items()]
        now = f"{made.validation.macro_f1:.1%}" if made.validation else "not known"
        st.markdown(f"Cross-validated macro F1 is {now}. With {listed(parts)}.")
        return
    if made.validation is None:
        st.caption("Too few labels to try it.")
        return
    if not making.progress(request, "wrong-labels"):
        st.caption("Trains the map anew with 5, 10 and 20% of its labels made wrong.")
        making.start_button("Find it out", request, "wrong-labels")
