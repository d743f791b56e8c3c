"""The rates of the survey: a tariff, and what the user changed of it."""

from __future__ import annotations

import streamlit as st

from engine.fieldwork import costs
from engine.fieldwork.costs import Tariff
from engine.fieldwork.currencies import currencies
from pages import _state as state
from pages._glossary import help_of
from pages._widgets import Choices, number, pick, pick_id

TARIFF = "tariff"
ASKED_RATES = (
    "per_km", "per_hour", "allowance", "lodging", "minutes_per_parcel", "minutes_first_stop", "hours_per_day",
)  # fmt: skip
RATES = {
    (tariff, rate): f"{tariff.replace(' ', '-')}-{rate}"
    for tariff in costs.PRESETS
    for rate in (*ASKED_RATES, "crew", "currency")
}


def tariff() -> Tariff:
    """The rates of the survey, marked where they were changed."""
    name = str(pick("Tariff", list(costs.PRESETS), TARIFF, width=140, help=help_of("Tariff")))
    preset = costs.PRESETS[name]
    with st.popover("Rates", icon=":material/payments:"):
        edited = _edited(name, preset)
        if edited != preset:
            st.button(
                "Reset the rates",
                icon=":material/undo:",
                key="reset-rates",
                on_click=_reset,
                args=(name,),
            )
    if edited != preset:
        st.badge("Rates edited", icon=":material/edit:", color="orange")
    return edited


def stored_tariff() -> Tariff:
    """The rates as they were left, where no widget asks them."""
    wanted = str(state.next_input(TARIFF, ""))
    name = wanted if wanted in costs.PRESETS else next(iter(costs.PRESETS))
    preset = costs.PRESETS[name]
    left = {rate: state.stored_input(RATES[name, rate]) for rate in (*ASKED_RATES, "crew", "currency")}
    usual = {rate: float(costs.exactly(getattr(preset, rate)).likely) for rate in ASKED_RATES}
    rates = {rate: usual[rate] if left[rate] is None else float(left[rate]) for rate in ASKED_RATES}
    crew = preset.crew if left["crew"] is None else int(left["crew"])
    return costs.altered(preset, rates | {"crew": crew}, left["currency"] or preset.currency)


def _edited(name: str, preset: Tariff) -> Tariff:
    """The rates as they stand in their fields."""
    names = currencies()
    labels = {preset.currency: names[preset.currency], **names}  # the tariff's own first
    choices = Choices({code: f"{code}, {label}" for code, label in labels.items()})
    currency = pick_id("Currency", choices, RATES[name, "currency"], help="Amounts are not converted.")
    rates = {
        rate: number(
            costs.RATES[rate].title(currency),
            0.0,
            None,
            float(costs.exactly(getattr(preset, rate)).likely),
            RATES[name, rate],
        )
        for rate in ASKED_RATES
    }
    crew = number(costs.RATES["crew"].label, 1, 6, preset.crew, RATES[name, "crew"])
    return costs.altered(preset, rates | {"crew": crew}, currency)


def _reset(name: str) -> None:
    preset = costs.PRESETS[name]
    for rate in (*ASKED_RATES, "crew", "currency"):
        value = getattr(preset, rate)
        state.set_input(
            RATES[name, rate],
            value if rate in ("crew", "currency") else float(costs.exactly(value).likely),
        )
