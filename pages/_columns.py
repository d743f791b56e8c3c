"""How tables and forms name their columns."""

import streamlit as st

from engine.fieldwork.costs import sign_of
from engine.learning.learners import LEARNERS

MISSING = "–"  # in a cell without a value

COLUMNS = {
    "key": st.column_config.TextColumn("Key", help="Names the plan; the command line prints the same."),
    "method": "Method",
    "design": "Design",
    "equivalent_radius_km": st.column_config.NumberColumn("Radius, km", format="%g"),
    "parcels": st.column_config.NumberColumn("Visited", help="Parcels visited, mean over repeats."),
    "test_parcels": st.column_config.NumberColumn("Tested", help="Parcels tested on."),
    "macro_f1_pixel": st.column_config.NumberColumn("Per-pixel F1", format="%.2f"),
    "macro_f1_pixel_low": st.column_config.NumberColumn("from", format="%.2f"),
    "macro_f1_pixel_high": st.column_config.NumberColumn("to", format="%.2f"),
    "macro_f1_parcel": st.column_config.NumberColumn("Per-parcel F1", format="%.2f"),
    "macro_f1_parcel_low": st.column_config.NumberColumn("from ", format="%.2f"),
    "macro_f1_parcel_high": st.column_config.NumberColumn("to ", format="%.2f"),
    "overall_accuracy": st.column_config.NumberColumn(
        "Accuracy", format="%.2f", help="Overall accuracy over pixels: common crops count most."
    ),
    "calibration_error": st.column_config.NumberColumn(
        "Calibration error",
        format="%.3f",
        help="How far the probabilities of the map are from the share that is right; for areas and doubts.",
    ),
    "seconds": st.column_config.NumberColumn("Seconds", format="%.0f", help="Of computing, all repeats."),
}


def front(currency: str) -> dict[str, object]:
    """Of the options that no other beats in both cost and macro F1."""
    sign = sign_of(currency)
    return {
        "recommended": st.column_config.CheckboxColumn("Take", help="The recommended one."),
        "method": "Method",
        "design": "Design",
        "equivalent_radius_km": st.column_config.NumberColumn("Radius, km", format="%g"),
        "parcels": st.column_config.NumberColumn("Parcels", format="localized"),
        "crew_days": st.column_config.NumberColumn("Days", format="%.0f"),
        "money": st.column_config.NumberColumn(f"Cost, {sign}", format="localized"),
        "macro_f1_pixel": st.column_config.NumberColumn("Macro F1", format="%.2f"),
        "macro_f1_pixel_low": st.column_config.NumberColumn("from", format="%.2f"),
        "macro_f1_pixel_high": st.column_config.NumberColumn("to", format="%.2f"),
        "marginal_price": st.column_config.NumberColumn(
            f"{sign} a point", format="%.0f", help="Money for each further point (0.01) of macro F1."
        ),
    }


SCORE_HELP = "pixels: every pixel counts, as in the study. parcels: every parcel counts once, as on a map."
PLAN_COLUMNS = {
    "key": None,
    "season": "Season",
    "method": "Method",
    "design": "Design",
    "equivalent_radius_km": st.column_config.NumberColumn("Radius, km", format="%g"),
    "parcels": st.column_config.NumberColumn("To visit", format="localized"),
    "state": "State",
    "repeats": st.column_config.NumberColumn("Repeats done"),
    "of": st.column_config.NumberColumn("of"),
    "seconds": st.column_config.NumberColumn(
        "Seconds left", format="%.0f", help="Of computing, with the pre-training it needs, in one process."
    ),
}
STUDY_COLUMNS = {
    "method": "Method",
    "equivalent_radius_km": st.column_config.NumberColumn("Radius, km", format="%g"),
    "published": st.column_config.NumberColumn("Study", format="%.2f"),
    "macro_f1_pixel": st.column_config.NumberColumn("Here", format="%.2f"),
    "macro_f1_pixel_low": st.column_config.NumberColumn("from", format="%.2f"),
    "macro_f1_pixel_high": st.column_config.NumberColumn("to", format="%.2f"),
    "random": st.column_config.NumberColumn("Random", format="%.2f"),
    "random_minus_circle": st.column_config.NumberColumn("Random minus circle", format="%+.2f"),
}
LEARNER_COLUMNS = {
    "method": "Method",
    "design": "Design",
    "equivalent_radius_km": st.column_config.NumberColumn("Radius, km", format="%g"),
    "best": "Best",
    **{name: st.column_config.NumberColumn(name, format="%.2f") for name in LEARNERS},
}
RATES = {
    "per_km": "Money per km",
    "per_hour": "Wage per person and hour",
    "allowance": "Allowance per person and day",
    "lodging": "Lodging per person and night",
    "minutes_per_parcel": "Minutes at a parcel",
    "minutes_first_stop": "Minutes to get ready in the morning",
    "hours_per_day": "Hours a day",
}
DAY_COLUMNS = {
    "day": "Day",
    "crew": "Crew",
    "parcels": "Parcels",
    "stops": "Stops",
    "km": st.column_config.NumberColumn("km", format="%.0f"),
    "back": "Back at",
}
SEASON_COLUMNS = {
    "season": "Season",
    "parcels": st.column_config.NumberColumn("Parcels", format="localized"),
    "pixels": st.column_config.NumberColumn("Pixels", format="localized"),
    "missing": st.column_config.NumberColumn(
        "Filled", format="percent", help="Share of slots without an image, filled by interpolation."
    ),
}
STOP_COLUMNS = {
    "day": None,
    "crew": None,
    "stop": "Stop",
    "arrival": "Arrival",
    "km": st.column_config.NumberColumn("km", format="%.1f", help="Driven from the stop before."),
    "parcel_id": "Parcel",
    "lon": st.column_config.NumberColumn("Longitude", format="%.4f"),
    "lat": st.column_config.NumberColumn("Latitude", format="%.4f"),
    "replacement": st.column_config.TextColumn(
        "Replacement", help="Visit it where the parcel cannot be visited; each only once."
    ),
    "crop_found": None,
    "visited": None,
    "note": None,
}
