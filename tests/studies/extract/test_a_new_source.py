"""A new source is one description and one entry of the registry."""

import numpy as np

from engine.__main__ import main
from engine.studies.extract.registry import SOURCES
from engine.studies.extract.sources import Source
from tests.studies.extract.images import constant, extracted, field, write_image, write_parcels


def tenths(properties, scale, offset):
    return 0.1, 0.0


def test_a_registered_source_is_offered_and_reads_its_files(tmp_path, monkeypatch, capsys):
    mine = Source("mine", {"NDVI": ("vegetation",)}, mask=("quality",), excluded=(2,), rescale=tenths)
    monkeypatch.setitem(SOURCES, "mine", mine)
    assert main(["extract", "--help"]) == 0
    assert "mine" in capsys.readouterr().out
    quality = constant(1, dtype="uint8")
    quality[:, :20] = 2
    write_image(tmp_path / "20210405_vegetation.tif", constant(5, dtype="uint8"))
    write_image(tmp_path / "20210405_quality.tif", quality)
    parcels = write_parcels(tmp_path / "parcels.gpkg", [field(10, 10, 20, 20)])
    images = str(tmp_path / "{date}_{band}.tif")
    table, made = extracted(parcels, tmp_path / "s.parquet", images=images, source="mine", pixels=1000)
    assert made.bands == ("NDVI",)
    assert len(table) == 9 * 18  # from column 20 on
    np.testing.assert_allclose(table["NDVI"], 0.5)
