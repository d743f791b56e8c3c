"""What the colours and signs of a map mean, as a line of labels."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.decisions.wording import plain
from engine.domain import Departure
from engine.views import palette
from engine.views.maps.publish import PublishedParcels

Sign = Literal["dot", "ring", "line", "cross", "diamond"]
MOST = 12  # classes in a legend
SIGNS = {
    "dot": "width:.7em;height:.7em;border-radius:50%;background:{}",
    "ring": "width:.55em;height:.55em;border-radius:50%;border:.12em solid {}",
    "diamond": "width:.75em;height:.75em;background:{};clip-path:polygon(50% 0,100% 50%,50% 100%,0 50%)",
    "line": "width:1.1em;height:.18em;background:{}",
    "cross": "width:.7em;height:.7em;background:{};clip-path:polygon(15% 0,50% 35%,85% 0,100% 15%,65% "
    "50%,100% 85%,85% 100%,50% 65%,15% 100%,0 85%,35% 50%,0 15%)",
}


@dataclass(frozen=True)
class Label:
    """A sign and what it means.

    Parameters
    ----------
    text
        Its meaning.
    colour
        Of the sign, ``#RRGGBB``.
    sign
        Its shape.
    """

    text: str
    colour: str
    sign: Sign = "dot"


def crop_labels(parcels: PublishedParcels, dark: bool) -> tuple[Label, ...]:
    """The crops of a map with their numbers of parcels, the most frequent first.

    Parameters
    ----------
    parcels
        Those of a season, published.
    dark
        Whether the theme is dark.
    """
    muted = palette.scheme(dark).muted
    labels = [
        Label(f"{plain(name)} {count:,}", palette.crop_colour(colour, dark) if colour else muted)
        for name, colour, count in parcels.crops[:MOST]
    ]
    rest = parcels.crops[MOST:]
    if rest:
        parcels_left = sum(count for _, _, count in rest)
        labels.append(Label(f"{len(rest)} more classes {parcels_left:,}", muted))
    return tuple(labels)


def departure_label(departure: Departure, dark: bool) -> Label:
    """The departure.

    Parameters
    ----------
    departure
        Where trips start.
    dark
        Whether the theme is dark.
    """
    return Label(f"departure, {departure.title}", palette.scheme(dark).accent)


def legend_html(labels: Sequence[Label], dark: bool) -> str:
    """The labels as HTML in which every text is escaped; they wrap where the page is narrow.

    Parameters
    ----------
    labels
        In the order of reading.
    dark
        Whether the theme is dark.
    """
    items = "".join(
        f'<span style="white-space:nowrap"><span aria-hidden="true" style="display:inline-block;'
        f'margin-right:.35em;vertical-align:middle;{SIGNS[label.sign].format(label.colour)}"></span>'
        f"{html.escape(label.text)}</span>"
        for label in labels
    )
    colour = palette.scheme(dark).muted
    return (
        f'<div role="note" aria-label="Legend of the map" style="display:flex;flex-wrap:wrap;gap:.1em 1em;'
        f'font-size:.85rem;color:{colour}">{items}</div>'
    )
