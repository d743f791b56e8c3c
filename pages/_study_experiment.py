"""The published study's experiment beside what is answered here, and the three lessons that it taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from engine.decisions.comparison import Question
from engine.decisions.lesson_wording import (
    NOT_ANSWERED,
    SOURCE,
    answered_sentence,
    here_sentences,
    lesson_title,
    season_sentence,
    study_sentence,
)
from engine.decisions.published import published_table
from engine.decisions.study_experiment import Lesson, experiment, lessons
from engine.domain import LEVEL, Departure, Study
from engine.experiments.outcome import Outcome
from engine.experiments.scores import MACRO_F1
from engine.fieldwork.costs import Tariff
from engine.views.study_experiment import StudyAxis, number_sign, study_experiment
from pages import _cache as cache
from pages import _columns as columns
from pages import _layout as layout
from pages import _once as once
from pages import _state as state
from pages._widgets import choose
from pages._window import narrow

AXES: dict[str, StudyAxis] = {"radius": "radius", "cost": "cost"}


def the_study(
    study: Study,
    answers: Mapping[Question, Sequence[Outcome]],
    season: str,
    departure: Departure,
    tariff: Tariff,
) -> None:
    """Zero-shot, transfer, from scratch and random samples at the study's sizes."""
    found = experiment(answers, season, departure)
    if found is None:
        st.info(NOT_ANSWERED, icon=":material/info:")
        layout.link_to_experiments("Run the study's plans")
    else:
        said = [season_sentence(study, found, season, departure), answered_sentence(found)]
        st.markdown(layout.plain(" ".join(filter(None, said))))
        axis = AXES[choose("Against", list(AXES), "compare-study-axis")]
        options = cache.priced(study, found.outcomes, tariff, MACRO_F1)
        taught = lessons(found)
        chart = once.of(
            study_experiment,
            options,
            taught,
            axis,
            state.dark(),
            tariff.currency,
            narrow("compare-study-window"),
        )
        layout.draw(chart, key="compare-study-chart")
        layout.data_note(
            study,
            ". Numbers are what a random sample scores more than the circle with as many parcels, in points. "
            f"Bands are {LEVEL:.0%} intervals. The study published no costs: its circles stand at ours.",
        )
        layout.provisional_note(found.outcomes)
        for place, lesson in zip(st.columns(len(taught), gap="medium", border=True), taught, strict=True):
            with place:
                teach(lesson)
    outcomes = found.outcomes if found else ()
    layout.table(published_table(outcomes), columns.published(), key="compare-study")
    st.caption(SOURCE)


def teach(lesson: Lesson) -> None:
    """A lesson of the study, and whether the outcomes show it."""
    st.markdown(f"**{number_sign(lesson.number)} {layout.plain(lesson_title(lesson))}**")
    st.badge(f"Here: {lesson.found}", color="blue" if lesson.found == "shown" else "gray")
    st.markdown(f":gray[Study:] {layout.plain(study_sentence(lesson))}")
    st.markdown(f":gray[Here:] {layout.plain(' '.join(here_sentences(lesson)))}")
