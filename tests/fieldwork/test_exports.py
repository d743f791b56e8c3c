"""Files for the field open with the programs that read them, and hold every parcel."""

import json
import shutil
import subprocess
from xml.etree import ElementTree

import geopandas as gpd
import gpxpy
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import box

from engine import field_form
from engine.field_form import Origin
from engine.fieldwork import exports
from engine.fieldwork.itinerary import plan_days
from tests.fieldwork.test_itinerary import CENTRE, QUICK, TARIFF, scattered


@pytest.fixture(scope="module")
def trip():
    parcels = scattered(30, 25.0)
    shapes = [
        box(x - 1e-3, y - 1e-3, x + 1e-3, y + 1e-3)
        for x, y in zip(parcels["lon"], parcels["lat"], strict=True)
    ]
    return plan_days(parcels, CENTRE, TARIFF, effort=QUICK), gpd.GeoDataFrame(
        parcels, geometry=shapes, crs=4326
    )


def test_every_export_opens_with_its_own_reader_and_holds_every_parcel(trip, tmp_path):
    itinerary, parcels = trip
    files = exports.write(itinerary, parcels, tmp_path / "field")
    assert [path.name for path in files] == [
        "day-sheets.csv", "itinerary.geojson", "itinerary.gpkg", "itinerary.gpx", "itinerary.kml",
        "itinerary.qgs",
    ]  # fmt: skip
    sheet = pd.read_csv(files[0])
    assert tuple(sheet["parcel_id"]) == itinerary.parcels
    assert set(gpd.read_file(files[1])["parcel_id"]) == set(itinerary.parcels)
    assert {name for name, _ in pyogrio.list_layers(files[2])} == {"parcels", "stops", "ways"}
    assert len(gpd.read_file(files[2], layer="ways")) == len(itinerary.days)
    with files[3].open() as file:
        track = gpxpy.parse(file)
    stops = sum(len(day.stops) for day in itinerary.days)
    assert len(track.routes) == len(itinerary.days)
    assert len(track.waypoints) == stops
    assert track.routes[0].points[0].longitude == pytest.approx(CENTRE.lon)
    assert track.routes[0].points[-1].latitude == pytest.approx(CENTRE.lat)
    assert sum(len(gpd.read_file(files[4], layer=name)) for name, _ in pyogrio.list_layers(files[4])) == (
        stops + len(itinerary.days)
    )


