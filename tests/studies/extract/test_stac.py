"""Images of a STAC API on loopback give series of known values."""

import numpy as np
import pytest

from engine.studies.extract import ExtractError
from engine.studies.extract.sentinel2 import reflectance
from tests.studies.extract.images import constant, extracted, field, write_image, write_parcels
from tests.studies.extract.server import serving

S1, S2, OWN = "sentinel-1-rtc", "sentinel-2-l2a", "own"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("files"), S1, S2, OWN) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_items(server):
    server.client.items.clear()
    server.read.clear()


@pytest.fixture(scope="module")
def parcels(tmp_path_factory):
    return write_parcels(tmp_path_factory.mktemp("parcels") / "parcels.gpkg", [field(10, 10, 20, 20)])


def scene(server, name, day, red, *, classes=4, assets=None, **properties):
    """A Sentinel-2 item with one band and its scene classification at 20 m."""
    write_image(server.folder / f"{name}_B04.tif", constant(red, dtype="uint16"))
    numbers = classes if isinstance(classes, np.ndarray) else constant(classes, (32, 32), "uint8")
    write_image(server.folder / f"{name}_SCL.tif", numbers, size=20.0)
    files = {"B04": f"{name}_B04.tif", "SCL": f"{name}_SCL.tif"}
    server.add(name, day, S2, files, assets=assets or {}, **properties)


def ask(server, collection, **more):
    return {"stac": server.url, "collection": collection, **more}


def test_every_page_of_a_search_is_read_and_power_becomes_decibels(server, parcels, tmp_path):
    for number in range(7):  # three pages
        write_image(server.folder / f"{number}.tif", constant(0.1 * (number + 1)), nodata=-32768)
        server.add(f"item-{number}", f"2021-04-{number + 1:02d}", S1, {"vv": f"{number}.tif"})
    table, made = extracted(parcels, tmp_path / "s.parquet", **ask(server, S1, bands=("VV",)))
    values = table.groupby("date")["VV"].agg(["min", "max"])
    expected = 10 * np.log10(0.1 * np.arange(1, 8))
    np.testing.assert_allclose(values["min"], expected, atol=1e-5)
    np.testing.assert_allclose(values["max"], expected, atol=1e-5)
    assert made.seasons[0].images == 7
    assert sum(path.startswith("/search") for path in server.read) == 3


def test_two_relative_orbits_are_two_bands(server, parcels, tmp_path):
    for name, power, state, number in (("a", 0.1, "ascending", 175), ("d", 0.01, "descending", 80)):
        write_image(server.folder / f"{name}.tif", constant(power))
        about = {"sat:orbit_state": state, "sat:relative_orbit": number}
        server.add(name, "2021-04-05", S1, {"vv": f"{name}.tif", "vh": f"{name}.tif"}, **about)
    table, made = extracted(parcels, tmp_path / "s.parquet", **ask(server, S1, per_orbit=True))
    assert made.bands == ("VV_asc_175", "VV_desc_080", "VH_asc_175", "VH_desc_080")
    np.testing.assert_allclose(table["VV_asc_175"], -10, atol=1e-5)
    np.testing.assert_allclose(table["VH_desc_080"], -20, atol=1e-5)
    assert len(table) == 50


def test_sentinel_2_is_one_reflectance_whatever_the_baseline_and_the_catalogue(server, parcels, tmp_path):
    stated = {"B04": {"raster:bands": [{"scale": 1e-4, "offset": -0.1, "nodata": 0}]}}
    as_11 = {"B04": {"bands": [{"name": "B04"}], "raster:scale": 1e-4, "raster:offset": -0.1, "nodata": 0}}
    scene(server, "old", "2021-04-01", 2000, **{"s2:processing_baseline": "03.01"})
    scene(server, "new", "2021-04-02", 3000, **{"s2:processing_baseline": "04.00"})
    scene(server, "newer", "2021-04-03", 3000, **{"processing:version": "05.11"})
    scene(server, "stated", "2021-04-04", 3000, assets=stated)
    scene(server, "as-1.1", "2021-04-05", 3000, assets=as_11)
    done = {"earthsearch:boa_offset_applied": True, "s2:processing_baseline": "05.00"}
    left = {**done, "earthsearch:boa_offset_applied": False}
    scene(server, "applied", "2021-04-06", 2000, assets=stated, **done)
    scene(server, "not-applied", "2021-04-07", 3000, assets=stated, **left)
    table, made = extracted(parcels, tmp_path / "s.parquet", **ask(server, S2, bands=("B04",)))
    assert made.seasons[0].dates == 7
    np.testing.assert_allclose(table["B04"], 0.2, atol=1e-6)


def test_an_offset_that_nobody_states_is_an_error_unless_it_is_given(server, parcels, tmp_path):
    scene(server, "silent", "2021-04-01", 3000)
    options = ask(server, S2, bands=("B04",))
    with pytest.raises(ExtractError, match="Give --offset -0"):
        extracted(parcels, tmp_path / "s.parquet", **options)
    table, _ = extracted(parcels, tmp_path / "s.parquet", scale=1e-4, offset=-0.1, **options)
    np.testing.assert_allclose(table["B04"], 0.2, atol=1e-6)
    table, _ = extracted(parcels, tmp_path / "s.parquet", offset=-0.1, **options)  # the scale is the source's
    np.testing.assert_allclose(table["B04"], 0.2, atol=1e-6)
    assert reflectance({"baseline": "0510"}, None, None) == (1e-4, -0.1)
    assert reflectance({"baseline": "02.14"}, None, None) == (1e-4, 0.0)


