"""Damaged files end accepted or in one clear error, and the campaign tells how each ended."""

from __future__ import annotations

import pytest

from engine.domain import GroundplanError
from tests.fuzz import campaign, sleepless
from tests.fuzz.campaign import ENDS, Case, cases, table, tried
from tests.fuzz.targets import TARGETS, Target

SLOW = ("parcels", "series", "labels", "field plans", "exported studies", "kept maps")
FEW, MANY = (
    1,
    5,
)  # cases of a damage, of kinds that are slow and quick to read


@pytest.mark.parametrize("number", range(len(TARGETS)), ids=[target.kind for target in TARGETS])
def test_damaged_files_are_read_or_end_in_one_clear_error(number, tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path))
    many = FEW if TARGETS[number].kind.startswith(SLOW) else MANY
    asked = [Case(number, "bytes", seed) for seed in range(many)]
    asked += [Case(number, "structure", 1_000 + seed) for seed in range(2 * many)]
    bad = [result for result in map(tried, asked) if result.end not in ("clean error", "accepted")]
    assert bad == []


def made(raises: Exception | None, leaves: str = "") -> Target:
    def read(folder, victim, rng):
        (folder / (leaves or "a")).touch()
        if raises:
            raise raises

    return Target("made", ("a.json",), lambda folder: {"a.json": b"{}"}, read)


@pytest.mark.parametrize(
    ("target", "end"),
    [
        (made(None), "accepted"),
        (made(GroundplanError("The file a.json is empty. Give another.")), "clean error"),
        (made(GroundplanError("no")), "traceback"),
        (made(ValueError("x")), "traceback"),
        (made(RecursionError()), "traceback"),
        (made(None, ".writing-b"), "partial files"),
        (made(GroundplanError("The file a.json is empty. Give another."), "b.partial"), "partial files"),
    ],
)
def test_a_campaign_tells_how_a_case_ended(monkeypatch, target, end):
    monkeypatch.setattr("tests.fuzz.targets.TARGETS", (target,))
    result = tried(Case(0, "bytes", 1))
    assert result.end == end
    assert f"| {end} |" in table([result]).splitlines()[0] or end == ENDS[0] or end == ENDS[-1]
    assert "| made | 1 |" in table([result])


def test_the_same_seed_damages_alike():
    assert cases({"bytes": 30, "structure": 30}, 7) == cases({"bytes": 30, "structure": 30}, 7)
    wanted = next(number for number, target in enumerate(TARGETS) if target.kind == "tariffs")
    first, again = (tried(Case(wanted, "structure", 5)) for _ in range(2))
    assert (first.end, first.why.split()[-3:]) == (again.end, again.why.split()[-3:])


def test_a_case_that_hangs_is_ended_and_its_process_replaced(monkeypatch):
    monkeypatch.setattr(campaign, "HANG_S", 1.5)
    monkeypatch.setattr(campaign, "_work", sleepless.work)
    asked = [Case(0, "bytes", seed) for seed in (sleepless.HANGS, sleepless.DIES, sleepless.READS)]
    found = {result.case.seed: result.end for result in campaign.run(asked, 1)}
    assert found == {sleepless.HANGS: "hang", sleepless.DIES: "traceback", sleepless.READS: "accepted"}
