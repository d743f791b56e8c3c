"""How do the options differ? Macro F1 against radius or parcels, beside staying at home."""

import streamlit as st

from engine.experiments import rivals
from engine.experiments import table as tables
from engine.fieldwork.costs import Tariff
from engine.views import curves
from engine.views import rivals as beside
from pages import columns, session

AXES = {"radius": "by radius", "parcels": "by parcels visited", "cost": "by cost"}
SCORES = {"pixels": "over pixels", "voted": "over parcels"}

study = session.study()
session.header("How do the options differ?", study)
outcomes, damaged = session.outcomes(study)
for complaint in damaged:
    st.warning(complaint, icon=":material/warning:")
comparisons = tables.comparisons(study, outcomes)
if not comparisons:
    st.info("No plan of this study is answered yet.", icon=":material/info:")
    st.page_link("pages/experiments.py", label="Run the first ones", icon=":material/play_arrow:")
    st.stop()

question = st.selectbox("Comparison", list(comparisons), format_func=lambda one: one.title, key="question")
with st.container(horizontal=True):
    axis = st.segmented_control(
        "Axis", AXES, default="radius", format_func=AXES.get, required=True, key="axis"
    )
    score = st.segmented_control(
        "Macro F1", SCORES, default="pixels", format_func=SCORES.get, required=True, key="score"
    )
chosen = comparisons[question]
tariff = Tariff()
options = session.priced(study, chosen, tariff)
chart = curves.macro_f1(chosen, axis, score, session.dark(), options, currency=tariff.currency)
session.draw(chart, key="curves")
st.caption(
    f"{study.provenance.capitalize()} data. Bands are 95 % intervals from repeats and a block bootstrap of "
    f"the {chosen[0].test_parcels:,} test parcels together."
)
view = st.segmented_control(
    "Behind the curves",
    ["Table", "Designs", "Classes", "Confusion"],
    default="Table",
    required=True,
    key="behind",
)
if view == "Table":
    st.dataframe(tables.table(chosen), hide_index=True, column_config=columns.COLUMNS, key="table")
    st.stop()

if view == "Designs":
    trips = {session.name_outcome(one.outcome): one for one in options if one.outcome.plan.method.visits}
    if not trips:
        st.info("No trip of this comparison is answered yet.", icon=":material/info:")
        st.stop()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        to = trips[st.selectbox("This trip beside other designs", list(trips), key="to")]
        basis = st.segmented_control(
            "At equal", ["count", "cost"], default="count", required=True, key="basis"
        )
    found = rivals.equal_count(options, to) if basis == "count" else rivals.equal_cost(options, to)
    home = next((one for one in options if not one.outcome.plan.method.visits), None)
    session.draw(beside.rivals(found, to, home, basis, session.dark()), key="rivals")
    st.caption(
        "At equal count the parcels are as many; at equal cost they are as many as the same money pays for, "
        "by the default tariff. The two rank designs differently: going far is what costs."
    )
    st.stop()

with st.container(horizontal=True):
    names = {session.name_outcome(one): one for one in chosen}
    pair = [
        st.selectbox(label, list(names), index=index, key=key)
        for label, index, key in (("One plan", 0, "one"), ("and another", len(names) - 1, "another"))
    ]
if view == "Classes":
    both = [names[name] for name in pair]
    session.draw(curves.per_class(both, pair, score, session.dark()), key="per-class")
else:
    for number, (column, name) in enumerate(zip(st.columns(2), pair, strict=True)):
        with column:
            session.draw(
                curves.confusion(names[name], name, score, session.dark()), key=f"confusion-{number}"
            )
