"""What a column's name says about its values."""

import pytest

from engine.studies.ingest.bands import in_decibel, physical_range, range_cure, recognised


@pytest.mark.parametrize("name", ["VV", "vh", "VH_asc", "S1-SIGMA0-HV", "mean VV"])
def test_backscatter_is_in_decibel(name):
    assert in_decibel(name)
    assert recognised(name)
    assert physical_range(name) == (-50.0, 10.0)
    assert "dB" in range_cure(name)


@pytest.mark.parametrize("name", ["VV_VH", "NDVI", "B08", "rain"])
def test_ratios_indices_and_others_are_not(name):
    assert not in_decibel(name)


@pytest.mark.parametrize(
    ("name", "median", "span"),
    [
        ("NDVI", 0.4, (-1.0, 1.0)),
        ("ndvi_mean", 0.4, (-1.0, 1.0)),
        ("EVI", 0.4, (-50.0, 50.0)),
        ("LAI", 2.0, (-1.0, 30.0)),
        ("B8A", 0.3, (-0.5, 2.5)),
        ("B8A", 3000.0, (-990.0, 25000.0)),
        ("B04_mean", 0.1, (-0.5, 2.5)),
    ],
)
def test_indices_and_reflectance_are_recognised_with_their_range(name, median, span):
    assert recognised(name)
    assert physical_range(name, median) == span


@pytest.mark.parametrize("name", ["rain", "parcel_area", "VVV", "B13", "B00"])
def test_other_columns_are_not_recognised(name):
    assert not recognised(name)
