"""Studies on the shelf with what belongs to them: their scenarios follow a new name, and go where they go."""

from __future__ import annotations

from dataclasses import replace

from engine.decisions import scenario_store
from engine.domain import StudyError
from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.fingerprints import uses
from engine.files import demo_folder
from engine.studies import shelf
from engine.studies.manifest import FILE, read_manifest
from engine.studies.shelf import Shelved
from engine.studies.store import open_study


def rename(archive: Archive, name: str, new: str) -> Shelved:
    """Give a study another name; its scenarios stay with it.

    Parameters
    ----------
    archive
        Of the workspace that has the study.
    name, new
        See `engine.studies.shelf.rename`.

    Raises
    ------
    StudyError
        See there.
    """
    found = shelf.find(archive.folder, name)
    renamed = shelf.rename(archive.folder, name, new)
    if renamed.name != found.name:
        study = open_study(renamed.folder)
        before = replace(study, name=found.name)
        for scenario in scenario_store.read_all(archive, before)[0]:
            scenario_store.save(archive, study, replace(scenario, study=renamed.name))
        if _is_the_only_one(archive, found.name):
            scenario_store.forget_all(archive, before)
    return renamed


def delete(archive: Archive, name: str) -> Shelved:
    """Remove a study, and its scenarios where no other study has its name.

    Outcomes and models stay in the workspace: they belong to the data, which other studies may have, too.

    Parameters
    ----------
    archive
        Of the workspace that has the study.
    name
        See `engine.studies.shelf.find`.

    Raises
    ------
    StudyError
        Where there is no such study, or a job is at work on it.
    """
    found = shelf.find(archive.folder, name)
    try:
        study = open_study(found.folder)
    except StudyError:
        return shelf.delete(archive.folder, name)  # damaged: nothing can be at work on it
    folder = str(found.folder.resolve())
    if any(
        job.request().get("study") == folder or any(uses(study, plan) for plan in job.plans())
        for job in jobs.live(archive.folder)
    ):
        raise StudyError(
            f"A job is at work on {found.name}. Wait for it or cancel it, then delete the study."
        )
    gone = shelf.delete(archive.folder, found.id)
    if _is_the_only_one(archive, gone.name):
        scenario_store.forget_all(archive, study)
    return gone


def _is_the_only_one(archive: Archive, name: str) -> bool:
    """Whether no study on the shelf, nor the demo, has a name any more."""
    names = {each.name for each in shelf.studies(archive.folder)[0]}
    return name not in names | {read_manifest(demo_folder() / FILE).name}
