"""What is saved comes back, and a broken folder says how to cure it."""

from __future__ import annotations

import pickle
import re
import shutil
import tomllib
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.domain import Crop, Departure, Legend, StudyError
from engine.studies import store
from engine.studies.cubes import read_cube, season_fingerprint
from engine.studies.parcels_file import COLUMNS
from engine.studies.store import open_study, save_study, summary
from tests import made_up


@pytest.fixture(scope="module")
def study():
    return made_up.study(parcels=12, seasons=("2019", "2020"))


@pytest.fixture
def folder(study, tmp_path):
    return save_study(study, tmp_path / "study", missing={"2019": 0.25})


@pytest.fixture(autouse=True)
def nothing_in_memory():
    read_cube.cache_clear()


def test_a_round_trip_keeps_everything(study, folder):
    back = open_study(folder)
    assert (back.name, back.legend, back.seasons) == (study.name, study.legend, study.seasons)
    assert (back.departure.name, back.departure) == (study.departure.name, study.departure)
    assert back.provenance == "simulated"
    for label, cube in study.cubes.items():
        stored = back.cubes[label]
        assert (stored.season, stored.bands) == (cube.season, cube.bands)
        for array in ("days", "parcel", "values"):
            np.testing.assert_array_equal(getattr(stored, array), getattr(cube, array))
    columns = list(COLUMNS)
    assert (
        back.parcels[columns]
        .astype({"geometry": "object"})
        .equals(study.parcels[columns].astype({"geometry": "object"}))
    )


def test_only_the_season_asked_for_is_read(folder):
    back = open_study(folder)
    (folder / "series-2020.parquet").write_bytes(b"broken")
    assert len(back.cubes["2019"].parcel) > 0
    with pytest.raises(StudyError, match="series-2020"):
        back.cubes["2020"]


def test_a_process_reads_a_season_once(folder):
    assert open_study(folder).cubes["2019"] is open_study(folder).cubes["2019"]


def test_cubes_pickle_light_and_come_back(folder):
    cubes = open_study(folder).cubes
    assert len(cubes["2019"].parcel) > 0
    letter = pickle.dumps(cubes)
    assert len(letter) < 5_000
    np.testing.assert_array_equal(pickle.loads(letter)["2019"].values, cubes["2019"].values)


def test_shared_arrays_cannot_be_changed(folder):
    with pytest.raises(ValueError, match="read-only"):
        open_study(folder).cubes["2019"].values[:] = 0


def test_the_fingerprint_ignores_colours_names_and_departure(study, folder, tmp_path):
    dressed = replace(
        study,
        name="Another",
        legend=Legend(tuple(Crop(c.code, c.name, "#000000") for c in study.legend)),
        departure=Departure(20.0, 45.0, "Elsewhere"),
    )
    other = save_study(dressed, tmp_path / "other")
    assert open_study(other).fingerprint == open_study(folder).fingerprint


@pytest.mark.parametrize("change", ["class", "provenance", "value", "parcel", "band"])
def test_the_fingerprint_changes_with_what_a_score_depends_on(study, folder, tmp_path, change):
    parcels, cubes = study.parcels.copy(), dict(study.cubes)
    cube = cubes["2020"]
    changed = {
        "class": lambda: replace(
            study,
            legend=Legend(tuple(Crop(c.code, c.name.upper(), c.colour) for c in study.legend)),
            parcels=parcels.assign(crop=parcels["crop"].str.upper()),
        ),
        "provenance": lambda: replace(study, provenance="measured"),
        "value": lambda: replace(
            study, cubes=cubes | {"2020": replace(cube, values=cube.values + np.float32(1e-3))}
        ),
        "parcel": lambda: replace(study, parcels=parcels.assign(field_group="g")),
        "band": lambda: replace(
            study, cubes={label: replace(cube, bands=("VV", "HV")) for label, cube in cubes.items()}
        ),
    }[change]()
    assert open_study(save_study(changed, tmp_path / "x")).fingerprint != open_study(folder).fingerprint


def test_a_summary_counts_without_reading_the_series(study, folder):
    for path in folder.glob("series-*"):
        path.write_bytes(b"not read")
    first, second = summary(open_study(folder))
    assert (first.season, first.parcels, first.pixels) == ("2019", 12, 36)
    assert (first.missing_share, second.missing_share) == (0.25, None)
    assert [(c.name, c.parcels, c.hectares) for c in first.classes] == [
        (name, 4, 4.0) for name in study.legend.names
    ]
    assert summary(study)[0].pixels == 36


