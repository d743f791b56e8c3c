"""Colours: one accent, the crops, and the greys that charts, maps and reports share."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain import CROP_COLOURS

# Nine crop colours that stay apart under colour-vision deficiencies (smallest CIEDE2000 between any
# two, worst of normal sight and three simulated deficiencies: 19.0 light, 17.5 dark). A colour's dark
# twin stands at the same place.
CROPS_LIGHT = CROP_COLOURS
CROPS_DARK = (
    "#007777", "#995522", "#CC8822", "#BB88EE", "#FFDD44", "#33BBAA", "#BBFFCC", "#EEEEFF", "#7755CC",
)  # fmt: skip
TWIN = dict(zip(CROPS_LIGHT, CROPS_DARK, strict=True))
DAYS_LIGHT = ("#1B5AA5", "#B26A00", "#2E7D5B", "#9C2F6F", "#5B4BA8", "#8A3B2A")  # colours of days, in turn
DAYS_DARK = ("#7FB2F0", "#E0A458", "#6FCBA0", "#E58BBF", "#B3A5F2", "#E09A86")
# Methods and designs look alike in every chart; those without an entry are muted, dotted and square.
METHODS_LIGHT = {"transfer": "#1F5AA6", "scratch": "#B26A00", "ensemble": "#0B7A55"}
METHODS_DARK = {"transfer": "#82B4FF", "scratch": "#E0A458", "ensemble": "#5FD0A5"}
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


def crop_colour(colour: str, dark: bool) -> str:
    """A legend's colour as the theme shows it: the light nine have dark twins, others stay as they are.

    Parameters
    ----------
    colour
        Of a class in the legend, ``#RRGGBB``.
    dark
        Whether the theme is dark.
    """
    return TWIN.get(colour.upper(), colour) if dark else colour


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
