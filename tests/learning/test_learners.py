"""A learner whose library is missing is refused in words."""

import pytest

from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.plan import grid
from engine.experiments.run import answer
from engine.learning import learners
from tests import made_up


def test_without_its_library_a_plan_is_refused_before_anything_is_computed(tmp_path, monkeypatch):
    study = made_up.study(parcels=40)
    plans = grid(
        study, "2021", study.departure, [30], ["radius"], ["scratch"], "cnn1d", made_up.TINY, repeats=1
    )
    monkeypatch.setattr(learners, "find_spec", lambda name: None)
    with pytest.raises(PlanError, match=r"needs the library torch.*requirements\.txt"):
        answer(study, plans, Archive(tmp_path))
    assert not list(tmp_path.iterdir())


def test_what_this_installation_has_may_learn():
    for name in learners.LEARNERS:
        learners.require(name)
