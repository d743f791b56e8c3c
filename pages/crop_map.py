"""What did we get? The crop map of a season, how good it is, and where to look next."""

import streamlit as st

from engine.decisions.map_wording import map_evidence, map_glance
from engine.domain import Study
from engine.learning.methods import DEFAULT
from engine.learning.recipes import RECIPES
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _map_accuracy as accuracy_of
from pages import _map_files as files_of
from pages import _map_kept as kept
from pages import _map_making as making
from pages import _map_next as next_of
from pages import _map_view as view_of
from pages import _next_day as next_day
from pages import _state as state
from pages._glossary import help_of
from pages._widgets import Choices, choose_id, pick, pick_id

TERMS = (
    "Crop map", "Area of applicability", "Probability sample", "Overall accuracy", "Macro F1",
    "Confusion matrix", "Label", "Method",
)  # fmt: skip
MAP, AREAS, ACCURACY, NEXT, FILES, TRUTH = "map", "areas", "accuracy", "next", "files", "truth"
VIEWS = {MAP: "Map", AREAS: "Areas", ACCURACY: "Accuracy", NEXT: "Where to look next", FILES: "Files"}


@layout.error_boundary
def crop_map(study: Study) -> None:
    """The map of a season, or how it comes to be."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = inputs.season(study)
        with st.popover("How it is made", icon=":material/tune:"):
            method, recipe = making_of(study, season)
    state.say_what_was_done()
    answer = making.map_of(study, season, method, recipe)
    if answer is None or answer[1] is None:
        return
    request, made = answer[0], answer[1]
    found = kept.assessed(state.folder(), made)
    glance = map_glance(made, found)
    st.markdown(f"**{layout.plain(glance.sentence)}**")
    layout.tiles(glance)
    st.caption(layout.plain(map_evidence(made, found)))
    known = kept.truth(state.folder(), season) is not None
    views = Choices({**VIEWS, TRUTH: "Truth"} if known else VIEWS)
    view = choose_id("Show", views, "crop_map-view", label_visibility="collapsed")
    if view == MAP:
        view_of.parcels(study, made)
    elif view == AREAS:
        accuracy_of.areas(study, made, found)
    elif view == ACCURACY:
        accuracy_of.accuracy(study, made, found)
    elif view == NEXT:
        next_of.following(study, made)
        left, right = st.columns(2, gap="medium")
        with left:
            next_of.doubted(made, request)
        with right:
            next_of.wrong_labels(made, request)
        if request.method.visits:
            st.markdown(f"**{next_day.QUESTION}**")
            next_day.next_day(study, made, request)
    elif view == TRUTH:
        accuracy_of.truth(study, made, found, request)
    else:
        files_of.files(study, made, found)


def making_of(study: Study, season: str) -> tuple[str, str]:
    """Method and recipe of the map, by name; by default the usual ones, or those of a map that is there."""
    methods = inputs.methods()
    first = Choices({DEFAULT: methods.labels[DEFAULT], **methods.labels}, methods.old_ids)
    method = pick_id("Method", first, "crop_map-method", help=help_of("Method"))
    recipes = inputs.recipe_names()
    workspace, own = state.archive().folder, inputs.usual_recipe(study)
    made = [name for name in (own, *recipes) if kept.is_made(study, season, method, RECIPES[name], workspace)]
    usual = recipes.index([*made, own][0])
    recipe = pick("Recipe", recipes, "crop_map-recipe", index=usual, help=help_of("Recipe"))
    return method, str(recipe)


crop_map(layout.open_page("What did we get?", TERMS))
