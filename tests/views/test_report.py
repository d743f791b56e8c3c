"""Every file of a report opens again and says what was decided."""

import dataclasses
import datetime as dt
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from pypdf import PdfReader
from shapely.affinity import translate

from engine.__main__ import main
from engine.decisions.decision import decide
from engine.decisions.trip import UNLIMITED, TripRequest, trip, trip_of
from engine.domain import Departure, GroundplanError, Legend
from engine.experiments.archive import Archive
from engine.experiments.plan import plan_from_json, plan_to_json
from engine.experiments.run import run_plans
from engine.fieldwork.costs import Range, Tariff
from engine.fieldwork.itinerary import CrewLimits, plan_days
from engine.fieldwork.solver import Effort
from engine.studies import store
from engine.views.report import compose, record
from engine.views.report.files import made
from tests import made_up
from tests.made_up import grid

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "vojvodina-demo"
DAY = dt.date(2026, 5, 1)
ALWAYS = {
    "report.pdf",
    "report.html",
    "outcomes.csv",
    "parcels.csv",
    "report.gpkg",
    "decision.json",
    "report.zip",
}
HOSTILE = (
    "<script>alert(1)</script>",
    "**pšenica**_[x](http://x.y) $a$",
    "</style><img src=//x.y onerror=x>",
)


def answered(study, folder, departure=None, repeats=2):
    plans = grid(
        study, "2021", departure or study.departure, [20, 30], ["radius", "random"],
        ["zero-shot", "transfer"], "random-forest", made_up.TINY, repeats=repeats,
    )  # fmt: skip
    return tuple(run_plans(study, plans, Archive(folder)))


def reported(study, outcomes, archive, value=1e6, **more):
    """A report in which a trip is worth it, unless a point is worth nothing."""
    departure = outcomes[0].plan.departure
    decided = decide(study, outcomes, "2021", departure, Tariff(), value_of_point=value)
    best = decided.advice.recommended
    going = trip(study, trip_of(best, Tariff()), archive) if best.visits else None
    planned = plan_days(going.wanted, departure, Tariff(), effort=Effort(10)) if going else None
    return compose(study, decided, going, planned, value_of_point=value, made_on=DAY, **more)


def scored(outcomes):
    """The same answers, but a trip beats the map without a trip."""
    lifted = [
        dataclasses.replace(outcomes[0], macro_f1=dataclasses.replace(outcomes[0].macro_f1, value=0, low=0))
    ]
    return tuple(lifted + list(outcomes[1:]))


@pytest.fixture(scope="module")
def study():
    return made_up.study(parcels=60, times=6, pixels=2, noise_db=6)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return Archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def outcomes(study, archive):
    return scored(answered(study, archive.folder))


@pytest.fixture(scope="module")
def report(study, outcomes, archive):
    return reported(study, outcomes, archive, folder="my study")


@pytest.fixture(scope="module")
def demo():
    study, archive = store.open_study(DEMO), Archive(DEMO)
    outcomes = tuple(archive.outcomes(study.fingerprint))
    decided = decide(study, outcomes, "2021", study.departure, Tariff())
    going = trip(study, trip_of(decided.advice.recommended, Tariff()), archive)
    planned = plan_days(going.wanted, study.departure, Tariff(), effort=Effort(10))
    return compose(study, decided, going, planned, folder=str(DEMO), made_on=DAY)


@pytest.fixture(scope="module")
def demo_files(demo):
    return made(demo)


def pages_of(files):
    reader = PdfReader(io.BytesIO(files["report.pdf"]))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_the_demo_has_two_to_six_numbered_pages_that_each_say_simulated(demo_files):
    pages = pages_of(demo_files)
    assert 2 <= len(pages) <= 6
    for number, text in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in text
        assert "Simulated data" in text


def test_the_numbers_on_paper_are_those_of_the_decision(demo, demo_files):
    text = " ".join(pages_of(demo_files))
    best, advice = demo.advice.recommended, demo.advice
    assert demo.headline in text
    assert str(best.f1) in text
    assert f"{best.money.likely:,.0f} €" in text
    assert f"{100 * advice.gain.value:+.1f}" in text
    assert str(advice.baseline.f1) in text
    assert f"{demo.itinerary.cost.money.likely:,.0f} €" in text
    for option in advice.pareto:
        assert f"{option.outcome.parcels:,}" in text
        assert str(option.money) in text
    for reason in demo.reasons:
        assert reason in text


