"""The fields of the form that says how files are read: one a way of reading, with its option's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from engine.domain import GroundplanError

if TYPE_CHECKING:
    from engine.studies.ingest import IngestRequest

Kind = Literal["text", "number", "texts", "numbers", "pairs", "choice", "yes"]
TIME, VALUES, FILES = "Seasons and time", "Bands and values", "How the files are written"
GROUPS = (TIME, VALUES, FILES)


class FieldError(GroundplanError):
    """What was typed into a field and cannot be meant."""


@dataclass(frozen=True)
class Field:
    """A field of the form.

    Parameters
    ----------
    name
        Of the field of a request.
    option
        Of the command line, which the engine's messages speak of.
    empty
        Stands in the field while nothing is said.
    choices
        Label by value, of a field to choose in.
    """

    name: str
    label: str
    option: str
    kind: Kind
    group: str
    help: str
    empty: str = ""
    choices: Mapping[Any, str] = field(default_factory=dict)


FIELDS = (
    Field("seasons", "Seasons", "--seasons", "texts", TIME, "Harvest years to use.", "all"),
    Field(
        "step", "Step, days", "--step", "number", TIME,
        "Days between time steps. Empty takes the data's own interval.", "own",
    ),
    Field(
        "shift_seasons", "Shift of seasons, years", "--shift-seasons", "number", TIME,
        "Added to every season that a file states: 1 where they are years of sowing.", "0",
    ),
    Field(
        "season_from", "Season of series", "--season-from", "choice", TIME,
        "Whether series belong to the season of their column, or to the one whose window holds their date.",
        choices={"column": "by column", "date": "by date"},
    ),
    Field("bands", "Bands", "--bands", "texts", VALUES, "Columns to use.", "recognised ones"),
    Field(
        "band", "Name of the only band", "--band", "text", VALUES,
        "Of a wide table whose columns are nothing but dates.",
    ),
    Field(
        "no_data", "No-data codes", "--no-data", "numbers", VALUES,
        "Numbers that stand for no data, as -9999.", "none",
    ),
    Field(
        "linear", "Linear seasons", "--linear", "texts", VALUES,
        "Seasons, or files, whose backscatter is linear power; it is turned to dB.", "none",
    ),
    Field(
        "offsets", "Offsets", "--offset", "pairs", VALUES,
        "Added to the values of a season, a band or both, as 2022=-1000 or 2022:B04=-1000.", "none",
    ),
    Field(
        "scales", "Scales", "--scale", "pairs", VALUES,
        "Values are multiplied by them, after the offset, as NDVI=0.0001.", "none",
    ),
    Field(
        "trust_values", "Trust implausible values", "--trust-values", "yes", VALUES,
        "Take them as they are; notes say which.",
    ),
    Field(
        "crs", "CRS", "--crs", "text", FILES, "Of files that do not state theirs, as EPSG:4326.", "as stated",
    ),
    Field("layers", "Layers", "--layers", "texts", FILES, "Of a GeoPackage, by name.", "those with parcels"),
    Field(
        "encoding", "Encoding", "--encoding", "text", FILES,
        "Of text files and Shapefiles, as cp1250 or utf-16.", "found out",
    ),
    Field(
        "separator", "Separator", "--separator", "choice", FILES, "Between the columns of text files.",
        choices={None: "found out", ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"},
    ),
    Field(
        "decimal", "Decimal sign", "--decimal", "choice", FILES, "In text files.",
        choices={None: "found out", ".": "point", ",": "comma"},
    ),
    Field(
        "dates", "Order of dates", "--dates", "choice", FILES, "How 03/04/2021 is meant.",
        choices={None: "found out", "day-first": "day first", "month-first": "month first"},
    ),
    Field(
        "swap_axes", "Swap axes", "--swap-axes", "yes", FILES,
        "Turn round parcels whose coordinates are written latitude first.",
    ),
)  # fmt: skip
BY_NAME = {each.name: each for each in FIELDS}


def draw(each: Field, asked: IngestRequest, key: str, options: Iterable[str] = ()) -> None:
    """The widget of a field, with what was asked before.

    Parameters
    ----------
    each
        The field.
    asked
        How files were read last.
    key
        Of the widget.
    options
        What may be chosen, beside what is typed.
    """
    value = getattr(asked, each.name)
    if each.kind == "yes":
        st.toggle(each.label, value, key=key, help=each.help)
    elif each.kind == "number":
        low = 1 if each.name == "step" else -5
        st.number_input(each.label, low, 366, value, key=key, help=each.help, placeholder=each.empty)
    elif each.kind == "text":
        st.text_input(each.label, value or "", key=key, help=each.help, placeholder=each.empty)
    elif each.kind == "choice":
        known = [*each.choices, *([value] if value not in each.choices else [])]
        st.selectbox(
            each.label,
            known,
            known.index(value),
            format_func=lambda name: each.choices.get(name, str(name)),
            key=key,
            help=each.help,
        )
    else:
        chosen = texts(each, value)
        st.multiselect(
            each.label,
            list(dict.fromkeys([*options, *chosen])),
            chosen,
            key=key,
            help=each.help,
            placeholder=each.empty,
            accept_new_options=True,
        )


def texts(each: Field, value: Any) -> list[str]:
    """What a field holds, as people write it.

    Parameters
    ----------
    each
        A field that takes several values.
    value
        Of a request.
    """
    if each.kind == "pairs":
        return [f"{name}={number:.10g}" for name, number in value.items()]
    if each.kind == "numbers":
        return [f"{number:.10g}" for number in value]
    return [str(text) for text in value or ()]


def meant(each: Field, held: Any) -> object:
    """The value of a request that a widget holds; None where it says nothing.

    Parameters
    ----------
    each
        The field.
    held
        By its widget.

    Raises
    ------
    FieldError
        Where it cannot be meant.
    """
    if each.kind == "pairs":
        return dict(_pair(each, str(text)) for text in held or ()) or None
    if each.kind == "numbers":
        return tuple(_number(each, str(text)) for text in held or ()) or None
    if each.kind == "texts":
        return tuple(str(text).strip() for text in held or ()) or None
    return (str(held or "").strip() if each.kind == "text" else held) or None


def said(name: str, value: object) -> str:
    """A value of a request in words: ``No-data codes: -9999``.

    Parameters
    ----------
    name
        Of the field of a request.
    value
        Its value.
    """
    each = BY_NAME.get(name)
    if each is None:
        text = " to ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        return f"{name.replace('_', ' ').capitalize()}: {text}"
    if value is True:
        return each.label
    several = each.kind in ("pairs", "numbers", "texts")
    return f"{each.label}: {', '.join(texts(each, value)) if several else each.choices.get(value, value)}"


def _pair(each: Field, text: str) -> tuple[str, float]:
    name, _, number = text.rpartition("=")
    if not name.strip():
        raise FieldError(f"{each.label}: {text!r} names nothing. Write it as {each.help.split(' as ')[-1]}")
    return name.strip(), _number(each, number)


def _number(each: Field, text: str) -> float:
    try:
        return float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        raise FieldError(
            f"{each.label}: {text!r} is no number. Write it as {each.help.split(' as ')[-1]}"
        ) from None
