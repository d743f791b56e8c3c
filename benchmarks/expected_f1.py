"""What the map without a trip expects of itself in every season that the forecast is checked on.

    python benchmarks/expected_f1.py --fergana FOLDER_WITH_PARCELS_AND_SERIES
    python benchmarks/methods.py --only tables      # the forecast with it

No label of a season is looked at. The rows are in benchmarks/results/expected_f1.json; a season that is there
is not computed again, so the command may be stopped and repeated. A season takes about a minute on one core.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.methods import fergana_cases, landscape_cases
from benchmarks.rows import EXPECTED, FERGANA, LANDSCAPE, ROOT, Expected, read_expected
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.plan import Plan
from engine.experiments.repeat import expected_without_labels, setting_of
from engine.learning.methods import BASELINE
from engine.learning.setting import NoObserver

PARTS = {LANDSCAPE: "seasons", FERGANA: "methods"}  # of `benchmarks.rows.Place`


def questions(options: argparse.Namespace, folder: Path) -> Iterator[tuple[Expected, Study, Plan]]:
    """Every season, with the map without a trip; its number is still to be filled in."""
    cases = list(fergana_cases(options.fergana, folder)) if options.fergana else []
    for case in (*cases, *landscape_cases(options.landscapes, options.workers)):
        place = case.place
        if PARTS.get(place.data) == place.part:
            (plan,) = (plan for plan in case.plans if plan.method.name == BASELINE)
            yield Expected(place.data, place.seed, place.target, 0.0), case.study, plan


def main() -> None:
    """Compute what is missing, a season at a time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fergana", type=Path, help="folder with parcels.parquet and series.parquet")
    parser.add_argument("--archive", type=Path, default=ROOT / "build" / "methods")
    parser.add_argument("--landscapes", type=Path, default=ROOT / "build" / "landscapes")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    rows, archive = read_expected(), Archive(options.archive)
    with tempfile.TemporaryDirectory() as folder:
        for season, study, plan in questions(options, Path(folder)):
            if any(dataclasses.replace(row, macro_f1=0.0) == season for row in rows):
                continue
            found = expected_without_labels(study, plan, archive, setting_of(plan, 0, "cpu", NoObserver()))
            assert found is not None
            rows.append(dataclasses.replace(season, macro_f1=found))
            records = [dataclasses.asdict(row) for row in rows]
            EXPECTED.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
            print(f"{season.data} {season.seed or ''} {season.target}: {100 * found:.1f}", flush=True)


if __name__ == "__main__":
    main()
