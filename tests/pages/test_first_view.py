"""What the first view of a new server imports: every module is waited for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Of training, routing, exports, reports and simulation: the overview shows none of them; its trip
# ships routed.
UNUSED = (
    "torch", "sklearn", "pyvrp", "matplotlib", "fpdf", "httpx", "gpxpy", "simplekml", "scipy.stats",
    "scipy.cluster", "engine.fieldwork.exports", "engine.fieldwork.solver",
    "engine.studies.simulated_season", "engine.views.report",
)  # fmt: skip
BEFORE_THE_HEADLINE = ("pydeck", "engine.views.maps", "engine.views.chart", "engine.views.forecasts")
OVERVIEW = """
import sys
from streamlit.testing.v1 import AppTest
at_headline = set()
import engine.decisions.glance as glance
first = glance.glance_of_choice
def at_a_glance(*parts):
    at_headline.update(sys.modules)
    return first(*parts)
glance.glance_of_choice = at_a_glance
app = AppTest.from_file(sys.argv[1], default_timeout=120).run()
assert not app.exception, app.exception
assert app.subheader, "There is no headline."
print(" ".join(sorted(at_headline)))
print(" ".join(sorted(sys.modules)))
"""


def test_the_overview_imports_only_what_it_shows(tmp_path: Path) -> None:
    environment = os.environ | {"GROUNDPLAN_WORKSPACE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment.pop("GROUNDPLAN_STUDY", None)
    command = [sys.executable, "-c", OVERVIEW, str(ROOT / "app.py")]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    at_headline, at_the_end = (set(line.split()) for line in done.stdout.splitlines()[-2:])
    assert not at_the_end.intersection(UNUSED)
    assert at_the_end.issuperset(BEFORE_THE_HEADLINE), "The overview draws a map and charts."
    assert not at_headline.intersection(BEFORE_THE_HEADLINE), "The headline waits for no map and no chart."
