"""Nobody drives to a parcel whose crop is known: trips of a season with some labels visit the others."""

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.__main__ import main
from engine.decisions.decision import decide
from engine.decisions.routed import routed_trip
from engine.decisions.routed_decision import routed_decision
from engine.decisions.trip import UNLIMITED, TripRequest, next_trip_of, trip, trip_of
from engine.decisions.trip_gain import trip_gain
from engine.decisions.trip_rows import routed_row
from engine.decisions.trip_wording import known_sentence
from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.preparation import prepare
from engine.experiments.run import run_plans
from engine.fieldwork.costs import Tariff
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit
from engine.studies.store import save_study
from engine.views.report import compose
from tests import made_up
from tests.cli.test_contracts import faults
from tests.experiments.examples import ask
from tests.made_up import TINY

TARIFF = Tariff()
LIMITS = {"km": 35.0, "parcels": 8, "days": 2, "money": 600.0}


@cache
def labelled(seed: int = 0):
    return made_up.study(parcels=60, times=6, pixels=2, seed=seed)


IDS = labelled().parcels_in("2021")["parcel_id"].tolist()
PARTLY = made_up.without_labels(labelled(), "2021", IDS[::2])


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Source models for designs that ask them."""
    archive = Archive(tmp_path_factory.mktemp("partly"))
    prepare(labelled(), "2021", labelled().departure, ["stratified"], archive, TINY, "cpu")
    return archive


def asked(limit: Limit = UNLIMITED, design: str = "radius", **more) -> TripRequest:
    return TripRequest("2021", labelled().departure, design, limit, TARIFF, recipe=TINY, **more)


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 2),
    st.sets(st.integers(0, 59), min_size=25, max_size=59),
    st.sampled_from([name for name, design in DESIGNS.items() if design.auxiliary is None]),
    st.sampled_from(sorted(LIMITS)),
    st.booleans(),
)
def test_no_planned_trip_visits_a_labelled_parcel(tmp_path_factory, seed, without, design, kind, listed):
    whole = labelled(seed)
    study = made_up.without_labels(whole, "2021", [IDS[place] for place in sorted(without)])
    known = set(study.labelled_in("2021")["parcel_id"])
    request = asked(Limit(kind, LIMITS[kind]), design)
    if listed:
        request = asked(listed=tuple(IDS))
    folder = Archive(tmp_path_factory.mktemp("trips"))
    try:
        planned = trip(study, request, folder)
        made = routed_trip(study, request, folder)
    except PlanError as error:
        if "Raise it" not in str(error) and "Choose a larger radius" not in str(error):
            raise
        return
    for each in (planned, made.trip):
        assert len(each.wanted)
        assert not known & {*each.wanted["parcel_id"], *each.spare.get("parcel_id", ())}
    assert f"{len(known)} labelled parcel" in known_sentence(study, "2021")


def test_a_design_that_asks_models_leaves_labelled_parcels_out_too(archive):
    known = set(PARTLY.labelled_in("2021")["parcel_id"])
    planned = trip(PARTLY, asked(Limit("parcels", 10), "stratified"), archive)
    assert len(planned.wanted) == 10
    assert not known & {*planned.wanted["parcel_id"], *planned.spare.get("parcel_id", ())}


@pytest.mark.parametrize("design", ["radius", "random", "stratified"])
def test_labels_of_all_or_none_leave_a_trip_and_its_key_as_they_are(archive, design):
    request = asked(Limit("parcels", 10), design)
    studies = labelled(), made_up.without_labels(labelled(), "2021")
    whole, none = (routed_trip(study, request, archive) for study in studies)
    assert (whole.key, whole.parcels) == (none.key, none.parcels)
    assert routed_trip(PARTLY, request, archive).key != whole.key
    assert [known_sentence(study, "2021") for study in studies] == ["", ""]


def test_a_field_with_a_labelled_parcel_keeps_its_other_parcels(archive):
    parcels = labelled().parcels.copy()
    parcels.loc[parcels["parcel_id"].isin(IDS[:2]), "field_group"] = "shared"
    together = made_up.replace(labelled(), parcels=parcels, fingerprint="together")
    study = made_up.without_labels(together, "2021", [IDS[0], *IDS[10:]])
    assert list(trip(study, asked(listed=(IDS[0],)), archive).wanted["parcel_id"]) == [IDS[0]]
    ready = trip(study, asked(Limit("parcels", 51), "random"), archive).wanted["parcel_id"]
    assert IDS[0] in set(ready)
    away = trip(study, asked(Limit("parcels", 50), "random", unreachable=(IDS[1],)), archive)
    assert IDS[0] not in {*away.wanted["parcel_id"], *away.spare.get("parcel_id", ())}


def test_a_list_of_known_parcels_is_refused_with_a_cure(archive):
    with pytest.raises(PlanError, match=r"all 3 listed parcels are known in 2021 already.*without a crop"):
        trip(PARTLY, asked(listed=tuple(IDS[1:7:2])), archive)


def test_the_recommended_trip_is_drawn_anew_by_its_design_and_has_the_score_of_its_answer(tmp_path):
    archive = Archive(tmp_path)
    outcomes = run_plans(PARTLY, ask(PARTLY, ("scratch",), ("random",), radii=(30,), repeats=1), archive)
    decided = decide(PARTLY, outcomes, "2021", PARTLY.departure, TARIFF)
    best = decided.advice.recommended
    assert set(best.visited) <= set(PARTLY.labelled_in("2021")["parcel_id"])
    settled, routed = routed_decision(PARTLY, decided, archive)
    assert routed.request == next_trip_of(PARTLY, best, TARIFF)
    assert len(routed.parcels) == len(best.visited)
    assert not set(routed.parcels) & set(PARTLY.labelled_in("2021")["parcel_id"])
    gain = trip_gain(PARTLY, outcomes, routed.trip, routed.cost, archive=archive)
    assert gain.score.f1 == best.f1
    assert routed_row(PARTLY, routed, gain)["known_already"] == 30
    report = compose(PARTLY, settled, routed, gain)
    assert not report.by_hand
    assert report.coverage["total"].sum() == 30
    assert report.coverage["within"].sum() == len(routed.parcels)
    assert "Left out, because their crop is known: 30 labelled parcels of 2021." in report.reasons
    whole = labelled()
    assert next_trip_of(whole, best, TARIFF) == trip_of(best, TARIFF)


def test_commands_say_how_many_labelled_parcels_are_left_out(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    saved = str(save_study(PARTLY, tmp_path / "study"))
    for command in ("cost", "itinerary"):
        words = [command, saved, "--target", "2021", "--parcels", "6"]
        assert main(words) == 0
        assert "their crop is known: 30 labelled parcels of 2021." in capsys.readouterr().out
        assert main([*words, "--json"]) == 0
        printed = json.loads(capsys.readouterr().out)
        assert list(faults(printed, f"{command} --json", command)) == []
        assert printed["trip"]["known_already"] == 30
    assert main(["cost", *words[1:], "--estimate"]) == 0
    assert "their crop is known: 30 labelled parcels" in capsys.readouterr().out
