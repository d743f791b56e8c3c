"""The app on a free port of this machine, behind a relay that counts what it sends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
PATIENCE_S = 120
POLL_S = 0.02


class Relay(threading.Thread):
    """Stands between browser and server and counts the bytes that the server sends."""

    def __init__(self, server_port: int) -> None:
        super().__init__(daemon=True)
        self.server_port, self.sent = server_port, 0
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]

    def run(self) -> None:
        """Connect every browser to the server."""
        while True:
            browser, _ = self.listener.accept()
            server = socket.create_connection((HOST, self.server_port))
            for source, target, counts in ((browser, server, False), (server, browser, True)):
                threading.Thread(target=self.pass_on, args=(source, target, counts), daemon=True).start()

    def pass_on(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        """One direction of a connection, until either end hangs up."""
        try:
            while data := source.recv(65536):
                self.sent += len(data) if counts else 0
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Memory:
    """Resident and unshared memory of a server with all children, in MB of 10^6 bytes."""

    rss: float
    uss: float


@dataclass(frozen=True)
class Server:
    """A running app.

    Parameters
    ----------
    address
        Of the relay in front of it.
    began, ready
        When it was started and when it answered, seconds since 1970.
    """

    address: str
    relay: Relay
    process: psutil.Process
    began: float
    ready: float

    @property
    def memory(self) -> Memory:
        """What it uses now."""
        family = [self.process, *self.process.children(recursive=True)]
        usage = [process.memory_full_info() for process in family]
        return Memory(sum(info.rss for info in usage) / 1e6, sum(info.uss for info in usage) / 1e6)


@contextmanager
def served(study: Path | None, workspace: Path, relayed: bool = True) -> Iterator[Server]:
    """The app from a cold start; without a study, on the demo. ``relayed``: bytes are to be counted."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GROUNDPLAN_")}
    environment |= {"GROUNDPLAN_WORKSPACE": str(workspace / "workspace")}
    environment |= {"GROUNDPLAN_STUDY": str(study)} if study else {}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    command += [f"--server.address={HOST}", "--server.headless=true"]
    relay, log_file = Relay(port), workspace / "server.log"
    relay.start()
    with log_file.open("a") as log:
        began = time.time()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_until_ready(f"http://{HOST}:{port}", process, log_file)
            address = f"http://{HOST}:{relay.port if relayed else port}"
            yield Server(address, relay, psutil.Process(process.pid), began, time.time())
        finally:
            _stop(process)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log_file: Path) -> None:
    deadline = time.time() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None or time.time() > deadline:
                raise SystemExit(log_file.read_text()) from None
            time.sleep(POLL_S)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
