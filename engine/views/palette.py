"""Colours: one accent, the crops, and the greys that charts, maps and reports share."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain import CROP_COLOURS

# Nine crop colours that stay apart under colour-vision deficiencies (smallest CIEDE2000 between any
# two, worst of normal sight and three simulated deficiencies: 19.0 light, 19.5 dark). A colour's dark
# twin stands at the same place and has the same hue, within 12 degrees of OKLCH.
CROPS_LIGHT = CROP_COLOURS
CROPS_DARK = (
    "#8EFBCD", "#F3D5FC", "#B27FFC", "#CB923F", "#91A3A0", "#E3FC25", "#007161", "#794FB0", "#995504",
)  # fmt: skip
LEAST_CONTRAST = 3.0  # of a crop to the paper of the dark theme, as WCAG 2.1 asks of graphics
TWIN = dict(zip(CROPS_LIGHT, CROPS_DARK, strict=True))
DAYS_LIGHT = ("#1B5AA5", "#B26A00", "#2E7D5B", "#9C2F6F", "#5B4BA8", "#8A3B2A")  # colours of days, in turn
DAYS_DARK = ("#7FB2F0", "#E0A458", "#6FCBA0", "#E58BBF", "#B3A5F2", "#E09A86")
WATER_LIGHT, WATER_DARK = "#2E74A8", "#6FA8D6"
# Methods and designs look alike in every chart; those without an entry are muted, dotted and square.
METHODS_LIGHT = {"transfer": "#1F5AA6", "scratch": "#B26A00", "ensemble": "#0B7A55"}
METHODS_DARK = {"transfer": "#82B4FF", "scratch": "#E0A458", "ensemble": "#5FD0A5"}
CIRCLE = "radius"
DASHES = {
    "radius": "solid", "random": "dash", "balanced": "dot", "stratified": "dashdot", "transects": "longdash",
    "clusters": "longdashdot", "disagreement": "dot", "embedding": "dashdot",
}  # fmt: skip
MARKERS = {
    "radius": "circle", "random": "diamond-open", "balanced": "square-open", "stratified": "cross",
    "transects": "triangle-up", "clusters": "hexagon", "disagreement": "x", "embedding": "star-open",
}  # fmt: skip


@dataclass(frozen=True)
class Scheme:
    """The colours of one theme; ``.streamlit/config.toml`` repeats all but ``muted``.

    ``accent`` is read on paper and panel. White is never read on it in the dark theme: pages have no primary
    buttons.
    """

    accent: str
    paper: str
    panel: str
    ink: str
    muted: str
    line: str


LIGHT = Scheme(
    accent="#1F5AA6",
    paper="#FFFFFF",
    panel="#F4F6F8",
    ink="#0F1822",
    muted="#5C6876",
    line="#DCE2E8",
)
DARK = Scheme(
    accent="#82B4FF",
    paper="#12171D",
    panel="#1B222B",
    ink="#E4E9EF",
    muted="#98A4B2",
    line="#2E3843",
)


def scheme(dark: bool) -> Scheme:
    """The scheme of the dark or the light theme.

    Parameters
    ----------
    dark
        Whether the theme is dark.
    """
    return DARK if dark else LIGHT


def ground_colour(kind: str, dark: bool) -> list[int]:
    """Red, green, blue and opacity of the outline, a river or a road beneath the parcels.

    Parameters
    ----------
    kind
        ``outline``, ``river`` or ``road``.
    dark
        Whether the theme is dark.
    """
    muted = scheme(dark).muted
    colour, opacity = {"outline": (muted, 200), "river": (water(dark), 150), "road": (muted, 90)}[kind]
    return [*rgb(colour), opacity]


def name_colour(kind: str, dark: bool) -> list[int]:
    """Red, green and blue of the name of a town or a river.

    Parameters
    ----------
    kind
        ``town`` or ``river``.
    dark
        Whether the theme is dark.
    """
    return rgb(water(dark) if kind == "river" else scheme(dark).muted)


def water(dark: bool) -> str:
    """The colour of rivers.

    Parameters
    ----------
    dark
        Whether the theme is dark.
    """
    return WATER_DARK if dark else WATER_LIGHT


def crop_colour(colour: str, dark: bool) -> str:
    """A legend's colour as the theme shows it, always of the same hue.

    In the dark theme the light nine have their twins, and others are lightened until they stand out.

    Parameters
    ----------
    colour
        Of a class in the legend, ``#RRGGBB``.
    dark
        Whether the theme is dark.
    """
    if not dark:
        return colour
    return TWIN.get(colour.upper()) or _lightened(colour)


def _lightened(colour: str) -> str:
    """The darkest colour of that hue that has a contrast of 3 to the dark paper, or the colour itself."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in rgb(colour)))
    while luminance(colour) + 0.05 < LEAST_CONTRAST * (luminance(DARK.paper) + 0.05):
        light = min(light + 0.02, 1.0)
        red, green, blue = colorsys.hls_to_rgb(hue, light, saturation)
        colour = f"#{round(255 * red):02X}{round(255 * green):02X}{round(255 * blue):02X}"
    return colour


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it.

    Parameters
    ----------
    colour
        As ``#RRGGBB``.
    """
    parts = [value / 255 for value in rgb(colour)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def method_colour(method: str, dark: bool) -> str:
    """The colour of a method's curves, by its id.

    Parameters
    ----------
    method
        Its id.
    dark
        Whether the theme is dark.
    """
    return (METHODS_DARK if dark else METHODS_LIGHT).get(method, scheme(dark).muted)


def design_style(design: str, colour: str, strong: bool) -> dict[str, dict[str, str | int]]:
    """How the curve of a design is drawn, by its id: dash and marker tell designs apart without colours.

    Parameters
    ----------
    design
        Its id.
    colour
        Of the curve, ``#RRGGBB``.
    strong
        Whether the curve is one to look at first.

    Returns
    -------
    ``line`` and ``marker`` of a plotly scatter.
    """
    return {
        "line": {"color": colour, "width": 2 if strong else 1, "dash": DASHES.get(design, "dot")},
        "marker": {"color": colour, "size": 9 if strong else 7, "symbol": MARKERS.get(design, "square")},
    }


def day_colour(number: int, dark: bool) -> str:
    """The colour of a day's tour, the first number 0.

    Parameters
    ----------
    number
        Of the day tour in its itinerary, from 0; colours come again after the last.
    dark
        Whether the theme is dark.
    """
    colours = DAYS_DARK if dark else DAYS_LIGHT
    return colours[number % len(colours)]


def design_colours(designs: Sequence[str], dark: bool) -> dict[str, str]:
    """Colours of designs in a panel of one method: the circle, with which all are compared, has that of text.

    Parameters
    ----------
    designs
        Their ids, in the order of the legend.
    dark
        Whether the theme is dark.
    """
    others = [design for design in designs if design != CIRCLE]
    return {
        CIRCLE: scheme(dark).ink,
        **{design: day_colour(place, dark) for place, design in enumerate(others)},
    }


def rgb(colour: str) -> list[int]:
    """``#RRGGBB`` as red, green and blue in 0..255.

    Parameters
    ----------
    colour
        As ``#RRGGBB``.
    """
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def rgba(colour: str, opacity: float) -> str:
    """``#RRGGBB`` with an opacity in 0..1, as CSS writes it.

    Parameters
    ----------
    colour
        As ``#RRGGBB``.
    opacity
        From 0 (unseen) to 1 (solid).
    """
    red, green, blue = rgb(colour)
    return f"rgba({red},{green},{blue},{opacity:g})"
