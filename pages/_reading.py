"""Files are read in the background, step by step, and become a study that waits for its name."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.domain import Study
from engine.files import make_folder
from pages import _cache as cache
from pages._background import Work
from pages._kept import cached

if TYPE_CHECKING:
    from engine.studies.ingest import Fault, IngestRequest
    from engine.studies.understood import Understood

CURE = "Try again; if it comes back, send other files and report this message."


@dataclass(frozen=True)
class Draft:
    """What files would make.

    Parameters
    ----------
    found
        What was understood; None where there are faults.
    folder
        Where the study waits.
    classes
        Parcels of each class as the files name it.
    """

    found: Understood | None
    faults: tuple[Fault, ...]
    folder: Path | None
    classes: dict[str, int]

    @property
    def there(self) -> bool:
        """Whether the study still waits."""
        return self.folder is None or self.folder.is_dir()

    @property
    def study(self) -> Study:
        """The study, as it would be made."""
        assert self.folder is not None
        return cache.open_study(self.folder)


@dataclass(frozen=True)
class Reading:
    """Files that are being read, or were.

    Parameters
    ----------
    steps
        What was begun so far, the current step last.
    """

    work: Work[Draft]
    steps: list[str] = field(compare=False)

    @property
    def holds(self) -> bool:
        """Whether its draft may still be shown."""
        return not self.work.ended() or (not self.work.failure_seen and self.work.result().there)


@cached(lambda asked, stamps, folder: (asked, stamps, folder), entries=4, valid=lambda reading: reading.holds)
def reading(asked: IngestRequest, stamps: object, folder: Path) -> Reading:
    """Begin to read files, once for each way of reading.

    Parameters
    ----------
    asked
        Files, and how to read them.
    stamps
        When the files were changed.
    folder
        Of the person, for the study.
    """
    for old in folder.glob("study-*"):
        shutil.rmtree(old, ignore_errors=True)
    make_folder(folder)
    name = hashlib.sha256(repr((asked, stamps)).encode()).hexdigest()[:16]
    steps: list[str] = []
    return Reading(
        Work(lambda: _draft(asked, folder / f"study-{name}", steps), "reading the files", cure=CURE), steps
    )


def _draft(asked: IngestRequest, place: Path, steps: list[str]) -> Draft:
    from engine.studies.ingest import IngestError, ingest
    from engine.studies.ingest.look import classes
    from engine.studies.store import save_study
    from engine.studies.understood import understood

    steps.append("Looking at the classes")
    named = classes(asked)
    try:
        result = ingest(asked, progress=steps.append)
    except IngestError as error:
        return Draft(None, error.faults, None, named)
    steps.append("Describing what was understood")
    save_study(result.study, place, missing=result.missing, overwrite=True)
    return Draft(understood(result), (), place, named)
