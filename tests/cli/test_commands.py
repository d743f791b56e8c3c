import json

import pandas as pd
import pytest

from engine.__main__ import COMMANDS, main
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.learning.recipes import RECIPES
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.made_up import SMALL as FIT


@pytest.fixture(scope="module")
def study():
    return made_up.study(parcels=60, times=6, pixels=2)


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    return save_study(study, tmp_path_factory.mktemp("study") / "made-up")


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setitem(RECIPES, "quick", FIT)
    return tmp_path / "workspace"


def run(*words):
    return main([str(word) for word in words])


def tables_of(study, folder):
    """The study as foreign files: a GeoPackage and a long CSV."""
    folder.mkdir()
    study.parcels[["parcel_id", "season", "crop", "geometry"]].to_file(folder / "parcels.gpkg")
    parts = []
    for cube in study.cubes.values():
        for number in range(len(cube.parcel)):
            date = pd.Timestamp(cube.season.start) + pd.to_timedelta(cube.days, unit="D")
            part = pd.DataFrame({"date": date, **dict(zip(cube.bands, cube.values[number], strict=True))})
            row = study.parcels.loc[cube.parcel[number]]
            parts.append(part.assign(parcel_id=row.parcel_id, season=row.season, pixel_id=number))
    pd.concat(parts).to_csv(folder / "series.csv", index=False)
    return folder / "parcels.gpkg", folder / "series.csv"


def test_foreign_files_become_a_study_whose_plans_are_answered_as_rows(study, tmp_path, capsys):
    parcels, series = tables_of(study, tmp_path / "files")
    out = tmp_path / "study"
    words = ["--name", "Made up", "--out", out, "--window", "03-01", "05-20", "--step", 16]
    assert run("ingest", "--parcels", parcels, "--series", series, *words) == 0
    assert "Study written to" in capsys.readouterr().out

    question = ["--target", "2021", "--departure", "19.845,45.255", "--radius", 30, "--recipe", "quick"]
    arms = ["--design", "radius", "random", "--method", "zero-shot", "transfer", "scratch", "--repeats", 2]
    assert run("run", out, *question, *arms, "--json") == 0
    rows = json.loads(capsys.readouterr().out)["outcomes"]
    assert [(row["method"], row["design"]) for row in rows] == [
        ("zero-shot", "no-visit"), ("transfer", "radius"), ("transfer", "random"),
        ("scratch", "radius"), ("scratch", "random"),
    ]  # fmt: skip
    assert all(row["provenance"] == "measured" for row in rows)

    assert run("run", out, *question, *arms) == 0
    shown = capsys.readouterr().out
    assert all(row["key"] in shown for row in rows)


def test_info_shows_seasons_classes_and_counts(folder, capsys):
    assert run("info", folder, "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert [season["parcels"] for season in facts["seasons"]] == [60] * 4
    assert facts["provenance"] == "simulated"
    assert run("info", folder) == 0
    assert "maize 20" in capsys.readouterr().out


def test_info_without_a_study_shows_versions(capsys):
    assert run("info", "--json") == 0
    assert json.loads(capsys.readouterr().out)["torch"].startswith("2.13")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["info", "nowhere"], "nowhere"),
        (["run", "{folder}", "--target", "1999"], "no season 1999"),
        (["run", "{folder}", "--target", "2018"], "--source others"),
        (["run", "{folder}", "--target", "2021", "--departure", "Atlantis"], "LON,LAT"),
        (["run", "{folder}", "--target", "2021", "--departure", "-200,45"], "not on the globe"),
        (["run", "{folder}", "--target", "2021", "--radius", "0.001"], "nearest is"),
        (["ingest", "--parcels", "a", "--series", "b", "--name", "x", "--out", "{tmp}/x"], "a"),
        (
            ["ingest", "--parcels", "a", "--series", "b", "--name", "x", "--out", "y", "--rename", "z"],
            "OLD=NEW",
        ),
    ],
)
def test_a_fault_is_named_in_one_sentence_and_writes_nothing(
    folder, tmp_path, capsys, words, says, workspace
):
    filled = [word.format(folder=folder, tmp=tmp_path) for word in words]
    assert run(*filled) == 2
    shown = capsys.readouterr().err
    assert says in shown
    assert "Traceback" not in shown
    assert not (tmp_path / "x").exists()
    assert not (workspace / "outcomes").exists()


