"""How tables and forms name their columns."""

import streamlit as st

COLUMNS = {
    "key": st.column_config.TextColumn("Key", help="Names the plan; the command line prints the same."),
    "method": "Method",
    "design": "Design",
    "radius_km": st.column_config.NumberColumn("Radius, km", format="%g"),
    "parcels": st.column_config.NumberColumn("Visited", help="Parcels visited, mean over repeats."),
    "test_parcels": st.column_config.NumberColumn("Tested", help="Parcels tested on."),
    "pixels": st.column_config.NumberColumn("F1, pixels", format="%.2f"),
    "pixels_low": st.column_config.NumberColumn("from", format="%.2f"),
    "pixels_high": st.column_config.NumberColumn("to", format="%.2f"),
    "voted": st.column_config.NumberColumn("F1, parcels", format="%.2f"),
    "voted_low": st.column_config.NumberColumn("from ", format="%.2f"),
    "voted_high": st.column_config.NumberColumn("to ", format="%.2f"),
    "seconds": st.column_config.NumberColumn("Seconds", format="%.0f", help="Of computing, all repeats."),
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
