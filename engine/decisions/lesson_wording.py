"""The sentences of the study's lessons: what it taught, what it measured, and what the outcomes here say."""

from __future__ import annotations

from collections.abc import Sequence

from engine.decisions.published import CIRCLE, RADII_KM, RANDOM_GAINS, ZERO_SHOT
from engine.decisions.study_experiment import Experiment, Finding, Lesson
from engine.decisions.texts import counted, listed, points
from engine.decisions.wording import label_of
from engine.domain import Departure, Estimate, Study
from engine.learning.methods import METHODS
from engine.learning.methods.transfer import Transfer

SOURCE = (
    "Study: Pandžić et al., EGU24-3127, measured Sentinel-1 series of Vojvodina, macro F1 over pixels beyond "
    "30 km, without intervals. Random sample: as many parcels as the circle holds, over the whole area."
)
NOT_ANSWERED = "No trip of the study's experiment is answered yet. Run its plans first."
SHORTEST, LONGEST = RADII_KM[0], RADII_KM[-1]


def lesson_title(lesson: Lesson) -> str:
    """The lesson in a sentence.

    Parameters
    ----------
    lesson
        Of the study.
    """
    least, most = (f"{100 * gain:.0f}" for gain in RANDOM_GAINS)
    return {
        "short trip": "A short trip is worse than none.",
        "circle": f"The circle costs {least} to {most} points.",
        "more samples": "More samples shrink that gap.",
    }[lesson.kind]


def lessons_sentence(lessons: Sequence[Lesson]) -> str:
    """How many of the lessons the outcomes show; without a full stop.

    Parameters
    ----------
    lessons
        Of the study, with their findings.
    """
    found = [lesson.found for lesson in lessons]
    counts = {word: found.count(word) for word in dict.fromkeys(found)}
    said = [f"{count} {'is' if count == 1 else 'are'} {word}" for word, count in counts.items()]
    return f"Of the study's {len(found)} lessons, {listed(said)} here"


def study_sentence(lesson: Lesson) -> str:
    """What the study measured.

    Parameters
    ----------
    lesson
        Of the study.
    """
    short = CIRCLE[Transfer.name][SHORTEST]
    least, most = (f"{100 * gain:.0f}" for gain in RANDOM_GAINS)
    return {
        "short trip": f"Fine-tuned within {SHORTEST:g} km the map reached {short:.0%}, without a trip "
        f"{ZERO_SHOT:.0%}: {100 * (short - ZERO_SHOT):+.0f} points.",
        "circle": f"As many parcels at random scored {least} to {most} points more.",
        "more samples": "The more parcels, the smaller that difference. Its abstract has no figures by size.",
    }[lesson.kind]


def here_sentences(lesson: Lesson) -> list[str]:
    """What the outcomes say of the lesson.

    Parameters
    ----------
    lesson
        With its findings.
    """
    if not lesson.findings:
        return ["Its plans are not answered yet."]
    if lesson.kind == "short trip":
        return _of_short_trips(lesson.findings)
    if lesson.kind == "circle":
        return _of_circles(lesson.findings)
    return [_of_more_samples(finding) for finding in lesson.findings]


def season_sentence(study: Study, answered: Experiment, season: str, departure: Departure) -> str:
    """Of which season the experiment is, and why of no other.

    Parameters
    ----------
    study
        With its labels.
    answered
        The study's experiment.
    season, departure
        What was asked for.
    """
    question = answered.question
    where = f"{question.target} from {question.departure.title}"
    if (question.target, question.departure) == (season, departure):
        return f"Season {where}."
    if study.is_open(season):
        return f"{season} has no labels to test on. Shown is {where}."
    return f"The study's methods are not answered for {season} from {departure.title}. Shown is {where}."


def answered_sentence(answered: Experiment) -> str:
    """How much of the study's experiment is answered; empty where all of it is.

    Parameters
    ----------
    answered
        The study's experiment.
    """
    plans, count = 1 + 2 * sum(map(len, CIRCLE.values())), len(answered.outcomes)
    return "" if count >= plans else f"{count} of its {plans} plans are answered."


def _of_short_trips(findings: Sequence[Finding]) -> list[str]:
    """The shortest trip decides; the others follow in one sentence."""
    first, *others = findings
    meaning = {
        "shown": "The trip makes the map worse.",
        "unclear": "The interval includes 0, so the data cannot show a difference.",
        "not shown": "The trip makes the map better.",
    }[first.found]
    rest = listed([f"{points(_turned(other.change))} at {other.km[0]:g} km" for other in others])
    sentences = [
        f"{first.km[0]:g} km against no trip: {points(_turned(first.change))}. {meaning}",
        f"Longer trips: {rest}." if rest else "",
    ]
    return [sentence for sentence in sentences if sentence]


def _of_circles(findings: Sequence[Finding]) -> list[str]:
    sentences = []
    for method in dict.fromkeys(finding.method for finding in findings):
        gaps = [finding for finding in findings if finding.method == method]
        values = [100 * gap.change.value for gap in gaps]
        span = f"{min(values):.1f} to {max(values):.1f}" if len(values) > 1 else f"{values[0]:.1f}"
        above = sum(gap.found == "shown" for gap in gaps)
        count = "all intervals are" if above == len(gaps) else f"{above} of {counted(len(gaps), 'interval')}"
        verb = "" if above == len(gaps) else " are" if above != 1 else " is"
        sentences.append(f"{label_of(METHODS[method])}: {span} points; {count}{verb} above 0.")
    least, most = RANDOM_GAINS
    beyond = [finding for finding in findings if not least <= round(finding.change.value, 2) <= most]
    if beyond:
        sentences.append(f"{len(beyond)} of {len(findings)} lie outside the study's range.")
    return sentences


def _of_more_samples(finding: Finding) -> str:
    """How the gap changes from the smallest to the largest sample."""
    change = points(_turned(finding.change))
    meaning = {
        "shown": "It shrinks.",
        "unclear": "The data cannot show a change.",
        "not shown": "It grows.",
    }[finding.found]
    first, last = finding.km
    return f"{label_of(METHODS[finding.method])}, from {first:g} to {last:g} km: {change}. {meaning}"


def _turned(change: Estimate) -> Estimate:
    return Estimate(-change.value, -change.high, -change.low, change.level)
