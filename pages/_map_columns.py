"""How tables of a crop map name their columns."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages._columns import Mark, Score
from pages._glossary import help_of


def mapped() -> dict[str, Any]:
    """Of parcels with their classes."""
    return {
        "parcel_id": "Parcel",
        "crop": "Crop",
        "probability": Score("Sure", help_of("Crop map"), digits=0),
        "second": "Else",
        "second_probability": Score("Sure of that", digits=0),
        "applicable": Mark("Applies", help_of("Area of applicability")),
        "surveyed": "Label",
        "area_ha": st.column_config.NumberColumn("ha", format="%.2f"),
    }


def following() -> dict[str, Any]:
    """Of the parcels to visit next."""
    number = st.column_config.NumberColumn
    return {
        "stop": number("Stop", help="In the order of the drive."),
        "rank": number("Rank", help="1 would teach the map most."),
        "parcel_id": "Parcel",
        "crop": "Mapped as",
        "probability": Score("Sure", digits=0),
        "gain": Score("Share of the doubt", "How much of the map's doubt its label would settle.", digits=2),
        "km": number("km", format="%.1f", help="From the departure, in a straight line."),
        "lon": number("Longitude", format="%.4f"),
        "lat": number("Latitude", format="%.4f"),
    }


def doubts() -> dict[str, Any]:
    """Of labels that models doubt."""
    return {
        "parcel_id": "Parcel",
        "label": "Label",
        "suggested": "Rather",
        "quality": Score("The label is right", "By a model of the labels on other ground.", digits=0),
        "source_suggested": "Earlier seasons say",
        "source_quality": Score("and that it is right", digits=0),
    }


def classes() -> dict[str, Any]:
    """Of accuracies by class."""
    return {
        "class": "Class",
        "sampled": "Sampled",
        "users": Score("User's accuracy"),
        "users_low": Score("from"),
        "users_high": Score("to"),
        "producers": Score("Producer's accuracy"),
        "producers_low": Score("from "),
        "producers_high": Score("to "),
        "f1": Score("F1"),
        "f1_low": Score("from  "),
        "f1_high": Score("to  "),
    }
