"""The folder of EuroCropsML: one file a parcel, named by region, parcel and code."""

import numpy as np
import pytest

from engine.studies.ingest import IngestRequest, ingest
from tests.studies.ingest.dialects.reading import as_series, fault, reader_of

DATES = np.arange("2021-03-01", "2021-11-01", 12, dtype="datetime64[D]")
FIELDS = {"LV003_17_3301010101": -10.0, "LV003_18_3301060401": -12.0, "EE001_17_3301010101": -14.0}


def written(folder, bands=2):
    folder.mkdir(parents=True)
    for number, (name, level) in enumerate(FIELDS.items()):
        data = np.full((len(DATES), bands), level)
        data[1] = -999
        np.savez(folder / f"{name}.npz", data=data, dates=DATES, center=np.array([24.0 + 0.1 * number, 57.0]))
    return folder


def test_a_folder_is_points_and_series_in_one_with_classes_named_by_hcat(tmp_path):
    folder = written(tmp_path / "preprocess" / "S1")
    assert reader_of(folder) == reader_of(folder, "series") == "EuroCropsML folder"
    study = ingest(IngestRequest((folder,), (folder,), "Baltic", step=12)).study
    assert list(study.parcels["parcel_id"]) == ["EE001_17", "LV003_17", "LV003_18"]
    assert list(study.parcels["crop"]) == [
        "winter_common_soft_wheat",
        "winter_common_soft_wheat",
        "winter_rapeseed_rape",
    ]
    assert list(study.parcels["lon"]) == pytest.approx([24.2, 24.0, 24.1])
    assert list(study.parcels["lat"]) == pytest.approx([57.0] * 3)
    assert study.cubes["2021"].bands == ("VV", "VH")
    assert study.cubes["2021"].values[1, 0, 0] == -10


def test_padding_is_a_gap_and_thirteen_bands_are_those_of_sentinel_2(tmp_path):
    table = as_series(written(tmp_path / "S2", bands=13))
    assert list(table.columns)[:13] == [
        *(f"B{band:02d}" for band in range(1, 9)),
        *("B8A", "B09", "B10", "B11", "B12"),
    ]
    assert list(np.flatnonzero(table["B8A"].isna())) == [1, len(DATES) + 1, 2 * len(DATES) + 1]


def test_other_numbers_of_bands_and_damaged_files_are_faults(tmp_path):
    assert "not [time, 2] or [time, 13]" in fault(written(tmp_path / "a", bands=5), "table")
    folder = written(tmp_path / "b")
    (folder / "LV003_17_3301010101.npz").write_bytes(b"PK\x03\x04broken")
    assert "LV003_17_3301010101.npz" in fault(folder)
    np.savez(folder / "LV003_17_3301010101.npz", data=np.zeros((1, 2)))
    assert "LV003_17_3301010101.npz" in fault(folder, "table")


def test_pickled_objects_are_never_loaded(tmp_path):
    folder = written(tmp_path / "S1")
    np.savez(folder / "LV003_17_3301010101.npz", data=np.array([object()]), dates=DATES, center=[24, 57])
    assert "allow_pickle=False" in fault(folder, "table")