def test_pictures_are_vectors_with_words_for_those_who_cannot_see_them(demo, demo_files):
    content = demo_files["report.pdf"]
    reader = PdfReader(io.BytesIO(content))
    assert not re.search(rb"/Subtype\s*/Image", content)
    assert not any(page.images for page in reader.pages)
    document = reader.root_object["/StructTreeRoot"]["/K"][0].get_object()
    alts = [kid.get_object()["/Alt"] for kid in document["/K"]]
    assert len(alts) == 4
    assert "(no field trip)" in alts[0]
    assert f"{demo.advice.recommended.f1}" in alts[0]
    assert "Map of 2,000 parcels" in alts[1]
    assert "maize" in alts[2]
    assert "day 1" in alts[3]


def test_the_pdf_says_what_it_is(demo, demo_files):
    reader = PdfReader(io.BytesIO(demo_files["report.pdf"]))
    assert reader.metadata.title == demo.title
    assert reader.root_object["/Lang"] == "en"
    assert reader.metadata.creation_date.date() == DAY
    assert reader.outline[0].title == "Decision"


def test_the_html_loads_nothing_and_tells_the_decision(demo, demo_files):
    page = demo_files["report.html"].decode()
    outside = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)\s*=", outside)
    assert not re.search(r"(https?:)?//[a-z]", outside)
    assert "<script src" not in page
    assert "default-src 'none'" in page
    assert demo.headline in outside
    assert '<html lang="en">' in page
    charts = json.loads(re.search(r'id="charts">(.*?)</script>', page, re.DOTALL)[1])
    assert set(charts) == {"trade-off", "map", "coverage", "count", "cost", "bill"}
    for name in charts:
        assert re.search(f'<div id="{name}" role="img" aria-label="[^"]{{20,}}"', outside)
    assert outside.count("<h1>") == 1
    assert outside.count("<details>") >= 4


def test_the_tables_and_layers_hold_every_parcel_outcome_and_stop(demo, demo_files, tmp_path):
    (tmp_path / "report.gpkg").write_bytes(demo_files["report.gpkg"])
    path = tmp_path / "report.gpkg"
    assert set(pyogrio.list_layers(path)[:, 0]) == {"parcels", "outcomes", "stops", "ways"}
    parcels = gpd.read_file(path, layer="parcels")
    assert parcels.crs == "EPSG:4326"
    assert len(parcels) == len(demo.study.parcels_in("2021"))
    assert set(parcels.loc[parcels["visited"], "parcel_id"]) == set(demo.trip.wanted["parcel_id"])
    assert (parcels["day"] > 0).sum() == len(demo.itinerary.parcels)
    table = gpd.read_file(path, layer="outcomes")
    assert len(table) == len(demo.decision.options)
    assert table.loc[table["recommended"], "key"].item() == demo.advice.recommended.outcome.plan.key
    assert len(gpd.read_file(path, layer="stops")) == sum(len(day.stops) for day in demo.itinerary.days)
    assert len(gpd.read_file(path, layer="ways")) == len(demo.itinerary.days)
    outcomes = pd.read_csv(io.BytesIO(demo_files["outcomes.csv"]))
    assert list(outcomes["macro_f1_pixel"]) == [round(option.f1.value, 5) for option in demo.decision.options]
    assert {"f1_maize", "f1_maize_low", "f1_maize_high"} <= set(outcomes)
    assert len(pd.read_csv(io.BytesIO(demo_files["parcels.csv"]))) == len(parcels)
    sheet = pd.read_csv(io.BytesIO(demo_files["itinerary.csv"]))
    assert list(sheet["parcel_id"]) == list(demo.itinerary.parcels)


def test_the_archive_holds_the_other_files(demo_files):
    with zipfile.ZipFile(io.BytesIO(demo_files["report.zip"])) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            name: content for name, content in demo_files.items() if name != "report.zip"
        }


def test_the_same_report_gives_the_same_bytes(report):
    assert made(report) == made(report)


def test_the_json_names_the_study_the_plan_and_the_lines_that_make_it_again(report, tmp_path):
    (tmp_path / "decision.json").write_bytes(record.written(report))
    facts = json.loads((tmp_path / "decision.json").read_text())
    best = report.advice.recommended.outcome
    assert facts["study"]["provenance"] == "simulated"
    assert facts["plan"] == {"key": best.plan.key, "plan": plan_to_json(best.plan)}
    assert facts["command"] == [
        "groundplan run 'my study' --target 2021 --plans decision.json",
        "groundplan report 'my study' --from decision.json --out report",
    ]
    again = record.read(tmp_path / "decision.json")
    assert again.plans == tuple(outcome.plan for outcome in report.decision.outcomes)
    assert (again.tariff, again.departure, again.value_of_point) == (Tariff(), report.departure, 1e6)
    assert again.tariff.minutes_per_parcel == Range(12.0, 6.0, 24.0)


