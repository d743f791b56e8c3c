"""Images in local files, found by a pattern of their names."""

from __future__ import annotations

import datetime as dt
import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from engine.domain import Season
from engine.geodesy import Bounds
from engine.studies.extract.images import ExtractError, Image, Layer, box_text, overlap
from engine.studies.extract.raster import header
from engine.studies.extract.sources import Source
from engine.studies.ingest.faults import listed

FIELDS = {
    "date": r"\d{4}-?\d{2}-?\d{2}(?:T\d{6})?",
    "band": r"[A-Za-z0-9]+",
    "orbit": r"(?:asc|desc)?_?\d*",
    "baseline": r"\d{2}\.?\d{2}",
}
FIELD = re.compile(r"\{(\w+)\}|(\*)")
EXAMPLES = 3  # names in an error


@dataclass(frozen=True)
class LocalFiles:
    """Images in files.

    Parameters
    ----------
    pattern
        As the user gave it.
    found
        In the order of their names; a file's extent is read when it is asked for.
    notes
        What was left out.
    """

    pattern: str
    found: tuple[Image, ...]
    notes: tuple[str, ...] = ()

    def images(self, bounds: Bounds, season: Season) -> list[Image]:
        """Images over a box in degrees in the window of a season, in the order of their names."""
        timely = (image for image in self.found if season.start <= image.day <= season.end)
        placed = (replace(image, bounds=_extent(image)) for image in timely)
        return [image for image in placed if overlap(image.bounds, bounds)]

    def address(self, href: str) -> str:
        """The file itself."""
        return href

    def nothing_found(self, bounds: Bounds, seasons: list[Season]) -> ExtractError:
        """Whether the days or the places of the files are others."""
        days = sorted(image.day for image in self.found)
        windows = ", ".join(f"{season.start} to {season.end}" for season in seasons)
        if not any(season.start <= day <= season.end for day in days for season in seasons):
            return ExtractError(
                f"The {len(days)} images of {self.pattern} are of {days[0]} to {days[-1]}, none in "
                f"{windows}. Check --window, --seasons and the season of the parcels."
            )
        return ExtractError(
            f"No image of {self.pattern} lies over the parcels: the first covers "
            f"{box_text(_extent(self.found[0]))}, the parcels {box_text(bounds)}. Check the coordinate "
            "reference systems of both, or give images of the area."
        )


def local_files(pattern: str, source: Source, bands: Sequence[str] | None) -> LocalFiles:
    """The files that a pattern matches, as images.

    Parameters
    ----------
    pattern
        A path with ``{date}``, and maybe ``{band}``, ``{orbit}``, ``{baseline}`` and ``*``.
    source
        Says which names are bands and which is the mask.
    bands
        The bands to use; in files with several bands, their names in order.

    Raises
    ------
    ExtractError
        Where nothing matches, or a band is missing.
    """
    if "{date}" not in pattern:
        raise ExtractError(
            f"The pattern {pattern} does not say where the date stands. Write {{date}} in its place, such as "
            "S2_{date}_{band}.tif."
        )
    matches, strangers = _matches(pattern)
    if not matches:
        raise ExtractError(f"No file matches {pattern}: {_instead(pattern)}. Check the pattern.")
    scenes: dict[tuple[str, ...], tuple[dict[str, str], dict[str, str]]] = {}  # paths by band, and fields
    for path, fields in matches:
        key = tuple(text for name, text in sorted(fields.items()) if name != "band")
        scenes.setdefault(key, ({}, fields))[0][fields.get("band", "")] = path
    split = "{band}" in pattern
    images = [_image(paths, fields, source, bands, split) for paths, fields in scenes.values()]
    for image in images:
        _check(image, source, bands, sorted({name for paths, _ in scenes.values() for name in paths}))
    notes = (
        (f"{listed('Files whose names do not fit the pattern', strangers)}: left out.",) if strangers else ()
    )
    return LocalFiles(pattern, tuple(sorted(images, key=lambda image: (image.day, image.name))), notes)


def _check(image: Image, source: Source, bands: Sequence[str] | None, names: Sequence[str]) -> None:
    """An image has a band, and the mask that its source needs."""
    if not image.layers:
        raise ExtractError(
            f"{image.name} has none of the bands {', '.join(bands or source.assets)}; the files name "
            f"{', '.join(names)}. Choose with --bands."
        )
    if source.mask and image.mask is None:
        raise ExtractError(
            f"{image.name} has no mask beside it ({' or '.join(source.mask)}), so its clouds would pass for "
            "crops. Add it, or describe a source without a mask (docs/images.md)."
        )


