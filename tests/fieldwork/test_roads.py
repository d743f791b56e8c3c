"""Distances: straight lines against geodesics, routing servers against small ones on loopback."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from pyproj import Geod

from engine.fieldwork.costs import Tariff, exactly
from engine.fieldwork.roads import RoadsError, Server, Straight

LON, LAT = np.array([19.845, 20.2, 19.1]), np.array([45.255, 45.9, 44.9])
KM = [[0.0, 90.0, 70.0], [91.0, 0.0, 150.0], [71.0, 151.0, 0.0]]
HOURS = [[0.0, 1.5, 1.2], [1.6, 0.0, 2.5], [1.3, 2.6, 0.0]]


class Answers(BaseHTTPRequestHandler):
    """A routing server that knows three places."""

    hole = False

    def do_GET(self):
        metres = [[1000 * km for km in row] for row in KM]
        if self.hole:
            metres[1][2] = None
        count = len(self.path.split("?")[0].rpartition("/")[2].split(";"))
        good = {
            "code": "Ok",
            "distances": metres,
            "durations": [[3600 * hour for hour in row] for row in HOURS],
        }
        self._reply(good if count == 3 else {"code": "TooBig", "message": "Too many table coordinates"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert body["sources"][0] == {"lon": 19.845, "lat": 45.255}
        cells = [
            [{"distance": km, "time": 3600 * hour} for km, hour in zip(*rows, strict=True)]
            for rows in zip(KM, HOURS, strict=True)
        ]
        self._reply({"sources_to_targets": cells})

    def _reply(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200 if answer.get("code", "Ok") == "Ok" else 400)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Keep quiet."""


@pytest.fixture
def url():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def test_straight_distances_are_geodesics_times_the_detour():
    made = Straight().distances(LON, LAT, Tariff(detour=1.3, road_km_h=50))
    geodesic = Geod(ellps="WGS84").inv(LON[:1].repeat(2), LAT[:1].repeat(2), LON[1:], LAT[1:])[2] / 1000
    assert made.km[0, 1:] == pytest.approx(1.3 * geodesic, rel=1e-6)
    assert made.km == pytest.approx(made.km.T)
    assert made.hours == pytest.approx(made.km / 50)
    assert made.spread == exactly(1.0)


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_a_routing_server_gives_its_roads(url, kind):
    made = Server(url, kind).distances(LON, LAT, Tariff())
    assert made.km == pytest.approx(np.array(KM))
    assert made.hours == pytest.approx(np.array(HOURS))
    assert made.spread == exactly(1.0)


def test_places_without_a_way_between_them_are_named(url, monkeypatch):
    monkeypatch.setattr(Answers, "hole", True)
    with pytest.raises(RoadsError, match=r"no way from 20\.2000, 45\.9000 to 19\.1000, 44\.9000"):
        Server(url).distances(LON, LAT, Tariff())


def test_a_server_that_refuses_says_why(url):
    with pytest.raises(RoadsError, match="Too many table coordinates"):
        Server(url).distances(LON[:2], LAT[:2], Tariff())


def test_a_server_that_answers_something_else_is_explained(url, monkeypatch):
    monkeypatch.setattr(Answers, "_reply", lambda self, answer: self.send_error(404))
    with pytest.raises(RoadsError, match=r"answered 404 .* and no routing table\. Check"):
        Server(url).distances(LON, LAT, Tariff())


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "file:///etc/passwd", "nonsense"])
def test_a_server_that_is_not_there_is_explained(address):
    with pytest.raises(RoadsError, match=r"does not answer|no address of a routing server"):
        Server(address).distances(LON, LAT, Tariff())