def test_without_a_trip_the_report_has_no_itinerary(study, outcomes, archive):
    files = made(reported(study, outcomes[:1], archive))
    assert set(files) == ALWAYS
    pages = pages_of(files)
    assert 2 <= len(pages) <= 4
    text = " ".join(pages)
    assert "Map without a trip" in text
    assert "lie within the circle of 30 km" in text
    assert "Day by day" not in text
    assert b"No field trip" in files["report.html"]


@pytest.mark.parametrize("provenance", ["simulated", "measured"])
def test_every_file_for_people_says_whether_data_are_simulated_or_measured(
    study, outcomes, archive, provenance
):
    files = made(reported(dataclasses.replace(study, provenance=provenance), outcomes, archive))
    opposite = {"simulated": "Measured", "measured": "Simulated"}[provenance]
    for text in pages_of(files):
        assert f"{provenance.capitalize()} data" in text
        assert f"{opposite} data" not in text
    assert f"{provenance.capitalize()} data" in files["report.html"].decode()
    assert json.loads(files["decision.json"])["study"]["provenance"] == provenance


def renamed(study, names):
    """The study with new names of its classes."""
    new = dict(zip(study.legend.names, names, strict=True))
    crops = tuple(dataclasses.replace(crop, name=new[crop.name]) for crop in study.legend)
    parcels = study.parcels.assign(crop=study.parcels["crop"].map(new))
    return dataclasses.replace(
        study,
        name=f"Étude {HOSTILE[0]}",
        source=HOSTILE[2],
        legend=Legend(crops),
        parcels=parcels,
        departure=Departure(study.departure.lon, study.departure.lat, HOSTILE[1]),
    )


def test_hostile_names_are_shown_and_never_obeyed(study, tmp_path):
    hostile = renamed(study, HOSTILE)
    files = made(reported(hostile, scored(answered(hostile, tmp_path)), Archive(tmp_path)))
    page = files["report.html"].decode()
    scripts = re.findall(r"<script[^>]*>", page)
    assert [tag for tag in scripts if "alert" in tag] == []
    assert "<script>alert" not in page
    assert "<img src=//" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    charts = json.loads(re.search(r'id="charts">(.*?)</script>', page, re.DOTALL)[1])
    assert "<script>" not in json.dumps(charts)
    assert "Étude <script>alert(1)</script>" in " ".join(pages_of(files))
    assert set(pd.read_csv(io.BytesIO(files["parcels.csv"]))["crop"]) == set(HOSTILE)


def test_one_class_in_the_west_is_reported(tmp_path):
    study = made_up.study(crops=1, parcels=40, times=6, pixels=2)
    parcels = study.parcels.assign(lon=study.parcels["lon"] - 30)
    parcels["geometry"] = parcels.geometry.map(lambda shape: translate(shape, -30))
    study = dataclasses.replace(
        study, parcels=parcels, departure=Departure(study.departure.lon - 30, study.departure.lat)
    )
    western = reported(study, scored(answered(study, tmp_path)), Archive(tmp_path))
    files = made(western)
    assert western.departure.lon < 0
    assert 2 <= len(pages_of(files)) <= 6
    assert "the only class" in " ".join(pages_of(files))


def test_a_trip_of_ones_own_is_said_to_be_no_recommendation(study, report, archive):
    some = tuple(sorted(report.trip.wanted["parcel_id"]))[:5]
    request = TripRequest("2021", report.departure, "radius", UNLIMITED, Tariff(), listed=some)
    chosen = trip(study, request, archive)
    planned = plan_days(chosen.wanted, report.departure, Tariff(), CrewLimits(2), effort=Effort(10))
    chosen_by_hand = compose(study, report.decision, chosen, planned, made_on=DAY)
    files = made(chosen_by_hand)
    assert chosen_by_hand.by_hand
    assert not report.by_hand
    assert "not the recommended one" in " ".join(pages_of(files))
    assert b"not the recommended one" in files["report.html"]
    assert json.loads(files["decision.json"])["trip"]["visits"] == list(some)


