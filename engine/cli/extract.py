"""The command that makes series of parcels and images."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from tqdm import tqdm

from engine.cli.shared import add_json, print_json
from engine.cli.values import pairs, seed_of
from engine.studies.extract.extraction import extract
from engine.studies.extract.registry import SOURCES
from engine.studies.extract.request import PIXELS, Extraction, ExtractRequest


def add_extract(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``extract``.

    Parameters
    ----------
    parser
        Of the command.
    """
    add = parser.add_argument
    add("parcels", type=Path, nargs="+", help="GeoParquet, GeoPackage, Shapefile, GeoJSON")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--images", metavar="PATTERN", help="local GeoTIFF files, such as S2_{date}_{band}.tif"
    )
    where.add_argument("--stac", metavar="URL", help="a STAC API")
    add("--collection", metavar="ID", help="with --stac: which of its collections")
    names = ", ".join(SOURCES)
    add("--source", help=f"how images are read: {names}, or a TOML file (default: by the collection)")
    add("--out", type=Path, required=True, help="the Parquet table to write")
    add("--bands", nargs="+", metavar="BAND", help="bands to extract (default: all of the source)")
    add("--unit", choices=["power", "decibel"], help="what backscatter in the images is (default: power)")
    add("--scale", type=float, help="factor from numbers to values, where the images state none")
    add("--offset", type=float, help="what is added after that")
    add("--window", nargs=2, default=("03-01", "10-31"), metavar="MM-DD", help="first and last day")
    add("--seasons", nargs="+", metavar="YEAR", help="harvest years (default: those of the parcels)")
    add("--pixels", type=int, default=PIXELS, help=f"random pixels a parcel, at most (default: {PIXELS})")
    add("--seed", type=seed_of, default=0, help="another one draws other pixels")
    add("--per-orbit", action="store_true", help="a band for each relative orbit, such as VV_asc_175")
    add("--crs", help="coordinate reference system of parcels that do not say, as EPSG:4326")
    add("--rename", nargs="+", default=[], metavar="OLD=NEW", help="rename columns of the parcels")
    add("--work", type=Path, help="folder of finished parts (default: beside the table)")
    add_json(parser, _extract)


def _extract(options: argparse.Namespace) -> int:
    request = ExtractRequest(
        parcels=tuple(options.parcels),
        out=options.out,
        images=options.images,
        stac=options.stac,
        collection=options.collection,
        source=options.source,
        bands=tuple(options.bands) if options.bands else None,
        unit=options.unit,
        scale=options.scale,
        offset=options.offset,
        window=tuple(options.window),
        seasons=tuple(options.seasons) if options.seasons else None,
        pixels=options.pixels,
        seed=options.seed,
        per_orbit=options.per_orbit,
        crs=options.crs,
        rename=pairs(options.rename, "--rename", "OLD=NEW"),
        work=options.work,
    )
    with tqdm(unit="month", file=sys.stderr, dynamic_ncols=True, leave=False) as bar:

        def show(done: int, total: int, following: str) -> None:
            bar.total = total
            bar.set_description(following, refresh=False)
            bar.update(done - bar.n)

        made = extract(request, progress=show)
    return _print_json(made) if options.json else _print(made)


def _print(made: Extraction) -> int:
    for note in made.notes:
        print(f"note: {note}", file=sys.stderr)
    print(f"{made.rows:,} rows written to {made.path}, bands {', '.join(made.bands)}")
    print(f"{'season':>8} {'parcels':>8} {'pixels':>8} {'dates':>6} {'images':>7} {'masked':>7}")
    for row in made.seasons:
        counts = f"{row.parcels:>8} {row.pixels:>8} {row.dates:>6} {row.images:>7}"
        print(f"{row.season:>8} {counts} {row.masked:>7.0%}")
    again = f", {made.reused} of them from an earlier run" if made.reused else ""
    print(f"{made.parts} parts{again}, kept in {made.work}: delete them when the table is as you want it.")
    return 0


def _print_json(made: Extraction) -> int:
    facts = {"table": str(made.path), "work": str(made.work), "rows": made.rows, "bands": list(made.bands)}
    seasons = [dataclasses.asdict(row) for row in made.seasons]
    counts = {"parts": made.parts, "reused": made.reused}
    return print_json({**facts, "seasons": seasons, **counts, "notes": list(made.notes)})
