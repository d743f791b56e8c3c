"""How do the options differ? Macro F1, classes, confusion, and the price of convenience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.decisions import alternatives, rows
from engine.decisions.comparison import Question, comparisons
from engine.decisions.comparison_wording import question_titles, shared_sentence, untried_sentence
from engine.decisions.decision import Aims, Decision, able
from engine.decisions.metric_wording import axis_title, left_out_sentence
from engine.decisions.options import Option
from engine.decisions.report_wording import diagnosis_sentences
from engine.decisions.selection import families_of, in_family, select, trip_like
from engine.decisions.wording import plan_title, points
from engine.domain import LEVEL, PlanError, Study
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.experiments.scores import Metric, Per, difference
from engine.fieldwork.costs import Tariff
from engine.sampling.families import CONVENIENCE, Family
from engine.views.alternatives import alternatives as alternatives_chart
from engine.views.by_method import Marked, by_method
from engine.views.class_f1 import class_f1
from engine.views.confusion import confusion as confusion_chart
from engine.views.member_weights import member_weights
from engine.views.trade_off import Axis
from pages import _cache as cache
from pages import _chosen as picks
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _once as once
from pages import _state as state
from pages._study_experiment import the_study
from pages._widgets import Choices, choose, choose_id, pick, several_ids, switch
from pages._window import narrow

TERMS = (
    "Per-pixel F1", "Per-parcel F1", "Interval", "Equal count", "Equal cost", "Confusion matrix", "Diagnosis",
    "Member weight", "Zero-shot", "Transfer (fine-tuning)", "From scratch", "Groundplan ensemble",
)  # fmt: skip
AXES: list[Axis] = ["cost", "radius", "parcels"]
VIEWS = Choices({"options": "Options", layout.STUDY_VIEW: "The study's experiment"})
BEHIND = ["Table", "Price of convenience", "Classes", "Confusion", "Why", "Learners"]
FAMILY, MARK_SEEN = "compare-family", "compare-mark-seen"
NO_TRIP = "No trip of this comparison is answered yet."
AT_EQUAL = """\
Parcels near the departure are cheap to visit, and alike. At equal **count**, designs that spread score more
and cost more. At equal **cost**, they visit fewer parcels. Only equal cost tells whether convenience pays."""


class Asked(NamedTuple):
    """What was asked for on this page or another."""

    season: str
    tariff: Tariff
    aims: Aims


class Place(NamedTuple):
    """Where controls stand, and whether the page is seen on a phone."""

    row: DeltaGenerator
    on_phone: bool


@layout.error_boundary
def compare(study: Study) -> None:
    """Comparisons of one season and departure, or the study's experiment."""
    view = choose_id("View", VIEWS, layout.VIEW, label_visibility="collapsed")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = inputs.season(study)
        departure = inputs.departure(study)
        tariff = inputs.tariff()
        aims = inputs.aims(study, tariff.currency)
    archive = state.archive()
    _, damaged = cache.outcomes(study, archive)
    outcomes = cache.current_outcomes(study, archive)
    state.follow_runs(archive)
    for complaint in damaged:
        st.warning(complaint, icon=":material/warning:")
    answers = once.of(comparisons, study, outcomes)
    if view == layout.STUDY_VIEW:
        the_study(study, answers, season, departure, tariff)
    elif answers:
        compared = select(study, answers, season, departure)
        if compared.instead:
            st.info(layout.plain(compared.instead), icon=":material/info:")
        asked = Asked(season, tariff, aims)
        on_phone = narrow("compare-window")
        row = st.container(horizontal=not on_phone, vertical_alignment="bottom")
        with row:
            question = one_of({question: answers[question] for question in compared.questions})
        decided = decided_or_none(study, outcomes, question, asked)
        drawn = curves(study, answers[question], asked, decided, Place(row, on_phone))
        behind(study, answers, question, asked, drawn)
    else:
        st.info("No plan of this study is answered yet. Run plans first.", icon=":material/info:")
        layout.link_to_experiments("Run plans")


def one_of(answers: Mapping[Question, Sequence[Outcome]]) -> Question:
    """The comparison to show, of those of one season and departure."""
    titles = question_titles(answers)
    if len(titles) == 1:
        return next(iter(answers))
    return titles[pick("Comparison", list(titles), "compare-comparison", width=280)]


