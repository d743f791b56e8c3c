"""How do the options differ? Macro F1, classes, confusion, and the price of convenience."""

from collections.abc import Sequence

import streamlit as st

from engine.decisions import alternatives, rows
from engine.decisions.comparison import Question, comparisons
from engine.decisions.decision import able
from engine.decisions.metric_wording import axis_title, left_out_sentence
from engine.decisions.options import Option
from engine.decisions.published import published_table
from engine.decisions.report_wording import diagnosis_sentences
from engine.decisions.wording import plan_title, points, question_title
from engine.domain import LEVEL, Study
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.experiments.scores import Metric, Per, difference
from engine.views.alternatives import alternatives as alternatives_chart
from engine.views.class_f1 import class_f1
from engine.views.confusion import confusion as confusion_chart
from engine.views.member_weights import member_weights
from engine.views.trade_off import trade_off
from pages import _cache as cache
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _state as state
from pages._widgets import Choices, choose, choose_id, pick

TERMS = (
    "Per-pixel F1", "Per-parcel F1", "Interval", "Equal count", "Equal cost", "Confusion matrix", "Diagnosis",
    "Member weight", "Zero-shot", "Transfer (fine-tuning)", "From scratch", "Groundplan ensemble",
)  # fmt: skip
AXES = ["radius", "parcels", "cost"]
VIEWS = ["Table", "Price of convenience", "Classes", "Confusion", "Why", "Learners", "The study"]
NO_TRIP = "No trip of this comparison is answered yet."
CONVENIENCE = """\
Parcels near the departure are cheap to visit, and alike. At equal **count**, designs that spread score more
and cost more. At equal **cost**, they visit fewer parcels. Only equal cost tells whether convenience pays."""


@layout.error_boundary
def compare(study: Study) -> None:
    """The outcomes of one comparison."""
    archive = state.archive()
    _, damaged = cache.outcomes(study, archive)
    outcomes = cache.current_outcomes(study, archive)
    state.follow_runs(archive)
    for complaint in damaged:
        st.warning(complaint, icon=":material/warning:")
    answers = comparisons(study, outcomes)
    if not answers:
        st.info("No plan of this study is answered yet. Run plans first.", icon=":material/info:")
        layout.link_to_experiments("Run plans")
        return
    titles = {question_title(question): question for question in answers}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        question = titles[pick("Comparison", list(titles), "compare-comparison")]
        tariff = inputs.tariff()
    with st.container(horizontal=True):
        axis = choose("Axis", AXES, "compare-axis")
        metric = inputs.metric(study)
    chosen, left_out = able(answers[question], metric)
    options = cache.priced(study, chosen, tariff, metric)
    chart = trade_off(chosen, axis, metric, state.dark(), options, currency=tariff.currency)
    layout.draw(chart, key="compare-curves")
    layout.data_note(
        study,
        f". Bands are {LEVEL:.0%} intervals: repeats, and a block bootstrap of the "
        f"{chosen[0].test_parcels:,} test parcels.",
    )
    layout.provisional_note(chosen)
    if sentence := left_out_sentence(len(left_out), metric):
        st.caption(sentence)
    match choose("Behind the curves", VIEWS, "compare-behind"):
        case "Table":
            table = cache.compared(study, options).dropna(axis="columns", how="all")
            layout.table(table, {**columns.compared(metric), "target": None}, key="compare-table")
        case "Price of convenience":
            convenience(options, tariff.currency)
        case "Classes":
            by_class(chosen, metric.per)
        case "Confusion":
            confusion(chosen, metric.per)
        case "Why":
            why(study, chosen, metric)
        case "Learners":
            learners(answers, question, metric)
        case _:
            published(chosen)


def convenience(options: Sequence[Option], currency: str) -> None:
    """A trip beside other designs, at equal count and at equal cost."""
    largest = alternatives.largest_circle(options)
    if largest is None:
        st.info(NO_TRIP, icon=":material/info:")
        return
    trips = {plan_title(trip.plan): trip for trip in trips_of(options)}
    index = list(trips).index(plan_title(largest.plan))
    trip = trips[pick("This trip beside other designs", list(trips), "compare-beside", index=index)]
    st.markdown(CONVENIENCE)
    baseline = baseline_of(options)
    left, right = st.columns(2, gap="medium")
    with left:
        alike = alternatives.equal_count(options, trip)
        chart = alternatives_chart(alike, trip, baseline, "count", state.dark(), currency)
        layout.draw(chart, key="compare-equal-count")
    with right:
        alike = alternatives.equal_cost(options, trip)
        chart = alternatives_chart(alike, trip, baseline, "cost", state.dark(), currency)
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
    layout.draw(class_f1(outcomes, method, per, state.dark()), key="compare-classes")


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
            layout.draw(confusion_chart(names[name], name, per, state.dark()), key=f"{key}-confusion")


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


def learners(answers: dict[Question, list[Outcome]], question: Question, metric: Metric) -> None:
    """Networks and trees side by side."""
    layout.table(rows.learner_table(answers, question, metric), columns.learners(), key="compare-learners")
    st.caption(
        f"{axis_title(metric)}, in comparisons that differ in the learner alone. To fill a column, run the "
        "same plans with another learner."
    )


def published(outcomes: Sequence[Outcome]) -> None:
    """The study in Vojvodina beside these outcomes."""
    layout.table(published_table(outcomes), columns.published(), key="compare-study")
    st.caption(
        "Study: Pandžić et al., EGU24-3127, measured Sentinel-1 series of Vojvodina, macro F1 over pixels "
        "beyond 30 km. Random sample: as many parcels as the circle holds, over the whole area; the study "
        "gained 3 to 9 points by it."
    )


compare(layout.open_page("How do the options differ?", TERMS))
