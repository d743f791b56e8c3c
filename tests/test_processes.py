import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from engine.experiments import spawning
from engine.processes import LOOK_S

CHILD = "from engine.processes import end_with_parent; end_with_parent(); import time; time.sleep(600)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_process_ends_soon_after_its_parent_was_killed(number):
    parent = subprocess.Popen([sys.executable, "-c", PARENT])
    end = time.monotonic() + 60
    while not (children := psutil.Process(parent.pid).children()) or children[0].num_threads() < 2:
        assert time.monotonic() < end
        time.sleep(0.05)
    os.kill(parent.pid, number)
    parent.wait()
    assert not psutil.wait_procs(children, timeout=5 * LOOK_S)[1]


def test_a_spawned_command_is_in_a_session_of_its_own(tmp_path):
    with (tmp_path / "log").open("wb") as log:
        process = spawning.spawn("info", tmp_path / "no study", log)
        if sys.platform != "win32":
            assert os.getsid(process.pid) == process.pid
        assert process.wait(120) == 2
    assert "no study" in (tmp_path / "log").read_text()