def _matches(pattern: str) -> tuple[list[tuple[str, dict[str, str]]], tuple[str, ...]]:
    """Path and fields of every file that matches, and names of those that nearly do."""
    parts, names, last = [], 0, 0
    for hit in FIELD.finditer(pattern):
        parts.append(re.escape(pattern[last : hit.start()]))
        name, names, last = hit[1], names + 1, hit.end()
        if name and name not in FIELDS:
            raise ExtractError(f"The pattern has the unknown {{{name}}}. Known: {', '.join(FIELDS)} and *.")
        wild = f"(?P<any{names}>[^/]*)"
        repeated = name and any(part.startswith(f"(?P<{name}>") for part in parts)
        parts.append(wild if not name else f"(?P={name})" if repeated else f"(?P<{name}>{FIELDS[name]})")
    whole = re.compile("".join(parts) + re.escape(pattern[last:]))
    wildcards = "".join(
        "*" if FIELD.fullmatch(part or "") else glob.escape(part or "")
        for part in re.split(r"(\{\w+\}|\*)", pattern)
    )
    hits = [(path, whole.fullmatch(path)) for path in sorted(glob.glob(wildcards)) if Path(path).is_file()]
    strangers = tuple(Path(path).name for path, hit in hits if hit is None)
    return [(path, hit.groupdict()) for path, hit in hits if hit], strangers


def _image(
    paths: dict[str, str], fields: dict[str, str], source: Source, bands: Sequence[str] | None, split: bool
) -> Image:
    """One image from the files of a scene, by the band in their names."""
    first = min(paths.values())
    if split:
        layers = _split_layers(paths, source, bands)
        mask = next((Layer(paths[name]) for name in source.mask if name in paths), None)
    else:
        names = _names(first, source, bands)
        numbered = {name: Layer(first, number) for number, name in enumerate(names, 1) if name}
        layers = {name: layer for name, layer in numbered.items() if name not in source.mask}
        mask = next((numbered[name] for name in source.mask if name in numbered), None)
    stamps = ((path, Path(path).stat()) for path in sorted(paths.values()))
    return Image(
        name=Path(first).name,
        day=_day(fields["date"], first),
        bounds=(-180.0, -90.0, 180.0, 90.0),
        layers=layers,
        mask=mask,
        orbit=fields.get("orbit") or None,
        properties={"baseline": fields["baseline"]} if "baseline" in fields else {},
        version=";".join(f"{path} {stamp.st_size} {stamp.st_mtime_ns}" for path, stamp in stamps),
    )


def _split_layers(paths: dict[str, str], source: Source, bands: Sequence[str] | None) -> dict[str, Layer]:
    """Layers of files with one band each; names of assets count as those of the band."""
    band_of = {asset: band for band, assets in source.assets.items() for asset in assets}
    named = {band_of.get(name, name): path for name, path in paths.items() if name not in source.mask}
    wanted = bands or (source.assets if source.assets else named)
    return {band: Layer(named[band]) for band in wanted if band in named}


def _names(path: str, source: Source, bands: Sequence[str] | None) -> tuple[str, ...]:
    """Names of the bands in a file: given, else its own descriptions."""
    stated = header(path).bands
    if bands is not None and not all(band in stated for band in bands):
        if len(bands) != len(stated):
            raise ExtractError(
                f"{path} has {len(stated)} bands, but --bands names {len(bands)}. Name them all, in order."
            )
        return tuple(bands)
    if None in stated:
        raise ExtractError(
            f"The {len(stated)} bands of {path} have no names. Name them with --bands, in order."
        )
    wanted = set(bands or source.assets or stated) | set(source.mask)
    return tuple(name if name in wanted else "" for name in stated if name is not None)


def _day(text: str, path: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.split("T")[0])
    except ValueError:
        raise ExtractError(
            f"{path} has no day of the calendar where the pattern has {{date}}: {text}. Rename it."
        ) from None


def _instead(pattern: str) -> str:
    """What the folder holds in place of what was looked for."""
    folder = Path(re.split(r"[{*]", pattern, maxsplit=1)[0] + "x").parent
    if not folder.is_dir():
        return f"there is no folder {folder}"
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return f"the folder {folder} is empty"
    return (
        f"the folder {folder} holds {', '.join(names[:EXAMPLES])}{', ...' if len(names) > EXAMPLES else ''}"
    )


@cache
def _extent_of(path: str, version: str) -> Bounds:
    return header(path).bounds


def _extent(image: Image) -> Bounds:
    """Extent of an image in degrees: that of its first layer."""
    first = next(iter(image.layers.values()))
    return _extent_of(first.href, image.version)
