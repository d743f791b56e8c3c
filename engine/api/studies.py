"""A study and its archive: opened, made from files, simulated."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.domain import Study
from engine.experiments.archive import Archive, archive_for
from engine.files import study_folder, workspace
from engine.simulation.parameters import landscape_of
from engine.studies import ingest as foreign
from engine.studies import simulated, store
from engine.studies.cubes import StoredCubes


def open_study(folder: Path | str = "demo") -> Study:
    """Open a study folder.

    Parameters
    ----------
    folder
        What `ingest` or `simulate` wrote; ``demo`` is the study that ships.

    Returns
    -------
    The study; its series are read season by season, when they are asked for.

    Raises
    ------
    StudyError
        Where there is no study, or a damaged one.

    Examples
    --------
    >>> import engine
    >>> study = engine.open_study("demo")
    >>> [season.label for season in study.seasons], study.departure.name
    (['2017', '2018', '2019', '2020', '2021', '2022'], 'Novi Sad')
    """
    return store.open_study(study_folder(Path(folder)))


def ingest(
    parcels: Iterable[Path | str], series: Iterable[Path | str], folder: Path | str, name: str, **options: Any
) -> Study:
    """Make a study folder from parcels and satellite series.

    Parameters
    ----------
    parcels
        GeoParquet, GeoPackage, Shapefile or GeoJSON files; see docs/formats.md.
    series
        Long or wide tables, CSV or Parquet.
    folder
        Where the study is written; it must not hold one.
    name
        Of the study.
    **options
        Fields of `engine.studies.ingest.IngestRequest`.

    Returns
    -------
    The study.

    Raises
    ------
    IngestError
        With every fault of the files at once.

    Examples
    --------
    >>> import engine
    >>> import tempfile
    >>> from pathlib import Path
    >>> import geopandas, pandas, shapely
    >>> folder = Path(tempfile.mkdtemp())
    >>> boxes = [shapely.box(lon, 45.2, lon + 0.01, 45.21) for lon in (19.8, 19.9)]
    >>> table = {"parcel_id": ["a", "b"], "season": 2021, "crop": ["maize", "wheat"], "geometry": boxes}
    >>> geopandas.GeoDataFrame(table, crs="EPSG:4326").to_file(folder / "parcels.gpkg")
    >>> days = pandas.date_range("2021-03-05", "2021-10-25", freq="10D").strftime("%Y-%m-%d")
    >>> series = pandas.DataFrame({"parcel_id": ["a", "b"], **{f"VV_{day}": -12.0 for day in days}})
    >>> series.to_csv(folder / "series.csv", index=False)
    >>> parcels, series = [folder / "parcels.gpkg"], [folder / "series.csv"]
    >>> study = engine.ingest(parcels, series, folder / "study", "Two fields")
    >>> study.legend.names, study.cubes["2021"].values.shape  # [pixel, band, time]
    (('maize', 'wheat'), (2, 1, 25))
    """
    request = foreign.IngestRequest(tuple(map(Path, parcels)), tuple(map(Path, series)), name, **options)
    made = foreign.ingest(request)
    return store.open_study(store.save_study(made.study, folder, missing=made.missing))


def simulate(folder: Path | str, *, workers: int = 1, **parameters: float) -> Study:
    """Make a study folder of a simulated Vojvodina.

    Parameters
    ----------
    folder
        Where the study is written; it must not hold one.
    workers
        Processes.
    **parameters
        Fields of `engine.simulation.parameters.Landscape`: ``first`` and ``last`` harvest year, ``parcels`` a
        season, ``pixels`` a parcel, ``seed``, ...

    Returns
    -------
    The study.

    Raises
    ------
    LandscapeError
        For an unknown parameter, or a value out of range.

    Examples
    --------
    >>> import tempfile
    >>> import engine
    >>> folder = tempfile.mkdtemp() + "/study"
    >>> study = engine.simulate(folder, first=2020, last=2021, parcels=60, pixels=2, seed=1)
    >>> study.cubes["2021"].values.shape  # [pixel, band, time]
    (120, 2, 105)
    """
    return store.open_study(simulated.simulate(landscape_of(parameters), folder, workers=workers))


def open_archive(study: Study, folder: Path | str | None = None) -> Archive:
    """The outcomes of a study: those that ship with it, and a folder for new ones.

    Parameters
    ----------
    study
        As `open_study` gives it.
    folder
        Where new outcomes and models go; by default the workspace (``GROUNDPLAN_WORKSPACE``).

    Returns
    -------
    The archive. Nothing is read or written yet.

    Examples
    --------
    >>> import engine
    >>> study = engine.open_study("demo")
    >>> archive = engine.open_archive(study)
    >>> archive.outcomes(study)[0].provenance
    'simulated'
    """
    own = workspace() if folder is None else Path(folder)
    beside = study.cubes.folder if isinstance(study.cubes, StoredCubes) else own
    return archive_for(beside, own)