def test_nothing_that_draws_is_imported_before_a_report_is_made():
    late = {"fpdf", *(f"engine.views.report.{name}" for name in ("html", "paper", "pdf", "pictures"))}
    code = f"import sys, engine.__main__, engine.views.report.files; print({late} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def spoilt(facts, how):
    plan = facts["plans"][0]["plan"]
    match how:
        case "another seed":
            plan["seed"] += 1
        case "a class of its own":
            plan["design"]["is"] = "Popen"
        case "text for a number":
            plan["repeats"] = "5"
        case "no plan":
            facts["plans"][0]["plan"] = {"is": "Departure", "lon": 0.0, "lat": 0.0, "name": ""}
        case "no key":
            del facts["plans"][0]["key"]
        case "deep":
            facts["plans"][0]["plan"] = "[" * 3
        case "a rate of text":
            facts["tariff"]["per_km"] = "free"
        case "another version":
            facts["engine"] = "0.0.0"
        case "a list":
            return [facts]
    return facts


@pytest.mark.parametrize(
    "how",
    [
        "another seed", "a class of its own", "text for a number", "no plan", "no key", "deep",
        "a rate of text", "another version", "a list",
    ],
)  # fmt: skip
def test_a_spoilt_record_is_refused_in_words(report, tmp_path, how):
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(spoilt(json.loads(record.written(report)), how)))
    with pytest.raises(GroundplanError):
        record.read(path)
    for content in (b"", b"\xff\xfe", b"[" * 100_000, b'{"engine": 1'):
        path.write_bytes(content)
        with pytest.raises(GroundplanError):
            record.read(path)
    with pytest.raises(GroundplanError, match="cannot be read"):
        record.read(tmp_path / "nowhere.json")


def test_a_plan_is_the_one_that_its_key_names(report):
    plan = report.advice.recommended.outcome.plan
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan))), plan.key) == plan


# The command line


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    return store.save_study(study, tmp_path_factory.mktemp("study") / "made-up")


@pytest.fixture(scope="module")
def kept(folder, tmp_path_factory):
    """A workspace with answers."""
    workspace = tmp_path_factory.mktemp("workspace")
    answered(store.open_study(folder), workspace)
    return workspace


def run(*words):
    return main([str(word) for word in words])


def test_a_report_is_made_again_from_its_record(folder, kept, tmp_path, capsys):
    first, second = tmp_path / "first", tmp_path / "second"
    words = ["--value-of-point", 900, "--archive", kept]
    assert run("report", folder, "--target", 2021, *words, "--out", first, "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["provenance"] == "simulated"
    assert {Path(name).name for name in facts["files"]} >= ALWAYS
    assert run("report", folder, "--from", first / "decision.json", "--archive", kept, "--out", second) == 0
    assert facts["headline"] in capsys.readouterr().out
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name

    words = ["--target", 2021, "--plans", first / "decision.json", "--archive", kept, "--check", "--json"]
    assert run("run", folder, *words) == 0
    rows = json.loads(capsys.readouterr().out)["plans"]
    listed = json.loads((first / "decision.json").read_text())["plans"]
    assert len(rows) == len(listed) == 5
    assert {row["state"] for row in rows} == {"answered"}


def test_what_cannot_be_reported_is_said_with_its_cure(folder, kept, tmp_path, capsys):
    out = ["--out", tmp_path / "out", "--archive", kept]

    def complaint(*words):
        assert run(*words) == 2
        return capsys.readouterr().err

    assert "Give --target YEAR" in complaint("report", folder, *out)
    assert run("report", folder, "--target", 2021, *out) == 0
    made_before = tmp_path / "out" / "decision.json"
    second = store.save_study(made_up.study(parcels=60, times=6, pixels=2, seed=1), tmp_path / "other")
    again = ["--from", made_before]
    assert "fingerprint" in complaint("report", second, *again, *out)
    assert "fingerprint" in complaint("run", second, "--target", 2021, "--plans", made_before)
    assert "Give --target 2021" in complaint("run", folder, "--target", 2020, "--plans", made_before)
    assert "leave out --from" in complaint("report", folder, *again, "--target", 2021, *out)
    nowhere = ["--archive", tmp_path / "empty", "--out", tmp_path / "out"]
    assert "--plans" in complaint("report", folder, *again, *nowhere)
    assert "is answered yet" in complaint(
        "report", folder, "--target", 2021, "--departure", "-3.7,40.4", *out
    )
    blocked = tmp_path / "file"
    blocked.write_text("")
    words = ["--target", 2021, "--archive", kept, "--out", blocked]
    assert "Name another one" in complaint("report", folder, *words)
