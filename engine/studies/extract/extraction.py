"""Parcels and images in, a table of series out: chunk after chunk of parcels, month after month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq

from engine.domain import Season
from engine.geodesy import Bounds
from engine.studies.extract.images import Catalogue, ExtractError, Image
from engine.studies.extract.local import local_files
from engine.studies.extract.parcels import read_outlines
from engine.studies.extract.parts import (
    Part,
    folder_of,
    join,
    month_of,
    months_of,
    part_path,
    read_about,
    store_pixels,
    stored_pixels,
    write_part,
)
from engine.studies.extract.pixels import SMALL, Pixels, draw
from engine.studies.extract.raster import header
from engine.studies.extract.registry import SOURCES
from engine.studies.extract.request import Extraction, ExtractRequest, SeasonExtracted
from engine.studies.extract.sources import Source, fixed, source_of
from engine.studies.extract.stac import open_api
from engine.studies.extract.values import observe
from engine.studies.ingest.faults import listed
from engine.studies.ingest.time_axis import Window

Progress = Callable[[int, int, str], None]  # parts that are done, all parts, and what is next


@dataclass(frozen=True)
class _Chunk:
    """Neighbouring parcels of one season."""

    number: int
    season: Season
    parcels: gpd.GeoDataFrame

    @property
    def bounds(self) -> Bounds:
        west, south, east, north = self.parcels.total_bounds
        return float(west), float(south), float(east), float(north)


@dataclass
class _Done:
    """What has been finished so far."""

    parts: list[Part] = field(default_factory=list)
    pixels: Counter[str] = field(default_factory=Counter)  # by season
    small: dict[str, None] = field(default_factory=dict)  # parcels too small for the buffer, in order
    reused: int = 0


def extract(request: ExtractRequest, *, progress: Progress | None = None) -> Extraction:
    """Write the series of all parcels as a long table: parcel, pixel, season, date and bands.

    An interrupted run goes on where it stopped: the parts that are finished are kept beside the table.

    Parameters
    ----------
    request
        What to extract.
    progress
        Called with how many parts are done, of how many, and what is next.

    Raises
    ------
    ExtractError
        Where parcels or images cannot be used, or no image lies over a parcel.
    """
    if request.pixels < 1:
        raise ExtractError(f"{request.pixels} pixels a parcel are too few. Give 1 or more with --pixels.")
    if not request.out.name or request.out.is_dir():
        raise ExtractError(f"{request.out} is a folder. Name the table to write: --out series.parquet.")
    notes: list[str] = []
    window = Window(*request.window)
    parcels = read_outlines(request, notes)
    source, catalogue = _images_of(request)
    notes += catalogue.notes
    folder = folder_of(
        request, parcels, f"{source!r} {request.scale} {request.offset} {_content(request.source)}"
    )
    chunks = list(_chunks(parcels, window, request.parcels_at_once))
    total, done = sum(months_of(chunk.season) for chunk in chunks), _Done()
    begun = 0
    for chunk in chunks:
        for following, month in enumerate(_months(chunk, request, source, catalogue, folder, done)):
            if progress:
                progress(begun + following, total, f"season {chunk.season.label}, {month}")
        begun += months_of(chunk.season)
    if progress:
        progress(total, total, "joining")
    seasons = sorted({chunk.season for chunk in chunks})
    rows = sum(part.rows for part in done.parts)
    if not any(part.images for part in done.parts):
        raise catalogue.nothing_found(_bounds(parcels), seasons)
    if not rows:
        raise ExtractError(
            f"The images over the parcels hold no value there ({len(done.parts)} parts): all is masked or no "
            "data. Check the mask and the no-data value of the source."
        )
    bands = _ordered(done.parts, request.bands or tuple(source.assets))
    join(done.parts, bands, request.out)
    summaries = _summaries(parcels, done, notes)
    return Extraction(
        request.out, folder, rows, bands, summaries, len(done.parts), done.reused, tuple(dict.fromkeys(notes))
    )


def _images_of(request: ExtractRequest) -> tuple[Source, Catalogue]:
    """Source and catalogue that a request names."""
    if request.images and (request.stac or request.collection):
        raise ExtractError("--images names files, --stac and --collection an API. Give one of the two.")
    known = request.collection if request.collection in SOURCES else None
    source = source_of(request.source or known, SOURCES)
    if request.unit is not None:
        source = replace(source, unit=request.unit)
    source = replace(source, rescale=fixed(request.scale, request.offset, source.rescale))
    if request.images:
        return source, local_files(request.images, source, request.bands)
    if not (request.stac and request.collection):
        raise ExtractError(
            "Nothing says where the images are. Give --images PATTERN, or --stac URL --collection ID."
        )
    return source, open_api(request.stac, request.collection, source, request.bands)


def _content(source: str | None) -> str:
    """What a described source says; a change makes all parts anew."""
    return Path(source).read_text(encoding="utf-8") if source and source.endswith(".toml") else ""


def _chunks(parcels: gpd.GeoDataFrame, window: Window, size: int) -> Iterator[_Chunk]:
    for label, surveyed in parcels.groupby("season"):
        for number, first in enumerate(range(0, len(surveyed), size)):
            yield _Chunk(number, window.season(str(label)), surveyed.iloc[first : first + size])


def _months(
    chunk: _Chunk, request: ExtractRequest, source: Source, catalogue: Catalogue, folder: Path, done: _Done
) -> Iterator[str]:
    """Make the parts of a chunk that are not there yet, and say the month before each."""
    images = catalogue.images(chunk.bounds, chunk.season)
    if not images:
        return
    pixels = _pixels(chunk, images, request, catalogue, folder)
    done.pixels[chunk.season.label] += len(pixels.table)
    done.small |= dict.fromkeys(pixels.table["parcel_id"][pixels.table[SMALL]])
    for month, group in groupby(images, month_of):
        yield f"{month[:4]}-{month[4:]}"
        of_month = list(group)
        path = part_path(folder, chunk.season.label, chunk.number, month, of_month)
        if path.exists():
            done.reused += 1
        else:
            seen = observe(
                of_month, pixels, chunk.season.label, source, catalogue, per_orbit=request.per_orbit
            )
            write_part(path, seen)
        done.parts.append(read_about(path, chunk.season.label))


def _pixels(
    chunk: _Chunk, images: Sequence[Image], request: ExtractRequest, catalogue: Catalogue, folder: Path
) -> Pixels:
    """The pixels of a chunk, on the finest grid of its first image; the same as in an earlier run."""
    path = folder / f"{chunk.season.label}-{chunk.number:05d}-pixels.parquet"
    if (stored := stored_pixels(path)) is None:
        layers = images[0].layers.values()
        grids = [header(layer.href, catalogue.address(layer.href)).grid for layer in layers]
        grid = min(grids, key=lambda each: each.size)
        buffer = max(each.size for each in grids) / grid.size
        stored = draw(chunk.parcels, grid, request.pixels, request.seed, buffer)
        store_pixels(path, stored)
    return stored


def _bounds(parcels: gpd.GeoDataFrame) -> Bounds:
    west, south, east, north = parcels.total_bounds
    return float(west), float(south), float(east), float(north)


def _ordered(parts: Sequence[Part], bands: Sequence[str]) -> tuple[str, ...]:
    """All bands of all parts, in the order in which they were asked for, orbits by their names."""
    place = {band: number for number, band in enumerate(bands)}
    found = {band for part in parts for band in part.bands}
    return tuple(sorted(found, key=lambda band: (place.get(band.split("_")[0], len(place)), band)))


def _summaries(parcels: gpd.GeoDataFrame, done: _Done, notes: list[str]) -> tuple[SeasonExtracted, ...]:
    """What each season gave; parcels that are small or gave nothing are noted."""
    if done.small:
        small = listed("Parcels too small to stay a pixel away from their border", tuple(done.small))
        notes.append(f"{small}: they are taken whole, so their pixels may hold a neighbour's ground.")
    summaries = []
    for label, surveyed in parcels.groupby("season"):
        parts = [part for part in done.parts if part.season == label]
        seen: set[str] = set()
        days: set[dt.datetime] = set()
        for part in parts:
            keys = pq.read_table(part.path, columns=["parcel_id", "date"])
            seen |= set(keys["parcel_id"].unique().to_pylist())
            days |= set(keys["date"].unique().to_pylist())
        idle = tuple(surveyed["parcel_id"][~surveyed["parcel_id"].isin(seen)])
        if idle:
            notes.append(
                f"{listed(f'Parcels of {label} without any value', idle)}: outside the images, or masked."
            )
        held = sum(part.held for part in parts)
        summaries.append(
            SeasonExtracted(
                season=str(label),
                parcels=len(surveyed) - len(idle),
                without=len(idle),
                pixels=done.pixels[str(label)],
                dates=len(days),
                images=len({name for part in parts for name in part.images}),
                masked=sum(part.masked for part in parts) / max(held, 1),
            )
        )
    return tuple(summaries)