def test_a_western_departure_needs_no_equals_sign(folder, capsys):
    assert run("run", folder, "--target", "2021", "--departure", "-60.1,-2.5") == 2
    assert "within 20 km" in capsys.readouterr().err


def test_the_bench_prints_a_row_for_each_network_and_variant(monkeypatch, capsys):
    from engine.experiments import bench

    monkeypatch.setattr(bench, "NETWORKS", {"small": FIT})
    monkeypatch.setattr(bench, "SPEED_SAMPLES", 256)
    monkeypatch.setattr(bench, "ROUNDS", 1)
    assert run("bench", "--seeds", 1, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    rows = printed["measurements"]
    assert printed["runs"] == []  # the study's table is that of a study
    assert {"plain", "fp32", "random-forest"} <= {row["variant"] for row in rows}
    for row in rows:
        assert {"network", "variant", "samples_per_second", "ratio_to_plain", "macro_f1"} <= set(row)
        assert 0 <= row["macro_f1"] <= 1
    assert next(row for row in rows if row["variant"] == "plain")["ratio_to_plain"] == 1


def test_the_command_line_and_a_page_ask_the_same_question(study, folder, capsys):
    from engine.studies.store import open_study

    words = ["--target", "2021", "--radius", 30, "--method", "scratch", "--recipe", "quick", "--repeats", 1]
    assert run("run", folder, *words, "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["outcomes"]
    opened = open_study(folder)
    (asked,) = made_up.grid(
        opened, "2021", opened.departure, [30], ["radius"], ["scratch"], "cnn1d", FIT, repeats=1
    )
    assert row["key"] == asked.key


SMALL = ["--seasons", "2020-2021", "--parcels", 60, "--pixels", 2]


def test_a_landscape_is_simulated_by_parameters_and_says_that_it_is(tmp_path, capsys):
    made = run("simulate", "--out", tmp_path / "land", *SMALL, "--set", "looks=30", "mixed=0", "--json")
    assert made == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["provenance"] == "simulated"
    assert [row["parcels"] for row in facts["seasons"]] == [60, 60]
    landscape = open_study(tmp_path / "land").cubes.manifest.landscape
    assert (landscape.looks, landscape.mixed, landscape.pixels) == (30, 0, 2)
    assert run("simulate", "--out", tmp_path / "land", *SMALL) == 2
    assert "already holds a study" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--set", "look=3"], "no parameter look"),
        (["--set", "looks"], "NAME=VALUE"),
        (["--parcels", "few"], "not a whole number"),
        (["--seasons", "2021-2017"], "lies before the first"),
        (["--set", "looks=0"], "plausible range"),
    ],
)
def test_a_landscape_that_cannot_be_simulated_leaves_no_folder(words, complaint, tmp_path, capsys):
    assert run("simulate", "--out", tmp_path / "land", *words) == 2
    assert complaint in capsys.readouterr().err
    assert not list(tmp_path.glob("*land*"))


def test_running_a_light_landscape_simulates_what_it_needs_first(tmp_path, workspace):
    sparse = ["--set", "density=0", "run=1"]
    assert run("simulate", "--out", tmp_path / "land", *SMALL, *sparse, "--light") == 0
    assert not (workspace / "series").exists()
    steps = []
    study = open_study(tmp_path / "land")
    plans = made_up.grid(
        study, "2021", study.departure, [40], ["radius"], ["scratch"], "cnn1d", FIT, beyond_km=40, repeats=1
    )
    run_plans(study, plans, Archive(workspace), observe=lambda progress: steps.append(progress.what))
    assert steps[1] == "simulating 2021"
    assert [path.name[:4] for path in (workspace / "series").glob("*.parquet")] == ["2021"]