# What can be wrong with a folder ------------------------------------------------------------------


def rewrite(folder, pattern, text):
    path = folder / "study.toml"
    changed = re.sub(pattern, text, path.read_text(), count=1)
    assert changed != path.read_text()
    path.write_text(changed)


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def other_parcels(folder, change):
    path = folder / "parcels.parquet"
    change(gpd.read_parquet(path)).to_parquet(path)


BREAKS = {
    "the folder is missing": (shutil.rmtree, "There is no folder"),
    "it is no study": (lambda f: (f / "study.toml").unlink(), "is not a study"),
    "the TOML is corrupt": (lambda f: (f / "study.toml").write_text("name = ["), "read as TOML"),
    "the TOML is not text": (lambda f: (f / "study.toml").write_bytes(b"\xff\xfe\x00"), "read as TOML"),
    "the TOML is empty": (lambda f: (f / "study.toml").write_text(""), "format unknown"),
    "the format is newer": (lambda f: rewrite(f, "format = 1", "format = 99"), "format 99"),
    "an entry is missing": (lambda f: rewrite(f, 'name = "Made up"', ""), "name is missing"),
    "an entry has another type": (lambda f: rewrite(f, "step = 16", 'step = "16"'), "step is '16'"),
    "the step is nought": (lambda f: rewrite(f, "step = 16", "step = 0"), "between 1 and 400"),
    "the provenance is unheard of": (lambda f: rewrite(f, '"simulated"', '"guessed"'), "guessed"),
    "a season names a path": (lambda f: rewrite(f, 'label = "2019"', 'label = "../x"'), "names a season"),
    "the departure is off the globe": (lambda f: rewrite(f, "lat = 45", "lat = 145"), "not on the globe"),
    "the codes have a hole": (lambda f: rewrite(f, "code = 1", "code = 7"), "codes are"),
    "a crop is not in the legend": (lambda f: rewrite(f, '"maize"', '"melon"'), "does not have: maize"),
    "a season is unknown": (lambda f: rewrite(f, 'label = "2019"', 'label = "2018"'), "disagree about"),
    "the parcels are missing": (lambda f: (f / "parcels.parquet").unlink(), "parcels.parquet is missing"),
    "the parcels are truncated": (lambda f: truncate(f / "parcels.parquet"), "read as GeoParquet"),
    "the parcels are not Parquet": (
        lambda f: (f / "parcels.parquet").write_text("id,crop"),
        "read as GeoParquet",
    ),
    "the parcels lack a column": (
        lambda f: other_parcels(f, lambda p: p.drop(columns="field_group")),
        "lacks the columns field_group",
    ),
    "the parcels were changed": (
        lambda f: other_parcels(f, lambda p: p.assign(area_ha=2.0)),
        "its hash differs",
    ),
    "the series are missing": (lambda f: (f / "series-2019.parquet").unlink(), "series-2019.parquet is miss"),
}


@pytest.mark.parametrize("break_", BREAKS.values(), ids=BREAKS)
def test_a_broken_folder_does_not_open(folder, break_):
    change, complaint = break_
    change(folder)
    with pytest.raises(StudyError, match=complaint):
        open_study(folder)


def other_series(folder, change):
    path = folder / "series-2019.parquet"
    pq.write_table(change(pq.read_table(path)), path)


def nudge(table):
    """Change one value of VV."""
    column = table["VV"].combine_chunks()
    values = column.flatten().to_numpy().copy()
    values[0] += 1
    lists = pa.FixedSizeListArray.from_arrays(pa.array(values), column.type.list_size)
    return table.set_column(2, "VV", lists)


SERIES_BREAKS = {
    "truncated": (lambda f: truncate(f / "series-2019.parquet"), "cannot be read"),
    "empty": (lambda f: (f / "series-2019.parquet").write_bytes(b""), "cannot be read"),
    "missing": (lambda f: (f / "series-2019.parquet").unlink(), "cannot be read"),
    "changed": (lambda f: other_series(f, nudge), "its hash differs"),
    "without a band": (lambda f: other_series(f, lambda t: t.drop_columns("VH")), "announces"),
    "shorter": (lambda f: other_series(f, lambda t: t.slice(1)), "its hash differs"),
    "of another season": (
        lambda f: shutil.copy(f / "series-2020.parquet", f / "series-2019.parquet"),
        "does not have in season 2019",
    ),
}


