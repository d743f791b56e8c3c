"""The parcels that somebody pinned or left out, on a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pydeck as pdk
from pydeck.types import String

from engine.views import palette
from engine.views.maps.layers import FONT
from engine.views.maps.legend import Label

SIZE = 17  # of a sign, pixels
Places = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Marks:
    """Where the parcels lie that a trip must visit, and those that it must not.

    Parameters
    ----------
    pinned, left_out
        Longitude and latitude of each, degrees.
    """

    pinned: Places = ()
    left_out: Places = ()


def marks_of(parcels: pd.DataFrame, pinned: Sequence[str], left_out: Sequence[str]) -> Marks:
    """The places of parcels by their ids; ids that are not there are passed over.

    Parameters
    ----------
    parcels
        With ``parcel_id``, ``lon`` and ``lat``.
    pinned, left_out
        Ids.
    """

    def places(names: Sequence[str]) -> Places:
        found = parcels.loc[parcels["parcel_id"].isin(names), ["lon", "lat"]].round(5)
        return tuple((float(lon), float(lat)) for lon, lat in found.to_numpy())

    return Marks(places(pinned), places(left_out))


def mark_layers(marks: Marks, dark: bool) -> list[pdk.Layer]:
    """Pins as diamonds, gaps as crosses.

    Parameters
    ----------
    marks
        Where they are.
    dark
        Whether the theme is dark.
    """
    colours = palette.scheme(dark)
    signs = (
        ("pinned", marks.pinned, "◆", colours.accent),
        ("left-out", marks.left_out, "x", colours.ink),
    )
    return [
        pdk.Layer(
            "TextLayer",
            id=name,
            data=[{"place": [*place], "text": sign} for place in places],
            get_position="place",
            get_text="text",
            get_size=SIZE,
            get_color=palette.rgb(colour),
            font_family=FONT,
            font_weight=700,
            character_set=String("auto"),
        )
        for name, places, sign, colour in signs
        if places
    ]


def mark_labels(marks: Marks, dark: bool) -> list[Label]:
    """What the marks mean, with how many there are.

    Parameters
    ----------
    marks
        Where they are.
    dark
        Whether the theme is dark.
    """
    colours = palette.scheme(dark)
    pinned = Label(f"pinned {len(marks.pinned):,}", colours.accent, "diamond")
    left_out = Label(f"left out {len(marks.left_out):,}", colours.ink, "cross")
    return [*([pinned] if marks.pinned else []), *([left_out] if marks.left_out else [])]