QGIS = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication, QgsProject
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
assert project.read(sys.argv[1])
layers = project.mapLayers().values()
tree = [node.layer().name() for node in project.layerTreeRoot().findLayers()]
form = project.mapLayersByName("parcels")[0]
widget = form.editorWidgetSetup(form.fields().indexOf("crop_found"))
print(json.dumps({
    "valid": {layer.name(): layer.isValid() and layer.featureCount() for layer in layers},
    "crs": project.crs().authid(), "tree": tree, "widget": widget.type(),
    "crops": [name for choice in widget.config()["map"] for name in choice],
}))
"""


def qgis_python():
    """A Python that has QGIS, or None."""
    for python in filter(None, map(shutil.which, ("python3", "/usr/bin/python3"))):
        if subprocess.run([python, "-c", "import qgis.core"], capture_output=True).returncode == 0:
            return python
    return None


@pytest.fixture
def field(trip, tmp_path):
    """The field plan with replacements, written."""
    itinerary, parcels = trip
    spare = parcels.assign(parcel_id=[f"s{n}" for n in range(len(parcels))], replaces=parcels["parcel_id"])
    spare = spare.assign(replaces_km=1.23).iloc[:5]
    files = exports.write(
        itinerary, parcels, tmp_path / "field", crops=["maize", "wheat", "other"], replacements=spare
    )
    return itinerary, spare, {path.suffix: path for path in files}


def test_each_parcel_of_the_day_sheets_names_its_own_replacement(field):
    itinerary, spare, files = field
    sheet = pd.read_csv(files[".csv"]).set_index("parcel_id")
    assert dict(sheet["replacement"].dropna()) == dict(
        zip(spare["replaces"], spare["parcel_id"], strict=True)
    )
    assert dict(sheet["replacement_km"].dropna()) == dict.fromkeys(spare["replaces"], 1.2)
    assert len(sheet) == len(itinerary.parcels) > len(spare)
    layer = gpd.read_file(files[".gpkg"], layer="replacements")
    assert list(layer["parcel_id"]) == list(spare["parcel_id"])
    assert list(layer["replaces"]) == list(spare["replaces"])


def test_every_layer_that_the_qgis_project_names_is_in_the_package_beside_it(field):
    _, _, files = field
    root = ElementTree.parse(files[".qgs"]).getroot()
    sources = [layer.findtext("datasource") for layer in root.iter("maplayer")]
    there = {f"./{files['.gpkg'].name}|layername={name}" for name, _ in pyogrio.list_layers(files[".gpkg"])}
    assert set(sources) == there
    ids = [layer.findtext("id") for layer in root.iter("maplayer")]
    assert sorted(ids) == sorted(node.get("id") for node in root.iter("layer-tree-layer"))
    assert min(map(len, ids)) > 10  # QGIS replaces shorter ones, and the tree would point nowhere


def test_qgis_opens_the_project_with_valid_layers_and_a_form_of_the_crops(field):
    python = qgis_python()
    if python is None:
        pytest.skip("QGIS is not installed")
    itinerary, _, files = field
    ran = subprocess.run([python, "-c", QGIS, files[".qgs"]], capture_output=True, text=True, check=True)
    facts = json.loads(ran.stdout.strip().splitlines()[-1])
    assert facts["valid"] == {
        "parcels": len(itinerary.parcels),
        "replacements": 5,
        "ways": len(itinerary.days),
        "stops": sum(len(day.stops) for day in itinerary.days),
    }
    assert facts["tree"] == ["stops", "ways", "replacements", "parcels"]
    assert (facts["crs"], facts["widget"]) == ("EPSG:4326", "ValueMap")
    assert facts["crops"] == ["maize", "wheat", "other", field_form.OTHER, "no crop", "cannot reach"]


def test_field_files_name_their_study_and_trip_and_the_form_offers_what_a_crew_may_find(trip, tmp_path):
    itinerary, parcels = trip
    drawn = itinerary.parcels[0]
    origin = Origin("Vojvodina", "2021", "ab12", frozenset([drawn]), "transects")
    spare = parcels.assign(parcel_id=["s" + name for name in parcels["parcel_id"]], replaces_km=1.0)
    spare = spare.assign(replaces=parcels["parcel_id"]).iloc[:5]
    exports.write(itinerary, parcels, tmp_path, crops=["maize"], replacements=spare, origin=origin)
    sheet = pd.read_csv(tmp_path / "day-sheets.csv", dtype=str).set_index("parcel_id")
    package = tmp_path / "itinerary.gpkg"
    for table in (sheet, *(gpd.read_file(package, layer=name) for name in ("parcels", "replacements"))):
        assert {*field_form.TO_FILL, *field_form.MORE_TO_FILL} <= set(table.columns)
        assert set(table["study"]) == {"Vojvodina"}
        assert (set(table["season"]), set(table["trip"])) == ({"2021"}, {"ab12"})
        assert set(table["design"]) == {"transects"}
    assert dict(sheet["purpose"]) == {
        name: "accuracy" if name == drawn else "training" for name in itinerary.parcels
    }
    root = ElementTree.parse(tmp_path / "itinerary.qgs").getroot()
    forms = [layer for layer in root.iter("maplayer") if layer.find("fieldConfiguration") is not None]
    assert [layer.findtext("layername") for layer in forms] == ["parcels", "replacements"]
    for form in forms:
        choices = {
            field.get("name"): [option.get("name") for option in field.iter("Option") if option.get("value")]
            for field in form.iter("field")
        }
        assert choices["crop_found"] == ["maize", field_form.OTHER, "no crop", "cannot reach"]
        assert choices["confidence"] == ["sure", "probably", "unsure"]
        assert [stage[0] for stage in choices["growth_stage"]] == list("0123456789")
        photo = form.find("fieldConfiguration/field[@name='photo']/editWidget")
        assert photo is not None
        assert photo.get("type") == "ExternalResource"
        default = form.find("defaults/default")
        assert default is not None
        assert default.get("field") == "observed_at"


def test_map_links_keep_to_nine_waypoints_and_join_up(trip):
    itinerary, _ = trip
    for day in itinerary.days:
        legs = [link["url"] for link in exports.map_links(itinerary) if link["day"] == day.number]
        seen = 0
        for url in legs:
            between = url.partition("&waypoints=")[2]
            seen += len(between.split("%7C")) if between else 0
            assert len(between.split("%7C")) <= 9
        assert seen + len(legs) - 1 == len(day.stops)


def test_nothing_to_visit_writes_nothing(tmp_path):
    empty = plan_days(scattered(0), CENTRE, TARIFF)
    with pytest.raises(exports.ExportError, match="visits nothing"):
        exports.write(empty, gpd.GeoDataFrame(scattered(0), geometry=[], crs=4326), tmp_path / "field")
    assert not (tmp_path / "field").exists()
