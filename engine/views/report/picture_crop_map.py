"""The crop map on paper."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.decisions.texts import clean, plain
from engine.geodesy import east_north_km
from engine.views.chart import colour_of
from engine.views.map_areas import FAINT, map_areas_frame
from engine.views.report.map_content import MapReport
from engine.views.report.picture_frame import dots, framed, prepare, scale_bar
from engine.views.report.picture_ground import draw_ground
from engine.views.report.pictures import INK, SMALL, WIDE, Picture, finished, settings, sheet

ACROSS, KEY_ROW = 5, 4.6  # classes in a row of the key; mm
MOST = 30_000  # dots that paper has room for


def crop_map_picture(report: MapReport, height: float) -> Picture:
    """The parcels in the colours of their classes; faint where the map does not apply.

    Parameters
    ----------
    report
        Of a map.
    height
        Of the picture on paper, its key included, mm.
    """
    every = report.crop_map.parcels
    step = -(-len(every) // MOST)
    parcels = every.iloc[::step]
    lon, lat = parcels["lon"].to_numpy(float), parcels["lat"].to_numpy(float)
    x, y = east_north_km(report.departure.lon, report.departure.lat, lon, lat)
    frame_of_areas = map_areas_frame(report.crop_map)
    areas = frame_of_areas[frame_of_areas["parcels"] > 0].set_index("class")["mapped_ha"]
    classes = areas.index.tolist()
    within = parcels["applicable"].to_numpy(bool)
    faint = not bool(every["applicable"].all())
    keys = KEY_ROW * -(-(len(classes) + faint) // ACROSS) + 4
    frame = framed(x, y, None, WIDE, height - keys)
    with settings():
        figure = sheet(WIDE, height)
        axes = figure.add_axes((0, keys / height, 1, 1 - keys / height))
        prepare(axes, frame, height - keys)
        draw_ground(axes, report, frame.scale)
        size = float(np.clip(0.34 * np.sqrt(WIDE * (height - keys) / len(parcels)), 0.5, 1.9))  # mm
        crop = parcels["crop"].to_numpy(object)
        for name in classes:
            colour = colour_of(report.study.legend, name, False)
            for rows, opacity in (((crop == name) & within, 0.9), ((crop == name) & ~within, FAINT / 1.5)):
                dots(axes, x[rows], y[rows], colour, size, opacity)
        scale_bar(axes, frame)
        _key(figure.add_axes((0, 0, 1, keys / height)), report, classes, keys, faint)
        shares = areas / report.area_ha
        words = ", ".join(f"{plain(clean(str(name), 32))} {share:.0%}" for name, share in shares.items())
        every_nth = f" Every {step}th parcel is drawn." if step > 1 else ""
        alt = f"Map of {len(every):,} parcels in the colours of their classes: {words}.{every_nth}"
        return finished(figure, alt)


def caption(report: MapReport) -> str:
    """What stands below the picture.

    Parameters
    ----------
    report
        Of a map.
    """
    step = -(-len(report.crop_map.parcels) // MOST)
    drawn = f"Every {step}th parcel is drawn. " if step > 1 else "A dot is a parcel. "
    return f"{report.data}. {drawn}The map's files hold them all."


def _key(axes: Any, report: MapReport, classes: list[str], height: float, faint: bool) -> None:
    """Names of the colours, the largest class first, and of what is faint."""
    axes.set_xlim(0, WIDE)
    axes.set_ylim(height, 0)
    axes.axis("off")
    looks = [(plain(clean(name, 20)), colour_of(report.study.legend, name, False), 1.0) for name in classes]
    looks += [("faint: does not apply", INK, FAINT / 1.5)] * faint
    for place, (words, colour, opacity) in enumerate(looks):
        x, y = 2 + WIDE / ACROSS * (place % ACROSS), 5 + KEY_ROW * (place // ACROSS)
        axes.plot([x], [y], "o", ms=5, color=colour, mew=0, alpha=opacity)
        axes.text(x + 2.4, y, words, fontsize=SMALL, color=INK, va="center")