def decided_or_none(
    study: Study, outcomes: Sequence[Outcome], question: Question, asked: Asked
) -> Decision | None:
    """The decision that rests on a comparison; None where it rests on another, or nothing can be advised."""
    place = question.target, question.departure
    try:
        decided = cache.decide(study, outcomes, *place, asked.tariff, *asked.aims)
    except PlanError:  # no trip is within the budget, or none has the score: Overview says so
        return None
    return decided if decided and decided.question == question else None


def curves(
    study: Study, answered: Sequence[Outcome], asked: Asked, decided: Decision | None, place: Place
) -> list[Option]:
    """One family of designs, a panel a method; returns what is drawn."""
    metric, currency = asked.aims.metric, asked.tariff.currency
    chosen, left_out = able(answered, metric)
    options = cache.priced(study, chosen, asked.tariff, metric)
    mark = marked(study, options, asked, decided)
    with place.row:
        family = family_of(chosen, mark)
        axis = choose("Against", AXES, "compare-axis")
    alike = in_family(chosen, family)
    methods, keys = methods_of(alike), {outcome.plan.key for outcome in alike}
    drawn = [
        option
        for option in options
        if option.plan.key in keys and (option.plan.method.name in methods or not option.visits)
    ]
    chart = once.of(by_method, drawn, axis, state.dark(), currency, mark, place.on_phone)
    layout.draw(chart, key="compare-curves")
    layout.data_note(
        study,
        f". Bands are {LEVEL:.0%} intervals: repeats, and a block bootstrap of the "
        f"{chosen[0].test_parcels:,} test parcels.",
    )
    layout.provisional_note([option.outcome for option in drawn])
    untried = untried_sentence(chosen, alike, family.label)
    for sentence in filter(None, [untried, left_out_sentence(len(left_out), metric)]):
        st.caption(layout.plain(sentence))
    return drawn


def behind(
    study: Study,
    answers: Mapping[Question, Sequence[Outcome]],
    question: Question,
    asked: Asked,
    drawn: Sequence[Option],
) -> None:
    """What is behind the curves."""
    metric = asked.aims.metric
    chosen, _ = able(answers[question], metric)
    match choose("Behind the curves", BEHIND, "compare-behind"):
        case "Table":
            table_of(study, drawn, question, metric)
        case "Price of convenience":
            options = cache.priced(study, chosen, asked.tariff, metric)
            convenience(options, asked.tariff.currency)
        case "Classes":
            by_class([option.outcome for option in drawn], metric.per)
        case "Confusion":
            confusion(chosen, metric.per)
        case "Why":
            why(study, chosen, metric)
        case _:
            learners(answers, question, metric)


def marked(study: Study, options: Sequence[Option], asked: Asked, decided: Decision | None) -> Marked | None:
    """The trip that Overview shows; for a season without labels the trip of the same design and size."""
    followed = picks.followed(asked.season) if study.is_open(asked.season) else None
    if followed:
        option = trip_like(options, followed)
        word = "chosen" if picks.is_chosen() else "recommended"
        return Marked(option, f"{word} for {asked.season}") if option else None
    if decided is None:
        return None
    chosen = picks.chosen_option(decided)
    option = chosen or decided.advice.recommended
    word = "chosen" if chosen else "recommended"
    season = decided.question.target
    return Marked(option, word + f" for {season}" * (season != asked.season)) if option.visits else None


def family_of(outcomes: Sequence[Outcome], mark: Marked | None) -> Family:
    """Which designs to draw; at first those of the trip that is marked, also once another trip is."""
    families = {family.name: family for family in families_of(outcomes)}
    if not families:
        return CONVENIENCE
    of_mark = mark.option.plan.design.families if mark else ()
    first = next((family.name for family in of_mark if family.name in families), next(iter(families)))
    key = mark.option.plan.key if mark else ""
    if state.stored_input(MARK_SEEN) not in (None, key):
        state.set_input(FAMILY, first)
    state.store_input(MARK_SEEN, key)
    labels = {name: family.label for name, family in families.items()}
    return families[choose_id("Designs", Choices(labels), FAMILY, first)]