def test_an_itinerary_is_planned_paid_and_written(folder, tmp_path, capsys):
    words = ["itinerary", folder, "--target", "2021", "--radius", 30, "--out", tmp_path / "field"]
    assert run(*words, "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["provenance"] == "simulated"
    assert facts["visited"] == sum(len(stop["parcels"]) for day in facts["days"] for stop in day["stops"])
    assert facts["cost"]["money"]["low"] < facts["cost"]["money"]["likely"] < facts["cost"]["money"]["high"]
    assert sorted(path.rpartition("/")[2] for path in facts["files"]) == [
        "day-sheets.csv", "day-sheets.pdf", "itinerary.geojson", "itinerary.gpkg", "itinerary.gpx",
        "itinerary.kml", "itinerary.qgs",
    ]  # fmt: skip
    assert run(*words[:-2], "--days", 1) == 0
    assert "1 crew-day," in capsys.readouterr().out
    assert run(*words[:-2], "--tariff", "cheapest") == 2
    assert "There is no tariff cheapest" in capsys.readouterr().err


def test_advice_is_given_over_what_is_answered(folder, capsys):
    ask = ["--target", "2021", "--recipe", "quick", "--radius", 20, 30, "--repeats", 2]
    assert run("advise", folder, "--target", "2021") == 2
    assert "is answered yet. Run some first" in capsys.readouterr().err
    assert run("run", folder, *ask, "--learner", "random-forest") == 0
    capsys.readouterr()
    assert run("advise", folder, "--target", "2021", "--value-of-point", 100, "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts) == {
        "format", "study", "provenance", "question", "currency", "recommended", "baseline", "pareto",
        "alternatives", "reasons", "gain_over_baseline", "probability_worth_cost", "field_plan",
        "metric", "left_out", "rule", "best", "claims", "prices", "missed",
        "provisional",
        "trip",
    }  # fmt: skip
    assert facts["baseline"]["money"]["likely"] == 0
    assert facts["pareto"]
    assert facts["reasons"]
    assert run("advise", folder, "--target", "2021") == 0
    assert "->" in capsys.readouterr().out


TRIP = ["--target", "2021"]


def test_a_trip_is_costed_by_any_limit_and_keeps_it(folder, capsys):
    def cost(*words):
        assert run("cost", folder, *TRIP, *words, "--json") == 0
        return json.loads(capsys.readouterr().out)

    assert cost("--design", "random", "--budget", 900)["cost"]["money"]["likely"] <= 900
    assert cost("--design", "clusters", "--parcels", 12)["parcels"] <= 12
    assert cost("--days", 2)["cost"]["crew_days"] <= 2
    assert cost("--radius", 40)["parcels"] > cost("--radius", 20)["parcels"]


def test_lists_of_given_and_unreachable_parcels_are_followed(study, folder, tmp_path, capsys):
    (tmp_path / "given.csv").write_text("name,parcel_id\nx,p2021-0050\ny,p2021-0051\n")
    (tmp_path / "lost.txt").write_text("p2021-0050\n")
    ask = ["itinerary", folder, *TRIP, "--json"]
    assert run(*ask, "--given", tmp_path / "given.csv") == 0
    assert json.loads(capsys.readouterr().out)["visited"] == 2
    assert run(*ask, "--given", tmp_path / "given.csv", "--unreachable", tmp_path / "lost.txt") == 0
    assert json.loads(capsys.readouterr().out)["visited"] == 1
    (tmp_path / "empty.txt").write_text("\n")
    assert run(*ask, "--given", tmp_path / "empty.txt") == 2
    assert "names no parcel" in capsys.readouterr().err


def test_a_budgeted_itinerary_is_never_over_budget_once_routed(folder, capsys):
    for design in ("radius", "random"):
        assert run("itinerary", folder, *TRIP, "--design", design, "--budget", 700, "--json") == 0
        assert json.loads(capsys.readouterr().out)["cost"]["money"]["likely"] <= 700


def test_runs_are_limited_by_count_days_and_money_and_the_answer_can_be_driven(folder, tmp_path, capsys):
    ask = ["run", folder, *TRIP, "--learner", "random-forest", "--recipe", "quick", "--repeats", 2, "--json"]
    ask += ["--method", "zero-shot", "transfer"]
    limits = ["--parcels", 10, "--days", 1, "--budget", 800]
    assert run(*ask, "--design", "radius", "balanced", *limits) == 0
    rows = json.loads(capsys.readouterr().out)["outcomes"]
    assert {row["design"] for row in rows} == {"no-visit", "radius", "balanced"}
    assert all(row["beyond_km"] == 30 for row in rows)
    trip = next(row for row in rows if row["design"] == "balanced")
    assert run("itinerary", folder, *TRIP, "--key", trip["key"], "--json") == 0
    assert json.loads(capsys.readouterr().out)["visited"] == trip["parcels"]
    assert run("itinerary", folder, *TRIP, "--key", "0" * 16) == 2
    assert "No answer has the key" in capsys.readouterr().err
    out = tmp_path / "field"
    assert run("advise", folder, *TRIP, "--value-of-point", 100_000, "--out", out, "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts["alternatives"]) == {"equal_count", "equal_cost"}
    assert (facts["field_plan"] is None) == (facts["recommended"]["design"] == "no-visit")
    assert out.exists() == (facts["field_plan"] is not None)


def test_a_run_of_a_list_and_without_unreachable_parcels_says_so_in_its_plans(folder, tmp_path, capsys):
    ids = [f"p2021-{number:04d}" for number in range(60)]
    (tmp_path / "given.txt").write_text("\n".join(ids))
    (tmp_path / "lost.txt").write_text(ids[40])
    ask = ["run", folder, *TRIP, "--method", "scratch", "--learner", "random-forest", "--recipe", "quick"]
    more = ["--repeats", 1, "--given", tmp_path / "given.txt", "--unreachable", tmp_path / "lost.txt"]
    assert run(*ask, *more, "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["outcomes"]
    assert row["design"] == "listed"
    assert row["parcels"] > 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "required: COMMAND"),
        (["walk"], "invalid choice: 'walk'"),
        (["run", "demo"], "required: --target"),
        (["run", "demo", "--target", "2021", "--test", "near"], "invalid choice: 'near'"),
        (["cost", "demo", "--target", "2021", "--design", "spiral"], "There is no design spiral"),
        (["run", "demo", "--target", "2021", "--method", "magic"], "There is no method magic"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(words, complaint, capsys):
    assert run(*words) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("groundplan: ")
    assert complaint in shown
    assert shown.count("\n") == 1


def test_help_lists_every_command_and_every_command_has_help(capsys):
    assert run("--help") == 0
    shown = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n    {command}" in shown
        assert run(command, "--help") == 0
        assert f"usage: groundplan {command}" in capsys.readouterr().out
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("groundplan ")


def test_demo_names_the_study_that_ships_from_any_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("info", "demo", "--json") == 0
    assert json.loads(capsys.readouterr().out)["study"] == "Vojvodina, simulated"


def test_names_of_earlier_versions_are_accepted(folder, capsys):
    ask = ["run", folder, *TRIP, "--radius", 30, "--recipe", "quick", "--check", "--json"]
    assert run(*ask, "--source", "past", "--method", "groundplan", "all-past", "--design", "corridors") == 0
    old = json.loads(capsys.readouterr().out)["plans"]
    assert run(*ask, "--method", "ensemble", "all-sources", "--design", "transects") == 0
    assert old == json.loads(capsys.readouterr().out)["plans"]


def test_an_interrupted_command_says_that_nothing_is_lost(folder, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.cli.studies.open_study", interrupt)
    assert run("info", folder) == 130
    assert "What is finished is kept" in capsys.readouterr().err
