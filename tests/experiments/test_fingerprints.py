"""A plan uses the seasons that it names and nothing else: labels that come home elsewhere change no key."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import Crop, Departure, Legend, PlanError
from engine.experiments.archive import Archive
from engine.experiments.fingerprints import changed_parts, current_plan, fingerprints_of, uses
from engine.experiments.run import run_plans
from engine.experiments.source_models import FOR_DESIGNS, source_key
from engine.fingerprints import Fingerprints
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.experiments.examples import ask

SEASONS = ("2018", "2019", "2020", "2021")
STUDY = made_up.study(SEASONS, parcels=30, pixels=2, times=4)


def keys(study, target="2021", sources="earlier", departure=STUDY.departure):
    """Of plans with and without source seasons, and of the source model."""
    methods = ["transfer", "scratch"]
    transfer, scratch = made_up.grid(
        study, target, departure, [30], ["radius"], methods, "cnn1d", made_up.SMALL, source=sources
    )
    return transfer.key, scratch.key, source_key(transfer, 0, FOR_DESIGNS).name


def with_crops(study, label, crop):
    of_season = study.parcels["season"] == label
    return replace(study, parcels=study.parcels.assign(crop=study.parcels["crop"].mask(of_season, crop)))


def with_cube(study, label, **changes):
    return replace(study, cubes={**study.cubes, label: replace(study.cubes[label], **changes)})


def with_window(study, label):
    moved = [
        replace(season, start=season.start - timedelta(days=1)) if season.label == label else season
        for season in study.seasons
    ]
    return replace(study, seasons=tuple(moved))


CHANGES = {
    "labels": lambda study, label: with_crops(study, label, study.legend.names[0]),
    "no labels": lambda study, label: with_crops(study, label, None),
    "series": lambda study, label: with_cube(study, label, values=study.cubes[label].values + np.float32(1)),
    "window": with_window,
}


def with_new_class(study, label):
    """Labels come home, among them a class that no season had; it stands first in the legend."""
    names = ("sunflower", *study.legend.names)
    legend = Legend(tuple(Crop(code, name, "#000000") for code, name in enumerate(names)))
    return with_crops(replace(study, legend=legend), label, "sunflower")


CHANGES["new class"] = with_new_class


@given(
    st.sampled_from(SEASONS),
    st.sampled_from([*CHANGES]),
    st.sampled_from(SEASONS),
    st.sets(st.sampled_from(SEASONS), min_size=1),
)
def test_a_key_changes_with_the_seasons_that_a_plan_uses_and_with_no_other(label, change, target, sources):
    sources = sources - {target} or {next(season for season in SEASONS if season != target)}
    changed = CHANGES[change](STUDY, label)
    transfer, scratch, _ = keys(STUDY, target, ",".join(sources))
    now_transfer, now_scratch, _ = keys(changed, target, ",".join(sources))
    assert (transfer != now_transfer) == (label in {target, *sources})
    assert (scratch != now_scratch) == (label == target)


@pytest.mark.parametrize("change", ["labels", "no labels", "series", "window"])
def test_a_source_model_sees_neither_labels_nor_series_of_the_target_season(change):
    before, after = (keys(study)[2] for study in (STUDY, CHANGES[change](STUDY, "2021")))
    assert before == after
    before, after = (keys(study)[2] for study in (STUDY, CHANGES[change](STUDY, "2019")))
    assert before != after


def test_a_source_model_knows_classes_by_number_so_another_legend_needs_another():
    changed = with_new_class(STUDY, "2018")
    assert keys(STUDY, sources="2019,2020")[:2] == keys(changed, sources="2019,2020")[:2]
    assert keys(STUDY, sources="2019,2020")[2] != keys(changed, sources="2019,2020")[2]


@given(st.permutations(SEASONS))
def test_the_order_of_seasons_in_the_study_does_not_matter(order):
    rows = np.concatenate([np.flatnonzero(STUDY.parcels["season"] == label) for label in order])
    place = np.argsort(rows)  # new row of each old one
    shuffled = replace(
        STUDY,
        seasons=tuple(STUDY.season(label) for label in order),
        parcels=STUDY.parcels.iloc[rows].reset_index(drop=True),
        cubes={
            label: replace(STUDY.cubes[label], parcel=place[STUDY.cubes[label].parcel]) for label in order
        },
    )
    assert keys(shuffled) == keys(STUDY)


def test_a_season_that_comes_later_and_names_of_fields_that_are_given_anew_change_no_key():
    before = replace(
        STUDY,
        seasons=STUDY.seasons[:-1],
        parcels=STUDY.parcels[STUDY.parcels["season"] != "2021"],
        cubes={label: STUDY.cubes[label] for label in SEASONS[:-1]},
    )
    renamed = before.parcels.assign(field_group="x" + before.parcels["field_group"])
    assert keys(replace(before, parcels=renamed), "2020") == keys(before, "2020")
    fields = [fingerprints_of(study, "2020", ("2018", "2019"), "far-all") for study in (before, STUDY)]
    assert fields[0] == fields[1]


@pytest.mark.parametrize("column", ["parcel_id", "lon", "field_group"])
def test_parcels_that_are_others_change_the_keys_of_their_season(column):
    row = STUDY.parcels.index[STUDY.parcels["season"] == "2019"][-1]
    parcels = STUDY.parcels.copy()
    parcels.loc[row, column] = parcels.loc[row, column] + 0.001 if column == "lon" else "g0000"
    assert keys(replace(STUDY, parcels=parcels))[0] != keys(STUDY)[0]


def test_a_study_has_the_same_keys_in_memory_in_a_folder_and_in_a_copy(tmp_path):
    stored = open_study(save_study(STUDY, tmp_path / "study"))
    copied = open_study(save_study(stored, tmp_path / "copy"))
    assert keys(stored) == keys(copied) == keys(STUDY)


def test_a_study_of_an_earlier_version_without_digests_of_seasons_has_keys_that_a_copy_keeps(tmp_path):
    folder = save_study(STUDY, tmp_path / "study")
    text = (folder / "study.toml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("series = ")]
    assert len(lines) == len(text.splitlines()) - len(SEASONS)
    (folder / "study.toml").write_text("\n".join(lines))
    old = open_study(folder)
    copied = open_study(save_study(old, tmp_path / "copy"))
    assert old.fingerprint == open_study(save_study(STUDY, tmp_path / "new")).fingerprint
    assert keys(old) == keys(copied)
    assert keys(CHANGES["labels"](old, "2018"), "2021", "2019,2020") == keys(old, "2021", "2019,2020")


def test_an_unlabelled_parcel_has_one_fingerprint_however_it_is_missing():
    of_target = [
        fingerprints_of(with_crops(STUDY, "2021", missing), "2021", (), "far-half").target
        for missing in (None, np.nan, pd.NA)
    ]
    assert of_target[0] == of_target[1] == of_target[2]
    labelled = fingerprints_of(STUDY, "2021", (), "far-half").target
    assert (of_target[0].fields, of_target[0].series) == (labelled.fields, labelled.series)
    assert of_target[0].labels != labelled.labels


def test_what_was_answered_stays_answered_when_labels_of_another_season_come_home(tmp_path):
    study = made_up.study(("2019", "2020", "2021", "2022"), parcels=60)
    open_season = with_crops(study, "2022", "maize")
    archive, steps = Archive(tmp_path), []
    run_plans(open_season, ask(open_season, ["scratch"], repeats=1), archive)
    labelled = with_new_class(study, "2022")
    plans = ask(labelled, ["scratch"], repeats=1)
    assert [outcome.plan.key for outcome in archive.outcomes(labelled)] == [plan.key for plan in plans]
    run_plans(labelled, plans, archive, observe=lambda progress: steps.append(progress.steps))
    assert steps == [0]
    assert not archive.outcomes(with_crops(labelled, "2021", "maize"))


def test_single_repeats_of_another_legend_are_not_gathered_with_those_of_this_one(tmp_path):
    (plan,) = ask(STUDY, ["scratch"], repeats=2, departure=Departure(19.8, 45.2))
    (other,) = ask(with_new_class(STUDY, "2018"), ["scratch"], repeats=2, departure=Departure(19.8, 45.2))
    assert plan == other
    assert plan.key == other.key
    assert plan.key_of_repeats != other.key_of_repeats


def test_a_plan_of_another_study_is_told_what_changed(tmp_path):
    (plan,) = ask(STUDY, ["transfer"], repeats=1)
    changed = CHANGES["labels"](CHANGES["series"](STUDY, "2019"), "2021")
    assert uses(STUDY, plan)
    assert not uses(changed, plan)
    assert changed_parts(changed, plan) == ("the labels of 2021", "the series of 2019")
    without = replace(STUDY, seasons=STUDY.seasons[1:])
    assert changed_parts(without, plan) == ("season 2018",)
    assert not uses(without, plan)
    with pytest.raises(PlanError, match=r"the labels of 2021, the series of 2019\. Make the plan again"):
        run_plans(changed, [plan], Archive(tmp_path))


def test_a_plan_that_names_the_whole_study_is_asked_with_its_seasons():
    (plan,) = ask(STUDY, ["transfer"], repeats=1)
    old = replace(plan, study=Fingerprints(study=STUDY.fingerprint))
    assert current_plan(STUDY, old) == plan
    assert uses(STUDY, old)
    elsewhere = replace(plan, study=Fingerprints(study="0" * 16))
    assert current_plan(STUDY, elsewhere) == elsewhere
    assert not uses(STUDY, elsewhere)
    assert changed_parts(STUDY, elsewhere) == ("the study",)
