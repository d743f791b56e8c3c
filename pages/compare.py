"""How do the options differ? Macro F1, classes, mistakes, and the price of convenience."""

import streamlit as st

from engine.decisions import alternatives as alternatives
from engine.decisions import comparison as tables
from engine.decisions import rows
from engine.decisions.advice import difference
from engine.decisions.options import Option
from engine.decisions.wording import diagnosis_sentences, plan_title, question_title
from engine.domain import Study
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.views import alternatives as beside
from engine.views import classes, curves
from engine.views import member_weights as member_weights
from pages import _columns as columns
from pages import _inputs as ask
from pages import _layout as show
from pages import _state as session

AXES = ["radius", "parcels", "cost"]
SCORES = ["pixels", "parcels"]
VIEWS = ["Table", "Price of convenience", "Classes", "Confusion", "Why", "Learners", "The study"]
CONVENIENCE = """\
Parcels near the departure are cheap to visit, and alike. At equal **count** designs that spread score more,
and cost more; at equal **cost** they visit fewer parcels. Only the second says whether convenience pays."""


@session.error_boundary
def compare(study: Study) -> None:
    """The answers of one comparison."""
    outcomes, damaged = session.outcomes(study)
    for complaint in damaged:
        st.warning(complaint, icon=":material/warning:")
    comparisons = tables.comparisons(study, outcomes)
    if not comparisons:
        st.info("No plan of this study is answered yet.", icon=":material/info:")
        if session.may_run():
            st.page_link("pages/experiments.py", label="Run the first ones", icon=":material/play_arrow:")
        return
    titles = {question_title(question): answers for question, answers in comparisons.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = titles[ask.pick("Comparison", list(titles), "compare-comparison")]
        tariff = ask.tariff()
    with st.container(horizontal=True):
        axis = ask.choose("Axis", AXES, "compare-axis")
        score = ask.choose("Macro F1 over", SCORES, "compare-score", help=columns.SCORE_HELP)
    options = session.priced(study, chosen, tariff)
    chart = curves.macro_f1(chosen, axis, score, session.dark(), options, currency=tariff.currency)
    show.draw(chart, key="compare-curves")
    st.caption(
        f"{study.provenance.capitalize()} data. Bands are 95 % intervals from repeats and a block bootstrap "
        f"of the {chosen[0].test_parcels:,} test parcels together."
    )
    view = ask.choose("Behind the curves", VIEWS, "compare-behind")
    if view == "Table":
        st.dataframe(
            rows.outcome_table(chosen).dropna(axis="columns", how="all"),
            hide_index=True,
            column_config=columns.COLUMNS,
            placeholder=columns.MISSING,
            key="compare-table",
        )
    elif view == "Price of convenience":
        convenience(options, tariff.currency)
    elif view == "Classes":
        by_class(chosen, score)
    elif view == "Confusion":
        mistakes(chosen, score)
    elif view == "Why":
        why(study, chosen)
    elif view == "Learners":
        learners(comparisons, next(one for one in comparisons if comparisons[one] is chosen))
    else:
        the_study(chosen)


def convenience(options: list[Option], currency: str) -> None:
    """A trip beside other designs, at equal count and at equal cost."""
    trips = {plan_title(one.plan): one for one in trips_of(options)}
    usual = alternatives.largest_circle(options)
    if usual is None:
        st.info("No trip of this comparison is answered yet.", icon=":material/info:")
        return
    index = list(trips).index(plan_title(usual.plan))
    to = trips[ask.pick("This trip beside other designs", list(trips), "compare-beside", index=index)]
    st.markdown(CONVENIENCE)
    home = baseline_of(options)
    left, right = st.columns(2, gap="medium")
    with left:
        found = alternatives.equal_count(options, to)
        show.draw(
            beside.alternatives(found, to, home, "count", session.dark(), currency), key="compare-equal-count"
        )
    with right:
        found = alternatives.equal_cost(options, to)
        show.draw(
            beside.alternatives(found, to, home, "cost", session.dark(), currency), key="compare-equal-cost"
        )


def by_class(outcomes: list[Outcome], score: str) -> None:
    """F1 of each class."""
    methods = list(dict.fromkeys(one.plan.method.name for one in trips_of(outcomes)))
    if not methods:
        st.info("No trip of this comparison is answered yet.", icon=":material/info:")
        return
    method = ask.choose("Method", methods, "compare-method")
    show.draw(classes.small_multiples(outcomes, method, score, session.dark()), key="compare-classes")


def mistakes(outcomes: list[Outcome], score: str) -> None:
    """Two confusion matrices side by side."""
    names = {plan_title(one.plan): one for one in outcomes}
    last = len(names) - 1
    for column, label, index, key in zip(
        st.columns(2, gap="medium"),
        ("One plan", "and another"),
        (0, last),
        ("compare-one", "compare-another"),
        strict=True,
    ):
        with column:
            name = ask.pick(label, list(names), key, index=index)
            show.draw(curves.confusion(names[name], name, score, session.dark()), key=f"{key}-confusion")


def why(study: Study, outcomes: list[Outcome]) -> None:
    """What stands between a trip and the area."""
    trips = {plan_title(one.plan): one for one in trips_of(outcomes)}
    if not trips:
        st.info("No trip of this comparison is answered yet.", icon=":material/info:")
        return
    one = trips[ask.pick("Why this trip gains or loses", list(trips), "compare-why")]
    home = baseline_of(outcomes)
    if home:
        gain = difference(one.macro_f1, home.macro_f1)
        st.markdown(
            f"**{100 * gain.value:+.1f} points** over staying at home ({100 * gain.low:+.1f} to "
            f"{100 * gain.high:+.1f})"
        )
    for reason in diagnosis_sentences(session.diagnosis(study, one)):
        st.markdown(f"- {show.plain(reason)}")
    for note in one.notes:
        st.markdown(f"- {show.plain(note)}")
    vote = member_weights.member_weights([one], session.dark())
    if vote:
        show.draw(vote, key="compare-voters")
    st.caption("By the parcels of the first repeat, beside the parcels that it was tested on.")


def learners(comparisons: dict[tables.Question, list[Outcome]], question: tables.Question) -> None:
    """Networks and trees side by side."""
    table = rows.learner_table(comparisons, question)
    st.dataframe(
        table,
        hide_index=True,
        column_config=columns.LEARNER_COLUMNS,
        placeholder=columns.MISSING,
        key="compare-learners",
    )
    st.caption(
        "Macro F1 over pixels of comparisons that agree in all but the learner. Run the same plans with "
        "another learner to fill a column; groundplan's own vote joins network and trees."
    )


def the_study(outcomes: list[Outcome]) -> None:
    """The study in Vojvodina beside these answers."""
    st.dataframe(
        rows.published_table(outcomes),
        hide_index=True,
        column_config=columns.STUDY_COLUMNS,
        placeholder=columns.MISSING,
        key="compare-study",
    )
    st.caption(
        "Study: Pandžić et al., EGU24-3127, Sentinel-1 of Vojvodina, measured; macro F1 over pixels beyond "
        "30 km. Random: as many parcels as the circle holds, spread over the area; the study gained 3 to 9 "
        "points by it."
    )


compare(show.opened("How do the options differ?"))
