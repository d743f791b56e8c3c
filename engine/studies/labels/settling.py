"""The label of each parcel: from all imports that count, conflicts decided by rule or by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.field_form import ACCURACY
from engine.studies.labels.nouns import ANSWERS, Conflict, Import, Label, Rule, Status

Seen = tuple[int, Label]  # number of the import, and what it says
Answer = tuple[Status, str | None]


@dataclass(frozen=True)
class Settled:
    """The labels of a season, one a parcel, and the parcels of which labels disagree."""

    labels: tuple[Label, ...]
    conflicts: tuple[Conflict, ...]


def settle(imports: Iterable[Import], season: str) -> Settled:
    """The label of each parcel of a season; one that nothing decides has the status ``conflict``.

    A parcel with a label for accuracy has only such a label: it never trains anything.

    Parameters
    ----------
    imports
        Of the study; those that were undone do not count.
    season
        Label of the season.
    """
    counted = sorted(
        (each for each in imports if each.season == season and not each.undone), key=lambda each: each.number
    )
    rule = next((each.rule for each in reversed(counted) if each.rule), None)
    by_hand = {parcel: crop for each in counted for parcel, crop in each.decisions.items()}
    seen: dict[str, list[Seen]] = {}
    for each in counted:
        for label in each.labels:
            seen.setdefault(label.parcel_id, []).append((each.number, label))
    labels, conflicts = [], []
    for parcel, said in seen.items():
        said = [pair for pair in said if pair[1].purpose == ACCURACY] or said
        label, conflict = _of_parcel(parcel, said, rule, by_hand.get(parcel))
        labels.append(label)
        conflicts += [conflict] if conflict else []
    return Settled(tuple(labels), tuple(conflicts))


def _of_parcel(
    parcel: str, said: Sequence[Seen], rule: Rule | None, by_hand: str | None
) -> tuple[Label, Conflict | None]:
    answers = [pair for pair in said if pair[1].status in ANSWERS]
    last = _latest(answers or said)[-1][1]
    different = {_answer(label) for _, label in answers}
    if len(different) <= 1 and by_hand is None:
        return last, None
    differing = tuple(label for _, label in answers or said)
    if by_hand is not None:
        return _decided(last, _named(by_hand)), Conflict(parcel, differing, by_hand, "by hand")
    found = _by_rule(answers, rule) if rule else None
    if found is None:
        texts = ", ".join(sorted({label.crop or label.status for label in differing}))
        open_label = replace(last, status=Status.CONFLICT, crop=None, note=f"{texts}. {last.note}".strip())
        return open_label, Conflict(parcel, differing)
    keeps = [label for _, label in answers if _answer(label) == found]
    label = _latest([pair for pair in answers if pair[1] in keeps])[-1][1]
    return label, Conflict(parcel, differing, found[1] or found[0], f"rule {rule}")


def _answer(label: Label) -> Answer:
    return label.status, label.crop


def _named(crop: str) -> Answer:
    return (Status.NO_CROP, None) if crop == Status.NO_CROP else (Status.LABELLED, crop)


def _decided(label: Label, answer: Answer) -> Label:
    return replace(label, status=answer[0], crop=answer[1])


def _latest(said: Sequence[Seen]) -> list[Seen]:
    """By their time; by the order of the imports where some state no time."""
    if all(label.time for _, label in said):
        return sorted(said, key=lambda pair: (pair[1].time, pair[0]))
    return sorted(said, key=lambda pair: pair[0])


def _by_rule(answers: Sequence[Seen], rule: Rule) -> Answer | None:
    """The answer that the rule prefers; None where it prefers several alike."""
    if rule == "latest":
        timed = all(label.time for _, label in answers)
        weights = {
            _answer(label): label.time if timed else f"{number:09d}" for number, label in _latest(answers)
        }
        return _alone(weights)
    if rule == "confidence":
        best: dict[Answer, float] = {}
        for _, label in answers:
            best[_answer(label)] = max(best.get(_answer(label), -1.0), label.confidence or 0.0)
        return _alone(best)
    # The same file may come twice, with more filled in each time.
    once = {(_answer(label), label.observer, label.time or label.file) for _, label in answers}
    return _alone(Counter(answer for answer, _, _ in once))


def _alone(weights: dict[Answer, str] | dict[Answer, float] | Counter[Answer]) -> Answer | None:
    most = max(weights.values())
    found = [answer for answer, weight in weights.items() if weight == most]
    return found[0] if len(found) == 1 else None
