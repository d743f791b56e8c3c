"""The examples in docstrings run, and every design and every method has one."""

import doctest
import importlib
import pkgutil

import pytest

import engine
from engine.learning.methods import METHODS
from engine.sampling import DESIGNS

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(engine.__path__, "engine.")
    if not module.name.endswith("__main__")
)
CLASSES = [*METHODS.values(), *DESIGNS.values()]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_say(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_design_and_every_method_has_an_example(kind):
    assert doctest.DocTestFinder(recurse=False).find(kind, kind.__name__)[0].examples
