"""Profiles of mapped classes are the mean series of the parcels that got them."""

import numpy as np
import pytest

from engine.mapping.mapped_profiles import mapped_profiles
from tests.mapping.conftest import SEASON


def test_a_profile_is_the_mean_over_the_pixels_of_a_mapped_class(crop_map, study, monkeypatch):
    monkeypatch.setattr("engine.studies.parts.PIXELS_OF_A_PART", 50)
    found = mapped_profiles(study, crop_map)
    cube = study.cubes[SEASON]
    ids = study.parcels["parcel_id"].to_numpy(object)[cube.parcel]
    mapped = crop_map.parcels.set_index("parcel_id")["crop"].reindex(ids).to_numpy(object)
    assert set(found["crop"]) == set(crop_map.parcels["crop"])
    for row in found.to_dict("records"):
        values = cube.values[mapped == row["crop"], cube.bands.index(row["band"])]
        np.testing.assert_allclose(row["mean"], values.mean(axis=0), atol=1e-3)
        np.testing.assert_allclose(row["sd"], values.std(axis=0), atol=1e-3)
        assert row["parcels"] == (crop_map.parcels["crop"] == row["crop"]).sum()
    assert list(found["days"].iloc[0]) == pytest.approx(list(cube.days))
