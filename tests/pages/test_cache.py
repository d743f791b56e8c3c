"""The one way in which pages keep results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from engine.domain import Departure, Study
from engine.experiments.archive import Archive
from pages._kept import cached
from tests import made_up


class Thing:
    """A thing that cannot be hashed."""

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __init__(self, name: str) -> None:
        self.name = name
        self.exists = True


def test_a_result_is_computed_once_a_key_and_its_arguments_are_not_hashed() -> None:
    calls = []

    @cached(lambda thing, more=0: (thing.name, more), entries=4)
    def described(thing: Thing, more: int = 0) -> str:
        calls.append((thing.name, more))
        return f"{thing.name} {more}"

    assert described(Thing("a")) == described(Thing("a")) == "a 0"
    assert described(Thing("a"), more=1) == "a 1"
    assert calls == [("a", 0), ("a", 1)]
    assert described.__name__ == "described"


def test_two_functions_with_the_same_key_do_not_share_a_result() -> None:
    @cached(lambda: "the same", entries=1)
    def first() -> int:
        return 1

    @cached(lambda: "the same", entries=1)
    def second() -> int:
        return 2

    assert (first(), second()) == (1, 2)


def test_a_result_that_is_not_valid_any_more_is_computed_anew() -> None:
    @cached(lambda: "thing", entries=1, valid=lambda thing: thing.exists)
    def made() -> Thing:
        return Thing("thing")

    thing = made()
    assert made() is thing
    thing.exists = False
    assert made() is not thing


def test_studies_of_equal_data_and_archives_of_two_users_do_not_share_a_result() -> None:
    @cached(lambda study, archive: study.fingerprint, entries=8)
    def named(study: Study, archive: Archive) -> str:
        return f"{study.name}, {study.departure.name}, {archive.folder.name}"

    first = made_up.study(parcels=10, times=3, pixels=1)
    second = replace(first, name="Other", departure=Departure(20.0, 45.0, "Other town"))
    ana, bo = Archive(Path("/w/ana")), Archive(Path("/w/bo"))
    assert len({named(study, archive) for study in (first, second) for archive in (ana, bo)}) == 4
    assert named(second, bo) == "Other, Other town, bo"
