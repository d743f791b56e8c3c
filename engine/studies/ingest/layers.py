"""Which layers of which files hold parcels, by our names of columns, and of which season each row is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.studies.ingest.column_names import standard_names
from engine.studies.ingest.columns import as_text
from engine.studies.ingest.faults import Findings, listed
from engine.studies.ingest.readers import Layer, read_layers
from engine.studies.ingest.request import EVERY_FILE, IngestRequest
from engine.studies.ingest.season_names import season_labels, year_in
from engine.studies.ingest.time_axis import Window

if TYPE_CHECKING:
    from engine.studies.ingest.observations import Observations

WANTED = ("parcel_id", "season", "crop", "field_group")
USED = (*WANTED, "geometry")
MOST_KNOWN = 0.9  # share of a table's ids that others know, from which it tells of their parcels
OUTSIDE = "outside"  # column that marks rows whose day no season's window holds


@dataclass(frozen=True)
class Known:
    """What other files say of the seasons of parcels: one row a parcel and season.

    Parameters
    ----------
    rows
        ``parcel_id``, ``season``, and ``open``: whether its crop is still unknown.
    """

    rows: pd.DataFrame

    def seasons_of(self, ids: pd.Series[str]) -> pd.Series[str] | None:
        """The season of each id: its only one, else the only one in which its crop is unknown; None where
        too few ids are known.
        """
        rows = self.rows
        several = rows.groupby("parcel_id")["season"].transform("nunique") > 1
        usable = rows[~several | rows["open"]].drop_duplicates(["parcel_id", "season"])
        usable = usable[~usable.duplicated("parcel_id", keep=False)]
        seasons = ids.map(usable.set_index("parcel_id")["season"])
        return seasons if seasons.notna().mean() >= MOST_KNOWN else None


def read_all(
    request: IngestRequest, window: Window, observed: Observations | None, findings: Findings
) -> list[Layer] | None:
    """The layers that hold parcels, each with ``parcel_id`` and ``season`` as text, and `OUTSIDE`.

    None where a file cannot be read or lacks columns.

    Parameters
    ----------
    request
        Files of parcels, and which seasons and columns to use.
    window
        Of the year, which gives days their season.
    observed
        Series, which tell the season of parcels where nothing else does.
    findings
        Takes the faults and notes.
    """
    layers, sound = [], True
    for path in request.parcels:
        read = read_layers(path, request.options, findings)
        chosen = None if read is None else _with_parcels(read, findings)
        sound &= bool(chosen)
        layers += chosen or []
    known = _known(layers, window, request)
    in_series = _in_series(observed)
    placed = [_with_season(layer, request, window, known, in_series, findings) for layer in layers]
    return [each for each in placed if each is not None] if sound and all(placed) else None


def _with_parcels(layers: Sequence[Layer], findings: Findings) -> list[Layer]:
    """The layers that have a ``parcel_id``, columns by our names; the others are named."""
    chosen: list[Layer] = []
    others: list[Layer] = []
    for layer in layers:
        names = standard_names(layer.frame, WANTED, str(layer), findings)
        frame = layer.frame.rename(columns=names)
        useful = "parcel_id" in frame and ({"crop", "season"} & set(frame.columns) or len(layers) == 1)
        (chosen if useful and len(frame) else others).append(replace(layer, frame=frame))
    if not chosen:
        for layer in others:
            absent = ", ".join(name for name in ("parcel_id", "season", "crop") if name not in layer.frame)
            findings.fault(
                f"{layer} lacks the columns {absent}; it has {_columns(layer.frame)}",
                f"Name the right ones with --rename OLD={absent.partition(',')[0]}.",
            )
        return []
    for layer in others:
        findings.note(
            f"{layer} holds no parcels, so it is not read ({len(layer.frame)} rows; it has "
            f"{_columns(layer.frame)}). Choose layers with --layers."
        )
    for layer in chosen:
        left = [str(column) for column in layer.frame.columns if column not in USED]
        if left:
            findings.note(f"{listed(f'Columns of {layer} that are not used', left)}.")
    return chosen


def _columns(frame: pd.DataFrame) -> str:
    return ", ".join(map(str, frame.columns))


def _known(layers: Sequence[Layer], window: Window, request: IngestRequest) -> Known:
    """What the layers that state a season say of the parcels that they draw."""
    rows = [
        pd.DataFrame(
            {
                "parcel_id": as_text(layer.frame["parcel_id"]),
                "season": season_labels(layer.frame["season"], window, request).names.astype("str"),
                "open": layer.frame["crop"].isna() if "crop" in layer.frame else True,
            }
        )
        for layer in layers
        if "season" in layer.frame and layer.has_geometry
    ]
    empty = pd.DataFrame({"parcel_id": [], "season": [], "open": []}, dtype="str")
    return Known(pd.concat(rows, ignore_index=True) if rows else empty)


def _in_series(observed: Observations | None) -> Known | None:
    if observed is None:
        return None
    return Known(observed.series[["parcel_id", "season"]].drop_duplicates().assign(open=True))


def _with_season(
    layer: Layer,
    request: IngestRequest,
    window: Window,
    known: Known,
    in_series: Known | None,
    findings: Findings,
) -> Layer | None:
    """The layer with the season of each row: as said, by its column, its name, other files or the series."""
    frame = layer.frame.assign(parcel_id=as_text(layer.frame["parcel_id"]))
    said = next(
        (request.season_of[name] for name in _names(layer) if name in request.season_of),
        request.season_of.get(EVERY_FILE),
    )
    outside: npt.NDArray[np.bool_] = np.zeros(len(frame), bool)
    if said is not None:
        seasons: pd.Series[str] | None = pd.Series(said, index=frame.index, dtype="str")
    elif "season" in frame:
        labels = season_labels(frame["season"], window, request)
        if labels.how:
            findings.note(f"{layer}: season is {labels.how}.")
        outside = labels.outside
        seasons = pd.Series(labels.names, index=frame.index).astype("str")
    else:
        seasons = _guessed(layer, frame["parcel_id"], known, in_series, request, findings)
    if seasons is None:
        findings.fault(
            f"{layer} lacks the columns season; it has {_columns(layer.frame)}",
            f"Name the right one with --rename OLD=season, or say it with --season {layer.path.name}=2021.",
        )
        return None
    return replace(layer, frame=frame.assign(season=seasons, **{OUTSIDE: outside}))


def _names(layer: Layer) -> list[str]:
    """What the user may call a layer, the most exact first."""
    paths = (str(layer.path), layer.path.name)
    of_layer = [f"{path}:{layer.name}" for path in paths] if layer.name else []
    return [*of_layer, *([layer.name] if layer.name else []), *paths, layer.path.stem]


def _guessed(
    layer: Layer,
    ids: pd.Series[str],
    known: Known,
    in_series: Known | None,
    request: IngestRequest,
    findings: Findings,
) -> pd.Series[str] | None:
    """The season of each row where no column says it, and a note of what it was taken from."""
    shift = request.shift_seasons
    cure = f"Say another with --season {layer.path.name}=YEAR."
    year = year_in(layer.name or "") or year_in(layer.path.stem)
    if year is not None:
        findings.note(f"{layer}: season {int(year) + shift}, by its name. {cure}")
        return pd.Series(str(int(year) + shift), index=ids.index, dtype="str")
    for source, whose in ((known, "of these parcels in the other files"), (in_series, "of their series")):
        seasons = source.seasons_of(ids) if source is not None and len(source.rows) else None
        if seasons is not None:
            labels = ", ".join(sorted(seasons.dropna().unique()))
            findings.note(f"{layer} states no season: that {whose} is taken ({labels}). {cure}")
            return seasons
    return None


def draws(layer: Layer) -> gpd.GeoDataFrame | None:
    """The layer's map; None where it only tells of parcels that another layer draws.

    Parameters
    ----------
    layer
        As `read_all` gives it.
    """
    return layer.frame if isinstance(layer.frame, gpd.GeoDataFrame) else None
