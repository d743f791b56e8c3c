"""A crop map as files."""

from __future__ import annotations

import streamlit as st

from engine.decisions.map_wording import statement_text
from engine.domain import Study
from engine.mapping.assessed import Assessed
from engine.mapping.crop_map import CropMap
from pages import _layout as layout
from pages import _map_kept as kept
from pages import _state as state

FILES = {
    "crop-map.gpkg": ("GeoPackage, styled for QGIS", ":material/layers:"),
    "crop-map.parquet": ("GeoParquet", ":material/database:"),
    "crop-map.csv": ("CSV", ":material/table:"),
}
REPORT = {
    "map-report.pdf": ("Report, PDF", ":material/picture_as_pdf:"),
    "map-report.html": ("Report, HTML", ":material/html:"),
    "map-report.zip": ("Everything", ":material/folder_zip:"),
}
STATEMENT = "accuracy-statement.txt"


@layout.error_boundary
def files(study: Study, made: CropMap, found: Assessed | None) -> None:
    """The map, and what is said of its accuracy."""
    report = kept.report(study, made, state.folder(), found)
    with st.container(horizontal=True):
        for name, (label, icon) in REPORT.items():
            st.download_button(
                label, report[name], name, icon=icon, key=f"crop_map-get-{name}", on_click="ignore"
            )
    contents = kept.files(study, made)
    with st.container(horizontal=True):
        for name, (label, icon) in FILES.items():
            st.download_button(
                label, contents[name], name, icon=icon, key=f"crop_map-get-{name}", on_click="ignore"
            )
        st.download_button(
            "Accuracy statement",
            statement_text(made, found),
            STATEMENT,
            "text/plain",
            icon=":material/fact_check:",
            key="crop_map-get-statement",
            on_click="ignore",
        )
    st.caption(
        f"A row a parcel with class, probability, second class and applicability, under the names of fiboa. "
        f"The map's key is {made.key}."
    )
