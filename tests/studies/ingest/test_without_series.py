"""Parcels of a season that no satellite has seen yet."""

from __future__ import annotations

import pytest

from engine.studies.ingest import IngestError
from engine.studies.store import open_study, save_study
from tests.studies.ingest.foreign import ingested, parcels, series


def tables(labels_of_2020: bool = False):
    """Parcels of two seasons and series of the first; the second has labels or none."""
    frame, table = parcels(), series()
    if not labels_of_2020:
        frame["crop"] = frame["crop"].astype(object)
        frame.loc[frame["season"] == 2020, "crop"] = None
    return frame, table[table["season"] == 2019]


def test_parcels_of_a_season_without_any_series_are_kept(tmp_path):
    made = ingested(tmp_path, *tables())
    assert any("2020: 9 parcels without series" in note for note in made.notes)
    study = open_study(save_study(made.study, tmp_path / "study", missing=made.missing))
    assert [season.label for season in study.seasons] == ["2019", "2020"]
    assert (study.has_series("2019"), study.has_series("2020")) == (True, False)
    assert len(study.parcels_in("2020")) == 9
    assert study.fingerprint == made.study.fingerprint
    owners = study.parcels.iloc[study.cubes["2019"].parcel]
    assert set(owners["season"]) == {"2019"}
    assert owners["parcel_id"].nunique() == 9


@pytest.mark.parametrize("stated", [True, False])
def test_seasons_are_told_by_dates_where_the_series_do_not_say_them(tmp_path, stated):
    frame, table = tables()
    made = ingested(tmp_path, frame, table if stated else table.drop(columns="season"))
    assert list(made.study.cubes) == ["2019"]
    assert len(made.study.parcels) == 18


def test_labels_without_series_are_a_fault_whose_cure_works(tmp_path):
    frame, table = tables(labels_of_2020=True)
    with pytest.raises(IngestError, match="labels but without series") as refused:
        ingested(tmp_path, frame, table)
    assert len(refused.value.faults) == 1
    cure = str(refused.value).partition("--seasons ")[2].rstrip(".").split()
    assert cure == ["2019"]
    assert len(ingested(tmp_path, frame, table, seasons=tuple(cure)).study.parcels) == 9
    dropped = ingested(tmp_path, frame, table, drop_faulty=True)
    assert len(dropped.study.parcels) == 9


def test_one_series_makes_the_others_of_its_season_missing(tmp_path):
    frame, _ = tables()
    some = series()
    some = some[(some["season"] == 2019) | (some["parcel_id"] == "p2020-0")]
    with pytest.raises(IngestError, match="Parcels without series: 8"):
        ingested(tmp_path, frame, some)


def test_faulty_parcels_of_a_season_without_series_are_found(tmp_path):
    frame, table = tables()
    frame.loc[frame.index[-1], "parcel_id"] = frame["parcel_id"].iloc[-2]
    with pytest.raises(IngestError, match="named twice"):
        ingested(tmp_path, frame, table)
