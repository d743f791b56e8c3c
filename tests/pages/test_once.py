from __future__ import annotations

import threading
import time
from types import SimpleNamespace

from engine.decisions.decision import Aims
from engine.experiments.scores import Metric
from pages import _once as once
from pages import _turns as turns


def test_the_same_inputs_are_computed_once_and_others_anew() -> None:
    calls = []

    def answer(aims: Aims, parts: list[object], dark: bool) -> list[object]:
        calls.append((aims, dark))
        return [*parts]

    part = SimpleNamespace()
    first = once.of(answer, Aims(1.0), [part], False)
    assert once.of(answer, Aims(1.0), [part], False) is first
    assert once.of(answer, Aims(2.0), [part], False) is not first
    assert once.of(answer, Aims(1.0, metric=Metric("accuracy")), [part], False) is not first
    assert once.of(answer, Aims(1.0), [SimpleNamespace()], False) is not first
    assert once.of(answer, Aims(1.0), [part], True) is not first
    assert len(calls) == 5


def test_few_pages_are_drawn_at_once_and_a_page_that_breaks_gives_its_turn_back() -> None:
    drawn, most = 0, 0
    lock = threading.Lock()

    def page(breaks: bool) -> None:
        nonlocal drawn, most
        try:
            with turns.taken():
                with lock:
                    drawn += 1
                    most = max(most, drawn)
                time.sleep(0.02)
                with lock:
                    drawn -= 1
                if breaks:
                    raise ValueError
        except ValueError:
            pass

    pages = [threading.Thread(target=page, args=(number % 2 == 0,)) for number in range(12)]
    for each in pages:
        each.start()
    for each in pages:
        each.join(5)
    assert not any(each.is_alive() for each in pages)
    assert most == turns.AT_ONCE
