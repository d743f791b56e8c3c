"""Every file of a report opens again and says what was decided."""

import dataclasses
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

from engine.decisions.decision import decide
from engine.decisions.routed import routed_trip
from engine.decisions.trip import UNLIMITED, TripRequest, trip_of
from engine.decisions.trip_gain import trip_gain
from engine.domain import Departure, Legend
from engine.experiments.archive import Archive
from engine.experiments.fingerprints import fingerprints_of
from engine.fieldwork.costs import Tariff
from engine.fieldwork.crews import CrewLimits
from engine.studies import store
from engine.views.report import compose
from engine.views.report.files import made
from tests import made_up
from tests.views.reports import ALWAYS, DAY, answered, reported, scored

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "vojvodina-demo"
HOSTILE = (
    "<script>alert(1)</script>",
    "**pšenica**_[x](http://x.y) $a$",
    "</style><img src=//x.y onerror=x>",
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    study, archive = store.open_study(DEMO), Archive(tmp_path_factory.mktemp("demo"), (DEMO,))
    outcomes = tuple(archive.outcomes(study))
    decided = decide(study, outcomes, "2021", study.departure, Tariff())
    going = routed_trip(study, trip_of(decided.advice.recommended, Tariff()), archive)
    gain = trip_gain(study, outcomes, going.trip, going.cost, archive=archive)
    return compose(study, decided, going, gain, folder=str(DEMO), made_on=DAY)


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


def asked_of(study, plan):
    """The same plan, asked of a study whose data are of another provenance."""
    used = fingerprints_of(study, plan.target, plan.sources, plan.test.kind)
    return dataclasses.replace(plan, study=used)


@pytest.mark.parametrize("provenance", ["simulated", "measured"])
def test_every_file_for_people_says_whether_data_are_simulated_or_measured(
    study, outcomes, archive, provenance
):
    told = dataclasses.replace(study, provenance=provenance)
    answers = tuple(dataclasses.replace(outcome, plan=asked_of(told, outcome.plan)) for outcome in outcomes)
    files = made(reported(told, answers, archive))
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
    request = TripRequest(
        "2021", report.departure, "radius", UNLIMITED, Tariff(), listed=some, driving=CrewLimits(2)
    )
    chosen = routed_trip(study, request, archive)
    gain = trip_gain(study, report.decision.outcomes, chosen.trip, chosen.cost, archive=archive)
    chosen_by_hand = compose(study, report.decision, chosen, gain, made_on=DAY)
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
