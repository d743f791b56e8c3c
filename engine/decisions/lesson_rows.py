"""The study's lessons as rows: the one set of names that JSON has."""

from __future__ import annotations

from typing import Any

from engine.decisions.lesson_wording import here_sentences, lesson_title, study_sentence
from engine.decisions.rows import estimate_row
from engine.decisions.study_experiment import Lesson


def lesson_row(lesson: Lesson) -> dict[str, Any]:
    """A lesson with what was found, nested.

    Parameters
    ----------
    lesson
        Of the study.
    """
    return {
        "number": lesson.number,
        "lesson": lesson_title(lesson),
        "found": lesson.found,
        "study": study_sentence(lesson),
        "here": " ".join(here_sentences(lesson)),
        "findings": [
            {
                "method": finding.method,
                "equivalent_radius_km": list(finding.km),
                "change": estimate_row(finding.change),
                "found": finding.found,
                "keys": list(finding.keys),
            }
            for finding in lesson.findings
        ],
    }