def test_clouds_and_no_data_leave_gaps_and_their_share_is_said(server, parcels, tmp_path):
    half = constant(4, (32, 32), "uint8")
    half[:, :10] = 9  # cloud over the western half of the field
    half[:, 10:11] = 3  # and its shadow
    about = {"s2:processing_baseline": "03.01"}
    scene(server, "cloudy", "2021-04-01", 2000, classes=8, **about)
    scene(server, "half", "2021-04-02", 2000, classes=half, **about)
    scene(server, "clear", "2021-04-03", 2000, **about)
    scene(server, "empty", "2021-04-04", 0, **about)
    options = ask(server, S2, bands=("B04",), pixels=1000)
    table, made = extracted(parcels, tmp_path / "s.parquet", **options)
    assert [str(day.date()) for day in sorted(table["date"].unique())] == ["2021-04-02", "2021-04-03"]
    assert list(table.groupby("date").size()) == [7 * 18, 18 * 18]  # from column 22 on
    np.testing.assert_allclose(table["B04"], 0.2, atol=1e-6)
    assert made.seasons[0].masked == pytest.approx((2 + 11 / 18) / 4)


def test_a_token_is_fetched_for_a_described_source_and_sent_to_no_other_host(server, parcels, tmp_path):
    write_image(server.folder / "private" / "red.tif", constant(500, dtype="int16"))
    write_image(server.folder / "private" / "quality.tif", constant(1, dtype="uint8"))
    server.add("a", "2021-04-01", OWN, {"Red": "private/red.tif", "qa": "private/quality.tif"})
    source = tmp_path / "own.toml"
    text = (
        'scale = 0.001\noffset = 0.1\n[assets]\nB04 = "Red"\n[mask]\nasset = "qa"\nexclude = [0]\n'
        f'[tokens]\nurl = "{server.url}/token/{{collection}}"\nhosts = ["HOST"]\n'
    )
    source.write_text(text.replace("HOST", "127.0.0.1"))
    table, _ = extracted(parcels, tmp_path / "s.parquet", **ask(server, OWN, source=str(source)))
    np.testing.assert_allclose(table["B04"], 0.6, atol=1e-6)
    assert sum(path.startswith("/token") for path in server.read) == 1
    server.read.clear()
    source.write_text(text.replace("HOST", ".example.org"))
    with pytest.raises(ExtractError, match=r"\.tif cannot be read as GeoTIFF") as caught:
        extracted(parcels, tmp_path / "s.parquet", **ask(server, OWN, source=str(source)))
    assert "sig=" not in str(caught.value)
    assert not any("sig=" in path or path.startswith("/token") for path in server.read)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scale = ", "is not TOML"),
        ("scales = 1", "unknown scales. Known: assets"),
        ('unit = "watt"', "unit is 'watt'. Write power, decibel, as-is"),
        ('scale = "a tenth"', "scale is 'a tenth'"),
        ('[mask]\nasset = "SCL"', "lacks exclude"),
    ],
)
def test_a_source_that_is_described_wrongly_says_what_is_wrong(server, parcels, tmp_path, text, words):
    source = tmp_path / "own.toml"
    source.write_text(text)
    with pytest.raises(ExtractError) as caught:
        extracted(parcels, tmp_path / "s.parquet", **ask(server, OWN, source=str(source)))
    assert words in str(caught.value)


def test_an_item_opens_nothing_but_http_and_geotiff(server, parcels, tmp_path):
    secret = write_image(tmp_path / "secret.tif", constant(0.1))
    write_image(server.folder / "x.tif", constant(0.1))
    options = ask(server, OWN, bands=("VV",))
    server.add("a", "2021-04-01", OWN, {"VV": "x.tif"})
    asset = server.client.items[0]["assets"]["VV"]
    for href in (f"file://{secret}", f"/vsizip/{secret}", "s3://bucket/x.tif"):
        asset["href"] = href
        with pytest.raises(ExtractError, match=r"no http\(s\) address|cannot be read as GeoTIFF"):
            extracted(parcels, tmp_path / "s.parquet", **options)
    asset["alternate"] = {"https": {"href": f"{server.url}/files/x.tif"}}
    assert extracted(parcels, tmp_path / "s.parquet", **options)[1].rows == 50
    del asset["alternate"]
    (server.folder / "x.vrt").write_text(
        "<VRTDataset rasterXSize='64' rasterYSize='64'><VRTRasterBand dataType='Float32' band='1'>"
        f"<SimpleSource><SourceFilename>{secret}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    asset["href"] = f"{server.url}/files/x.vrt"
    with pytest.raises(ExtractError, match="cannot be read as GeoTIFF"):
        extracted(parcels, tmp_path / "s.parquet", **options)


def test_a_fault_of_the_api_names_its_cure(server, parcels, tmp_path):
    def complaint(**options):
        with pytest.raises(ExtractError) as caught:
            extracted(parcels, tmp_path / "s.parquet", **options)
        return str(caught.value)

    unknown = complaint(**ask(server, "mine", bands=("a",)))
    assert "it has own, sentinel-1-rtc, sentinel-2-l2a. Choose one with" in unknown
    assert "it does not answer" in complaint(stac="http://127.0.0.1:9", collection=S1)
    assert "answers with status 404" in complaint(stac=f"{server.url}/nowhere", collection=S1)
    assert "It begins with https://" in complaint(stac="file:///etc", collection=S1)
    assert "Name them with --bands" in complaint(**ask(server, OWN))
    assert "has no image over the parcels (longitude 19." in complaint(**ask(server, S1))
    scene(server, "a", "2021-04-01", 3000)
    assert "has no asset for B08; it has B04, SCL" in complaint(**ask(server, S2, bands=("B08",)))
    del server.client.items[0]["assets"]["SCL"]
    assert "has no asset SCL or scl for the mask" in complaint(**ask(server, S2, bands=("B04",)))