@pytest.mark.parametrize("break_", SERIES_BREAKS.values(), ids=SERIES_BREAKS)
def test_broken_series_are_not_read(folder, break_):
    change, complaint = break_
    back = open_study(folder)
    change(folder)
    with pytest.raises(StudyError, match=complaint):
        back.cubes["2019"]


def test_another_time_axis_is_refused(folder):
    rewrite(folder, "slots = 12", "slots = 11")
    with pytest.raises(StudyError, match="announces 11"):
        open_study(folder).cubes["2019"]


# Saving -------------------------------------------------------------------------------------------


def test_an_existing_study_is_not_overwritten_unasked(study, folder):
    with pytest.raises(StudyError, match="already holds a study"):
        save_study(study, folder)


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_folder_that_is_no_study_is_never_overwritten(study, tmp_path, overwrite):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("Dear")
    with pytest.raises(StudyError, match="not empty and not a study"):
        save_study(study, tmp_path / "letters", overwrite=overwrite)
    assert (tmp_path / "letters" / "dear.txt").read_text() == "Dear"


def test_overwriting_keeps_the_outcomes_beside_the_study(study, folder):
    (folder / "outcomes").mkdir()
    (folder / "outcomes" / "one.json").write_text("{}")
    save_study(replace(study, name="Newer"), folder, overwrite=True)
    assert open_study(folder).name == "Newer"
    assert (folder / "outcomes" / "one.json").read_text() == "{}"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_an_opened_study_can_be_saved_over_itself(folder):
    back = open_study(folder)
    save_study(back, folder, overwrite=True)
    again = open_study(folder)
    assert again.fingerprint == back.fingerprint
    assert summary(again) == summary(back)


@pytest.mark.parametrize("failure", [OSError("disk full"), RuntimeError("a bug")])
def test_a_failed_save_leaves_the_old_study_and_nothing_else(study, folder, monkeypatch, failure):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(store.Manifest, "write", fail)
    with pytest.raises((StudyError, RuntimeError)):
        save_study(study, folder, overwrite=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_seasons_on_different_axes_are_not_saved(study, tmp_path):
    cube = study.cubes["2020"]
    short = replace(cube, days=cube.days[:-1], values=cube.values[:, :, :-1])
    with pytest.raises(StudyError, match="differ in bands or days"):
        save_study(replace(study, cubes={**study.cubes, "2020": short}), tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_a_season_without_series_is_kept_with_its_parcels(tmp_path):
    study = made_up.without_series(made_up.study(parcels=12, times=4), "2021")
    folder = save_study(study, tmp_path / "study")
    back = open_study(folder)
    assert not (folder / "series-2021.parquet").exists()
    assert list(back.cubes) == ["2018", "2019", "2020"]
    assert (back.has_series("2020"), back.has_series("2021")) == (True, False)
    assert len(back.parcels_in("2021")) == 12
    last = summary(back)[-1]
    assert (last.season, last.parcels, last.pixels, last.missing_share) == ("2021", 12, 0, None)
    again = open_study(save_study(back, tmp_path / "copy"))
    assert again.fingerprint == back.fingerprint
    assert tomllib.loads((folder / "study.toml").read_text())["season"][-1]["series"] is False


def test_whether_a_season_has_series_is_known_without_reading_them(tmp_path):
    folder = save_study(made_up.study(parcels=12, times=4), tmp_path / "study")
    study = open_study(folder)
    (folder / "series-2021.parquet").unlink()
    assert study.has_series("2021")


def test_labels_without_series_are_refused(tmp_path):
    study = made_up.study(parcels=12, times=4)
    cubes = {label: cube for label, cube in study.cubes.items() if label != "2020"}
    with pytest.raises(StudyError, match=r"labels but no series in 2020.*--seasons"):
        save_study(replace(study, cubes=cubes), tmp_path / "study")


def test_series_that_come_later_leave_other_seasons_as_they_are(tmp_path):
    whole = made_up.without_labels(made_up.study(parcels=12, times=4), "2021")
    before = open_study(save_study(made_up.without_series(whole, "2021"), tmp_path / "before"))
    after = open_study(save_study(whole, tmp_path / "after"))
    for label in ("2018", "2019", "2020"):
        assert season_fingerprint(before, label) == season_fingerprint(after, label)
    waiting, seen = season_fingerprint(before, "2021"), season_fingerprint(after, "2021")
    assert waiting.series == ""
    assert seen.series
    assert (waiting.fields, waiting.labels) == (seen.fields, seen.labels)
    assert before.fingerprint != after.fingerprint
