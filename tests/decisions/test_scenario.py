"""A scenario survives its file, is checked before it is believed, and every change can be taken back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decisions import scenario_store as store
from engine.decisions.decision import Aims
from engine.decisions.scenario import (
    MOST_BYTES,
    ScenarioError,
    check,
    facts_of,
    parsed,
    read,
    scenario_of,
    slug_of,
    written,
)
from engine.decisions.trip import TripRequest
from engine.domain import Departure
from engine.experiments.archive import Archive
from engine.experiments.scores import MACRO_F1, Metric
from engine.fieldwork.costs import PRESETS, altered
from engine.fieldwork.crews import CrewLimits
from engine.sampling.limits import Limit
from tests import made_up

STUDY = made_up.study(parcels=12, times=4, pixels=1)
TRIP = TripRequest("2021", made_up.CENTRE, "radius", Limit("km", 25), PRESETS["default"])
NORTH = scenario_of("North", STUDY, TRIP, Aims())

names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60)
amounts = st.one_of(st.none(), st.integers(1, 10**6), st.floats(0.5, 1e6))


@st.composite
def trips(draw) -> TripRequest:
    rates = {"per_km": draw(st.floats(0, 9)), "minutes_per_parcel": draw(st.integers(1, 90))}
    return TripRequest(
        draw(st.sampled_from(["2019", "2021"])),
        Departure(draw(st.floats(-180, 180)), draw(st.integers(-90, 90)), draw(st.text(max_size=5))),
        draw(st.sampled_from(["radius", "clusters"])),
        Limit(draw(st.sampled_from(["km", "parcels", "money"])), draw(st.integers(1, 500))),
        altered(draw(st.sampled_from(list(PRESETS.values()))), rates),
        unreachable=tuple(draw(st.lists(st.sampled_from(["p2021-0001", "p2021-0002"]), unique=True))),
        driving=CrewLimits(draw(st.sampled_from([1, 3, None])), draw(st.sampled_from([True, False, None]))),
    )


@settings(max_examples=25)
@given(names, trips(), amounts, st.sampled_from([MACRO_F1, Metric("parcel"), Metric("crops", ("wheat",))]))
def test_a_scenario_is_the_same_after_it_was_written_and_read(name, trip, amount, metric):
    made = scenario_of(name, STUDY, trip, Aims(amount, amount, metric))
    again = parsed(written(made), "file")
    assert again == made
    assert again.request.departure.name == trip.departure.name
    assert written(again) == written(made)


def test_the_map_without_a_trip_is_a_scenario_too():
    made = scenario_of("Nobody goes", STUDY, ("2021", made_up.CENTRE, PRESETS["western"]), Aims(100))
    assert not made.visits
    assert parsed(written(made), "file") == made


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_a_name_that_is_none_is_refused_with_a_cure(name):
    with pytest.raises(ScenarioError, match="Give a name of 1 to 60 characters"):
        scenario_of(name, STUDY, TRIP, Aims())


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a/b\\c", "C:", "Ćuprija, север", "."])
def test_a_name_never_leads_out_of_its_folder(name, tmp_path):
    archive = Archive(tmp_path)
    study = replace(STUDY, name=name)
    made = scenario_of(name, study, TRIP, Aims())
    store.save(archive, study, made)
    assert store.read_all(archive, study) == ((made,), ())
    files = [path for path in tmp_path.rglob("*.json") if path.parent.name != "earlier"]
    assert [path.parent.parent for path in files] == [tmp_path / "scenarios"]
    assert set(slug_of(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "holds no scenario"),
        (b"[]", "holds no scenario"),
        (b"\xff\xfe", "holds no scenario"),
        (b"[" * 100_000, "holds no scenario"),
        (b" " * (MOST_BYTES + 1), "larger than any scenario"),
        (json.dumps({**facts_of(NORTH), "format": 9}).encode(), "of format 9"),
        (json.dumps({**facts_of(NORTH), "more": 1}).encode(), "more"),
        (json.dumps({**facts_of(NORTH), "name": "two\nlines"}).encode(), "cannot name a scenario"),
        (json.dumps({**facts_of(NORTH), "budget": "much"}).encode(), "budget"),
    ],
)
def test_a_damaged_file_is_refused_in_words_with_a_cure(content, fault):
    with pytest.raises(ScenarioError, match=fault) as refused:
        parsed(content, "file.json")
    assert "Give a" in str(refused.value) or "Save it again" in str(refused.value)


def test_a_rate_that_is_no_number_is_refused():
    facts = facts_of(NORTH)
    facts["request"]["tariff"]["detour"] = [1.5, 1.3, 1.2]
    with pytest.raises(ScenarioError, match="low, the likely and the high"):
        parsed(json.dumps(facts).encode(), "file.json")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"study": "Another"}, "Open that study"),
        ({"request": replace(TRIP, target="1999")}, "It has 2018, 2019"),
        ({"request": replace(TRIP, listed=("p1", "p2"))}, "names 2 parcels"),
        ({"request": replace(TRIP, unreachable=("p1",))}, "names 1 parcels"),
        ({"request": replace(TRIP, design="magic")}, "asks for a design 'magic'"),
        ({"metric": Metric("crops", ("rice",))}, "the class 'rice'"),
    ],
)
def test_a_scenario_that_the_study_cannot_show_is_refused(change, fault):
    check(NORTH, STUDY)
    with pytest.raises(ScenarioError, match=fault):
        check(replace(NORTH, **change), STUDY)


def test_a_damaged_file_hides_no_other_and_is_named(tmp_path):
    archive = Archive(tmp_path)
    store.save(archive, STUDY, NORTH)
    folder = next((tmp_path / "scenarios").iterdir())
    (folder / "broken-12345678.json").write_text("{")
    (folder / "copy.json").write_bytes(written(NORTH))
    found, complaints = store.read_all(archive, STUDY)
    assert found == (NORTH,)
    assert len(complaints) == 2
    assert all("Or delete the file." in complaint for complaint in complaints)
    assert store.read_all(archive, replace(STUDY, name="Another")) == ((), ())


def test_every_change_is_taken_back_in_turn(tmp_path):
    archive = Archive(tmp_path)
    dearer = replace(NORTH, budget=900.0)
    south = replace(NORTH, name="South")
    states, titles = [()], []
    for change in (
        lambda: store.save(archive, STUDY, NORTH),
        lambda: store.save(archive, STUDY, south),
        lambda: store.save(archive, STUDY, dearer),
        lambda: store.remove(archive, STUDY, "South"),
    ):
        titles.append(change().title)
        states.append(store.read_all(archive, STUDY)[0])
    assert titles == ["North saved", "South saved", "North replaced", "South removed"]
    assert states[1:] == [(NORTH,), (NORTH, south), (dearer, south), (dearer,)]
    for title, before in zip(reversed(titles), reversed(states[:-1]), strict=True):
        assert store.last_change(archive, STUDY).title == title
        assert store.undo(archive, STUDY).title == title
        assert store.read_all(archive, STUDY)[0] == before
    assert store.last_change(archive, STUDY) is None
    with pytest.raises(ScenarioError, match="nothing to undo"):
        store.undo(archive, STUDY)


def test_a_damaged_list_of_changes_keeps_nobody_from_saving(tmp_path):
    archive = Archive(tmp_path)
    store.save(archive, STUDY, NORTH)
    next(tmp_path.rglob("undo.json")).write_text("[{")
    assert store.last_change(archive, STUDY) is None
    store.remove(archive, STUDY, "North")
    assert store.undo(archive, STUDY).name == "North"
    assert store.by_name(archive, STUDY, " North ") == NORTH


def test_what_is_not_there_is_named_with_what_is(tmp_path):
    archive = Archive(tmp_path)
    with pytest.raises(ScenarioError, match="Save one first"):
        store.by_name(archive, STUDY, "North")
    store.save(archive, STUDY, NORTH)
    with pytest.raises(ScenarioError, match="Choose among 'North'"):
        store.remove(archive, STUDY, "South")
    with pytest.raises(ScenarioError, match="cannot be read"):
        read(tmp_path / "none.json")


def test_an_installation_that_only_shows_keeps_no_scenario(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    for change in (
        lambda: store.save(Archive(tmp_path), STUDY, NORTH),
        lambda: store.remove(Archive(tmp_path), STUDY, "North"),
        lambda: store.undo(Archive(tmp_path), STUDY),
    ):
        with pytest.raises(ScenarioError, match="keeps no scenario"):
            change()
    assert not list(tmp_path.iterdir())
