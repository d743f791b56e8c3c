"""A design is one class and one entry: it is drawn, sized, described and listed like the others."""

import contextlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from engine.__main__ import main
from engine.domain import PlanError
from engine.sampling import DESIGNS, design_by_name, design_order
from engine.sampling.distances import with_distances
from engine.sampling.limits import Limit, sized
from engine.sampling.protocol import SizedDesign
from engine.sampling.random import Random
from tests import made_up

STUDY = made_up.study(parcels=60)
PARCELS = with_distances(STUDY.parcels_in("2021"), STUDY.departure)


@dataclass(frozen=True)
class Northern(SizedDesign):
    """The northernmost parcels."""

    name: ClassVar[str] = "northern"
    label: ClassVar[str] = "Northern"
    description: ClassVar[str] = "in the north"

    def ranked(self, fields, rng):
        return np.argsort(-fields["north_km"].to_numpy(), kind="stable")


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(DESIGNS, Northern.name, Northern)


def test_it_is_found_by_its_name_and_listed_among_the_choices():
    assert design_by_name("northern", 20) == Northern(20)
    assert [*DESIGNS][-1] == "northern"
    assert design_order(Northern(20)) == design_order(design_by_name("embedding", 20)) + 1
    with pytest.raises(PlanError, match="northern"):
        design_by_name("southern", 20)


def test_it_draws_by_its_ranking():
    design = design_by_name("northern", 30)
    visits = PARCELS["parcel_id"].isin(design.draw(PARCELS, np.random.default_rng(0)))
    assert visits.sum() == Random(30).count(PARCELS)
    assert PARCELS.loc[visits, "north_km"].min() >= PARCELS.loc[~visits, "north_km"].max()


def test_it_is_sized_by_number_and_money():
    assert sized(design_by_name("northern", 1), Limit("parcels", 12), PARCELS, None).count(PARCELS) == 12


def test_the_command_line_offers_it(capsys):
    with contextlib.suppress(SystemExit):
        main(["run", "study", "--target", "2021", "--design", "southern"])
    assert "northern" in capsys.readouterr().err