def methods_of(outcomes: Sequence[Outcome]) -> list[str]:
    """Ids of the methods to draw; all, unless some are chosen."""
    names = list(dict.fromkeys(trip.plan.method.name for trip in trips_of(outcomes)))
    if len(names) < 2:
        return names
    every = inputs.methods()
    choices = Choices({name: every.labels[name] for name in names}, every.old_ids)
    return several_ids("Methods", choices, names, "compare-methods") or names


def table_of(study: Study, options: Sequence[Option], question: Question, metric: Metric) -> None:
    """The outcomes that are drawn, with their gains over the map without a trip."""
    details = switch("Details", "compare-details", help="Keys, test parcels, calibration, computing time.")
    table = cache.compared(study, options).dropna(axis="columns", how="all")
    layout.table(table, columns.compared(metric, details), key="compare-table")
    if details:
        st.caption(layout.plain(shared_sentence(question)))


def convenience(options: Sequence[Option], currency: str) -> None:
    """A trip beside other designs, at equal count and at equal cost."""
    largest = alternatives.largest_circle(options)
    if largest is None:
        st.info(NO_TRIP, icon=":material/info:")
        return
    trips = {plan_title(trip.plan): trip for trip in trips_of(options)}
    index = list(trips).index(plan_title(largest.plan))
    trip = trips[pick("This trip beside other designs", list(trips), "compare-beside", index=index)]
    st.markdown(AT_EQUAL)
    baseline = baseline_of(options)
    left, right = st.columns(2, gap="medium")
    with left:
        alike = alternatives.equal_count(options, trip)
        chart = once.of(alternatives_chart, alike, trip, baseline, "count", state.dark(), currency)
        layout.draw(chart, key="compare-equal-count")
    with right:
        alike = alternatives.equal_cost(options, trip)
        chart = once.of(alternatives_chart, alike, trip, baseline, "cost", state.dark(), currency)
        layout.draw(chart, key="compare-equal-cost")


def by_class(outcomes: Sequence[Outcome], per: Per) -> None:
    """F1 of each class."""
    names = {outcome.plan.method.name for outcome in trips_of(outcomes)}
    every = inputs.methods()
    labels = {name: label for name, label in every.labels.items() if name in names}
    if not labels:
        st.info(NO_TRIP, icon=":material/info:")
        return
    method = choose_id("Method", Choices(labels, every.old_ids), "compare-method")
    layout.draw(once.of(class_f1, outcomes, method, per, state.dark()), key="compare-classes")


def confusion(outcomes: Sequence[Outcome], per: Per) -> None:
    """Two confusion matrices side by side."""
    names = {plan_title(outcome.plan): outcome for outcome in outcomes}
    for column, label, index, key in zip(
        st.columns(2, gap="medium"),
        ("Plan", "Other plan"),
        (0, len(names) - 1),
        ("compare-one", "compare-another"),
        strict=True,
    ):
        with column:
            name = pick(label, list(names), key, index=index)
            chart = once.of(confusion_chart, names[name], name, per, state.dark())
            layout.draw(chart, key=f"{key}-confusion")


def why(study: Study, outcomes: Sequence[Outcome], metric: Metric) -> None:
    """How the visited parcels differ from the area, and what the members of an ensemble weigh."""
    trips = {plan_title(trip.plan): trip for trip in trips_of(outcomes)}
    if not trips:
        st.info(NO_TRIP, icon=":material/info:")
        return
    trip = trips[pick("Why this trip gains or loses", list(trips), "compare-why")]
    baseline = baseline_of(outcomes)
    if baseline:
        gain = points(difference(trip, baseline, metric))
        st.markdown(f"**{gain}** over the map without a trip")
    for sentence in (*diagnosis_sentences(cache.diagnosis(study, trip)), *trip.notes):
        st.markdown(f"- {layout.plain(sentence)}")
    weights = member_weights([trip], state.dark())
    if weights:
        layout.draw(weights, key="compare-member-weights")
    st.caption("Parcels of the first repeat, beside the parcels that it was tested on.")


def learners(answers: Mapping[Question, Sequence[Outcome]], question: Question, metric: Metric) -> None:
    """Networks and trees side by side."""
    layout.table(rows.learner_table(answers, question, metric), columns.learners(), key="compare-learners")
    st.caption(
        f"{axis_title(metric)}, in comparisons that differ in the learner alone. To fill a column, run the "
        "same plans with another learner."
    )


compare(layout.open_page("How do the options differ?", TERMS))
