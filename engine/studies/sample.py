"""Sample files to try the way in with: parcels and series as people bring them, simulated."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from engine.domain import StudyError
from engine.files import ROOT, write_files

SAMPLE = ROOT / "data" / "sample.zip"
PARCELS, SERIES, READ_ME = "parcels.gpkg", "series.csv", "README.txt"


def commands() -> str:
    """The commands that lead from the files to a forecast and a report."""
    return f"""\
groundplan ingest --parcels {PARCELS} --series {SERIES} --name Sample --simulated \\
  --departure 19.845,45.255 --departure-name "Novi Sad" --out sample
groundplan run sample --target 2022 --backtest --method ensemble --recipe quick --repeats 2
groundplan advise sample --target 2022
groundplan report sample --target 2022 --out report
"""


def instructions() -> str:
    """What the files are, and what to do with them."""
    return f"""\
Groundplan sample: simulated parcels and series of 2018 to 2022. The crops of 2022 are not known yet.

{PARCELS}  a row a parcel and season: parcel_id, season, crop, outline
{SERIES}    a row a parcel and date: parcel_id, season, date, VV and VH in dB

From here to a forecast and a report:

{commands()}"""


def packed() -> bytes:
    """The files as one ZIP archive.

    Raises
    ------
    StudyError
        Where they are not installed.
    """
    if not SAMPLE.is_file():
        raise StudyError(f"The sample files are not at {SAMPLE}. Install Groundplan with its folder data.")
    return SAMPLE.read_bytes()


def sample_files() -> dict[str, bytes]:
    """The files by name.

    Raises
    ------
    StudyError
        Where they are not installed.
    """
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_sample(folder: Path) -> tuple[Path, ...]:
    """Write the files into a folder, each whole or not at all.

    Parameters
    ----------
    folder
        It is made where it is not there.

    Raises
    ------
    StudyError
        Where the files are not installed.
    WriteError
        Where the folder cannot be written.
    """
    return write_files(folder, sample_files())
