"""Whatever reads files, as a campaign calls it: it takes what it is given, or raises a `GroundplanError`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from safetensors.numpy import load

from engine.decisions import routed_files, scenario_store
from engine.decisions.decision import decide
from engine.decisions.scenario import check, parsed
from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.codec import from_json
from engine.experiments.plan import Plan
from engine.experiments.queue import in_turn, turns_of
from engine.fieldwork.costs import read_tariff
from engine.fieldwork.simulated_visit import Observers, fill_in
from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.sample_file import read_sample
from engine.mapping.accuracy.tables import of_drawn, read_map, read_references
from engine.mapping.findings import kept_doubts, kept_learning_curve
from engine.mapping.jobs import map_status, work_on_map
from engine.mapping.kept_maps import latest_map
from engine.mapping.store import MAPS, kept_map
from engine.sampling.lists import read_ids
from engine.studies.cubes import read_cube
from engine.studies.extract.registry import SOURCES
from engine.studies.extract.sources import source_of
from engine.studies.ingest import IngestRequest, ingest
from engine.studies.ingest.mapping import read_mapping
from engine.studies.labels.importing import LabelRequest, take, understand
from engine.studies.packed import bring_back
from engine.studies.store import open_study, profiles_of, save_study, summary
from engine.studies.uploads import receive
from engine.views.report import record
from tests.fuzz import samples

Make = Callable[[Path], dict[str, bytes]]


@dataclass(frozen=True)
class Target:
    """A kind of file and what reads it.

    Parameters
    ----------
    kind
        The row of the table that it counts in.
    victims
        Names of the files that are damaged, one a case.
    make
        Sound files.
    read
        Reads them from a folder; gets the name of the damaged one.
    """

    kind: str
    victims: tuple[str, ...]
    make: Make
    read: Callable[[Path, str, np.random.Generator], object]


def _given(files: Callable[[], dict[str, bytes]]) -> Make:
    return lambda folder: dict(files())


def _in_folder(make: Make) -> Callable[[], dict[str, bytes]]:
    @cache
    def made() -> dict[str, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            return make(Path(folder))

    return made


MAPS_MADE = _in_folder(samples.maps)
LABELS_MADE = _in_folder(samples.labels)
STUDY_MADE = _in_folder(samples.study_folder)
MAP_MADE = _in_folder(samples.kept_map)


def _foreign() -> dict[str, bytes]:
    return {**MAPS_MADE(), **samples.series()}


def _ingest(folder: Path, victim: str, rng: np.random.Generator) -> None:
    parcels = victim if victim.startswith("p") else "p.geojson"
    series = "s.parquet" if victim.startswith("p") else victim
    changes: dict[str, object] = {}
    if rng.random() < 0.3:
        changes["drop_faulty"] = True
    if rng.random() < 0.3:
        changes["trust_values"] = True
    if rng.random() < 0.2:
        changes["crs"] = "EPSG:32634"
    request = IngestRequest((folder / parcels,), (folder / series,), "Try", step=12)
    made = ingest(replace(request, **changes))  # type: ignore[arg-type]
    save_study(made.study, folder / "out", missing=made.missing)
    open_study(folder / "out")


def _study(folder: Path, victim: str, rng: np.random.Generator) -> None:
    read_cube.cache_clear()
    study = open_study(folder)
    summary(study)
    profiles_of(study)
    for label in study.cubes:
        study.cubes[label].values.sum()


def _archive(folder: Path, victim: str, rng: np.random.Generator) -> None:
    """A damaged outcome beside sound ones: it is named, and they answer."""
    outcomes = folder / "outcomes"
    outcomes.mkdir()
    for name in samples.outcomes():
        (folder / name).rename(outcomes / name)
    _rename_as_it_claims(outcomes / victim)
    study = samples.demo()
    found, complaints = Archive(folder).contents(study)
    assert len(found) >= len(samples.outcomes()) - 1, complaints
    plan = found[0].plan
    decide(study, found, plan.target, plan.departure, read_tariff("default"))


def _rename_as_it_claims(path: Path) -> None:
    """Under the name of the plan that it holds, as somebody else's outcome would be, and not the first's."""
    try:
        facts = json.loads(path.read_bytes())
        plan = from_json(Plan, facts["plan"])
        path.write_text(json.dumps({**facts, "key": plan.key}))
        path.rename(path.with_name(f"{plan.key}.json"))
    except Exception:  # it holds no plan: it stays under its name
        return


def _weights(folder: Path, victim: str, rng: np.random.Generator) -> None:
    (folder / "models").mkdir()
    for path in list(folder.glob("*.*")):
        path.rename(folder / "models" / path.name)
    found = Archive(folder).weights(Path(victim).stem)
    if found is not None:  # else they are trained again
        sound = load(samples.weights()[f"{Path(victim).stem}.safetensors"])
        assert found[0].keys() == sound.keys()
        assert all(np.array_equal(found[0][name], sound[name]) for name in sound), "another network"


def _jobs(folder: Path, victim: str, rng: np.random.Generator) -> None:
    """A damaged job beside a sound one: the queue goes on."""
    place = folder / "jobs"
    for name in ("bad", "good"):
        (place / name).mkdir(parents=True)
    for name, content in samples.job().items():
        (place / "good" / name).write_bytes(content)
        (folder / name).rename(place / "bad" / name)
    every = jobs.every(folder)
    statuses = jobs.live_statuses(folder)
    in_turn({job: replace(job.status(), state="queued") for job in every}, turns_of(folder))
    for job in every:
        job.plans()
        job.owner()
        json.dumps(job.status().row(), allow_nan=False)
        job.status().share()
    assert len(statuses) <= len(every)
    assert any(job.folder.name == "good" and job.plans() for job in every)


def _map_job(folder: Path, victim: str, rng: np.random.Generator) -> None:
    """The damaged job of a map: how it stands is known, and its worker ends with a sentence."""
    request = samples.map_request()
    place = folder / "jobs" / f"map-{request.key}"
    place.mkdir(parents=True)
    for name in samples.map_job():
        (folder / name).rename(place / name)
    status = map_status(request, folder)
    if status is not None:
        json.dumps(status.row(), allow_nan=False)
    if status is not None and status.live:
        work_on_map(place)
        ended = map_status(request, folder)
        assert ended.state == "failed"
        assert "A fault of Groundplan" not in ended.complaint


def _tariff(folder: Path, victim: str, rng: np.random.Generator) -> None:
    tariff = read_tariff(str(folder / victim))
    plan = samples.some_outcomes()[0].plan
    decide(samples.demo(), samples.some_outcomes(), plan.target, plan.departure, tariff)


def _decision(folder: Path, victim: str, rng: np.random.Generator) -> None:
    path = folder / victim
    record.check(record.read(path), samples.demo(), path)


def _scenario(folder: Path, victim: str, rng: np.random.Generator) -> None:
    found = parsed((folder / victim).read_bytes(), victim)
    check(found, samples.made())


def _scenario_shelf(folder: Path, victim: str, rng: np.random.Generator) -> None:
    archive, study = Archive(folder), samples.made()
    sound = samples.scenarios()["north.json"]
    scenario_store.save(archive, study, parsed(sound, "north"))
    shelf = next((folder / "scenarios").iterdir())
    (folder / victim).rename(shelf / "other-0.json")
    (folder / "undo.json").write_bytes((shelf / "other-0.json").read_bytes())
    found, complaints = scenario_store.read_all(archive, study)
    assert len(found) + len(complaints) == 2
    scenario_store.last_change(archive, study)


def _labels(folder: Path, victim: str, rng: np.random.Generator) -> None:
    study = _laid(folder / "study", STUDY_MADE())
    for journal in (study / "labels").glob("*.json"):
        journal.unlink()
    understand(study, [folder / victim], LabelRequest(new_class="add", any_study=True))
    take(study, [folder / victim], LabelRequest(new_class="add", any_study=True, rule="latest"))
    open_study(study)


def _visit(folder: Path, victim: str, rng: np.random.Generator) -> None:
    crops = {str(name): "maize" for name in samples.made().parcels_in(samples.SEASON)["parcel_id"]}
    fill_in(folder / victim, crops, ("maize", "wheat"), Observers(0.1, 0.1, 0), folder / "filled.gpkg")


def _sample(folder: Path, victim: str, rng: np.random.Generator) -> None:
    table = read_map(folder / (victim if victim.startswith("map") else "map.csv"))
    sample, references = read_sample(folder / "sample.json"), read_references(folder / "references.csv")
    frame, rows = of_drawn(sample, table, references)
    assess(frame, rows)


def _kept_map(folder: Path, victim: str, rng: np.random.Generator) -> None:
    place = folder / MAPS / samples.KEY
    place.mkdir(parents=True)
    for path in list(folder.glob("*.*")):
        path.rename(place / path.name)
    latest_map(samples.made(), samples.SEASON, folder, "scratch")
    kept_learning_curve(folder, samples.KEY)
    kept_doubts(folder, samples.KEY)
    found = kept_map(folder, samples.KEY)
    if found is not None:
        _ = found.areas_ha, found.validation and found.validation.macro_f1


def _list(folder: Path, victim: str, rng: np.random.Generator) -> None:
    read_ids(folder / victim)


def _upload(folder: Path, victim: str, rng: np.random.Generator) -> None:
    receive(folder / "up", [(victim, partial((folder / victim).open, "rb"))])


def _packed(folder: Path, victim: str, rng: np.random.Generator) -> None:
    with (folder / victim).open("rb") as stream:
        bring_back(folder / "ws", stream)


def _laid(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _study_zip() -> dict[str, bytes]:
    return {"study.zip": samples.zipped({f"study/{name}": each for name, each in STUDY_MADE().items()})}


def _routed(folder: Path, victim: str, rng: np.random.Generator) -> None:
    place = routed_files.path_of(folder, Path(victim).stem)
    place.parent.mkdir()
    (folder / victim).rename(place)
    routed_files.read(folder, place.stem, *samples.routed_request())


PARCELS = ("p.gpkg", "p.geojson", "p.zip", "p.parquet", "p.csv", "p.fgb", "p.kml")
STUDY = ("study.toml", "parcels.parquet", "series-2020.parquet", "labels/2021-1.json")
TARGETS = (
    *(Target(f"parcels ({name.partition('.')[2]})", (name,), _given(_foreign), _ingest) for name in PARCELS),
    Target("series", ("s.csv", "s.parquet", "wide.csv"), _given(_foreign), _ingest),
    Target("study folders", STUDY, _given(STUDY_MADE), _study),
    Target("exported studies", ("study.zip",), _given(_study_zip), _packed),
    Target("uploads", ("p.zip", "p.gpkg"), _given(_foreign), _upload),
    Target("outcomes", tuple(samples.outcomes()), _given(samples.outcomes), _archive),
    Target("weights", tuple(samples.weights()), _given(samples.weights), _weights),
    Target("jobs", ("request.json", "status.json"), _given(samples.job), _jobs),
    Target("jobs of maps", ("request.json", "status.json"), _given(samples.map_job), _map_job),
    Target("tariffs", ("t.toml",), _given(samples.tariff), _tariff),
    Target("plans and decisions", ("decision.json",), _given(samples.decision), _decision),
    Target("scenarios", ("north.json",), _given(samples.scenarios), _scenario),
    Target("kept scenarios", ("north.json",), _given(samples.scenarios), _scenario_shelf),
    Target("labels", ("l.csv", "l.gpkg", "kobo.csv", "l.geojson"), _given(LABELS_MADE), _labels),
    Target("field plans", ("l.gpkg",), _given(LABELS_MADE), _visit),
    Target("accuracy samples", ("sample.json", "references.csv", "map.csv", "map.parquet"),
           _given(lambda: samples.sampled()[1]), _sample),
    Target("kept maps", ("map.json", "map.parquet", "details.parquet", "doubts.json", "learning-curve.json"),
           _given(MAP_MADE), _kept_map),
    Target("ways to read files", ("m.toml",), _given(samples.mapping), lambda f, v, r: read_mapping(f / v)),
    Target("image sources", ("s.toml",), _given(samples.source),
           lambda f, v, r: source_of(str(f / v), SOURCES)),
    Target("routed trips", tuple(samples.routed()), _given(samples.routed), _routed),
    Target("lists of parcels", ("l.csv",), _given(LABELS_MADE), _list),
)  # fmt: skip
