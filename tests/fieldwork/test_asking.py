"""Routing servers that are slow, endless, huge or wrong: each ends in one clear error, in time."""

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from engine.fieldwork import asking
from engine.fieldwork.costs import Tariff
from engine.fieldwork.roads import RoadsError, Server

LON, LAT = np.array([19.8, 20.2]), np.array([45.2, 45.9])
GOOD = [[0, 5000], [5000, 0]]


class Wrong(BaseHTTPRequestHandler):
    """Answers what the test wants."""

    answer: bytes = b"{}"
    redirect = ""
    drip: tuple[bytes, ...] = ()
    encoding = ""
    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        if self.drip:
            try:
                for _ in range(1000):
                    for part in self.drip:
                        self.wfile.write(part)
                    time.sleep(0.02)
            except OSError:
                return
        self.send_response(302 if self.redirect and len(self.asked) == 1 else 200)
        if self.redirect:
            self.send_header("Location", self.redirect)
        if self.encoding:
            self.send_header("Content-Encoding", self.encoding)
        self.end_headers()
        self.wfile.write(self.answer)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *args):
        """Keep quiet."""


@pytest.fixture
def url(monkeypatch):
    monkeypatch.setattr(Wrong, "asked", [], raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Wrong)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def osrm(distances, durations=GOOD):
    return json.dumps({"code": "Ok", "distances": distances, "durations": durations}).encode()


HUGE = b"1" + 400 * b"0"
WRONG_CELLS = [
    osrm([[0, -1], [5000, 0]]),
    osrm([[0, 1e30], [5000, 0]]),
    osrm([[0, float("nan")], [5000, 0]]),
    osrm([[0, float("inf")], [5000, 0]]),
    osrm([[0, "5000"], [5000, 0]]),
    osrm([[0, True], [5000, 0]]),
    osrm([[0, [1]], [5000, 0]]),
    osrm([[0, 5000]]),
    osrm([[0, 5000], [5000]]),
    osrm([5000, 5000]),
    osrm("none"),
    osrm(GOOD, None),
    osrm(GOOD, [[0, -1], [1, 0]]),
    osrm(GOOD).replace(b"5000", HUGE),
    b"[" * 100_000,
    b'{"code": ' + b"9" * 10_000 + b"}",
    b"[]",
    b"",
    b"\xff\xfe",
]


@pytest.mark.parametrize("answer", WRONG_CELLS, ids=range(len(WRONG_CELLS)))
def test_an_answer_that_cannot_be_is_refused(url, monkeypatch, answer):
    monkeypatch.setattr(Wrong, "answer", answer)
    with pytest.raises(RoadsError, match=r"Check that it is an? osrm server|refused"):
        Server(url).distances(LON, LAT, Tariff())


def test_a_valhalla_server_with_wrong_cells_is_refused(url, monkeypatch):
    for rows in ([[{"distance": 0, "time": 0}, 1]] * 2, [1, 2], [], [[{"distance": -1, "time": 1}] * 2] * 2):
        monkeypatch.setattr(Wrong, "answer", json.dumps({"sources_to_targets": rows}).encode())
        with pytest.raises(RoadsError, match="Check that it is"):
            Server(url, "valhalla").distances(LON, LAT, Tariff())


@pytest.mark.parametrize(
    "drip",
    [(b"HTTP/1.1 200 OK\r\n\r\n", b" "), (b"H",), (b"HTTP/1.1 200 OK\r\nX: y\r\n", b"Z: 1\r\n")],
    ids=["body", "first line", "head"],
)
def test_an_answer_that_never_ends_is_given_up_in_time(url, monkeypatch, drip):
    monkeypatch.setattr(Wrong, "drip", drip)
    monkeypatch.setattr(asking, "ANSWER_S", 0.4)
    start = time.monotonic()
    with pytest.raises(RoadsError, match="does not answer"):
        Server(url).distances(LON, LAT, Tariff())
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_of_many_megabytes_is_refused(url, monkeypatch, packed):
    blanks = b" " * 3_000_000
    monkeypatch.setattr(Wrong, "answer", gzip.compress(blanks) if packed else blanks)
    monkeypatch.setattr(Wrong, "encoding", "gzip" if packed else "")
    with pytest.raises(RoadsError, match="answers more than 1 MB"):
        Server(url).distances(LON, LAT, Tariff())


def test_a_server_may_send_on_within_itself_but_to_no_other_host(url, monkeypatch):
    monkeypatch.setattr(Wrong, "answer", osrm(GOOD))
    monkeypatch.setattr(Wrong, "redirect", "/elsewhere")
    assert Server(url).distances(LON, LAT, Tariff()).km[0, 1] == pytest.approx(5)
    assert Wrong.asked[1] == "/elsewhere"
    Wrong.asked.clear()
    monkeypatch.setattr(Wrong, "redirect", url.replace("127.0.0.1", "localhost") + "/secret")
    with pytest.raises(RoadsError, match="sends on to another host, localhost"):
        Server(url).distances(LON, LAT, Tariff())
    assert "/secret" not in Wrong.asked
