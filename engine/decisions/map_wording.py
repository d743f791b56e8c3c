"""What a crop map is, how good it is and what its parcels are, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.decisions.glance import NONE, Glance, Tile
from engine.decisions.texts import counted, listed, plain, points
from engine.decisions.wording import label_of
from engine.domain import Study
from engine.learning.methods import method_by_name
from engine.mapping.accuracy.acceptance import Acceptance
from engine.mapping.accuracy.statement import statement, without_sample
from engine.mapping.assessed import Assessed
from engine.mapping.crop_map import NOT_RANDOM, CropMap
from engine.mapping.explained import Explained
from engine.mapping.request import MapRequest
from engine.mapping.truth import GAIN, BesideTruth

COUNTED = (
    "Areas are counted on the map. Its errors do not cancel, so they are no estimates of the true areas. For "
    "those, draw an accuracy sample."
)
UNKNOWN = "Unknown: no parcel was kept from training, and no sample was drawn."


def map_plan_sentence(study: Study, request: MapRequest) -> str:
    """The map that would be made.

    Parameters
    ----------
    study, request
        The study, and the map that is asked for.
    """
    parcels, labels = len(study.parcels_in(request.target)), len(study.labelled_in(request.target))
    taught = counted(labels, "label") + f" of {request.target}" if request.method.visits and labels else ""
    sources = _seasons(request.sources)
    learnt = " and ".join(filter(None, [taught, sources]))
    return (
        f"{label_of(request.method)} would learn from {learnt}, and give each of the "
        f"{counted(parcels, 'parcel')} of {request.target} its crop, how sure that is, and whether the map "
        "applies there."
    )


def _seasons(labels: Sequence[str]) -> str:
    """Source seasons, oldest first; empty without any."""
    if not labels:
        return ""
    span = f"the {len(labels)} seasons {labels[0]} to {labels[-1]}"
    return f"season {labels[0]}" if len(labels) == 1 else span


def all_labelled_sentence(season: str) -> str:
    """Why a season needs no map.

    Parameters
    ----------
    season
        Its label.
    """
    return (
        f"Every parcel of {season} has a label already, so a map has nothing to add. Choose a season with "
        "open parcels. To see a trip played to the end, simulate its visit: the command visit hides the "
        "crops of a season and fills in the trip's field files."
    )


def map_headline(crop_map: CropMap, found: Assessed | None) -> str:
    """How much is mapped and how good it is.

    Parameters
    ----------
    crop_map
        The map.
    found
        What its probability sample says; None without one.
    """
    parcels = f"{counted(len(crop_map.parcels), 'parcel')} of {crop_map.season} are mapped"
    if found and found.accuracy:
        response = found.accuracy.response
        return (
            f"{parcels}, and {found.accuracy.overall.estimate} of the area is right, by a probability sample "
            f"of {response.responded} parcels"
        )
    if crop_map.validation is not None:
        share = f"{crop_map.validation.overall_accuracy:.0%} of the visited parcels"
        return f"{parcels}; {share} are mapped right by models that had not seen them"
    return f"{parcels}; nothing tells yet how good the map is"


def map_evidence(crop_map: CropMap, found: Assessed | None) -> str:
    """What the headline rests on.

    Parameters
    ----------
    crop_map, found
        As for `map_headline`.
    """
    card = crop_map.card
    method = label_of(method_by_name(crop_map.method))
    taught = counted(card["training_parcels"], "labelled parcel") if card["training_parcels"] else ""
    sources = _seasons(card["source_seasons"])
    said = [f"{method} learnt from {' and '.join(filter(None, [taught, sources]))}."]
    if found is None or found.accuracy is None:
        if crop_map.validation is not None:
            said.append(without_sample(len(crop_map.validation.truth)))
        else:
            said.append("Bring labels home, or draw an accuracy sample, to learn how good it is.")
    if found is not None and found.accuracy is None:
        said.append(
            f"An accuracy sample of {counted(len(found.sample.parcels), 'parcel')} is drawn; "
            f"{found.answers} of them have an answer so far."
        )
    if card["without_series"]:
        said.append(f"{counted(card['without_series'], 'parcel')} without series are not mapped.")
    return " ".join([*said, *card["notes"]])


def map_glance(crop_map: CropMap, found: Assessed | None) -> Glance:
    """The numbers of a map.

    Parameters
    ----------
    crop_map, found
        As for `map_headline`.
    """
    table = crop_map.parcels
    labelled, inside = int(table["labelled"].sum()), float(table["applicable"].mean())
    sure = float((table["probability"] >= 0.9).mean())
    return Glance(
        map_headline(crop_map, found),
        (
            Tile("Mapped", counted(len(table), "parcel"), f"{table['area_ha'].sum():,.0f} ha"),
            Tile("Labelled", f"{labelled:,}", f"{labelled / len(table):.0%} of the parcels"),
            *_accuracy_tiles(crop_map, found),
            Tile("The map applies to", f"{inside:.0%}", "of the parcels"),
            Tile("At least 90% sure", f"{sure:.0%}", "of the parcels"),
        ),
    )


def _accuracy_tiles(crop_map: CropMap, found: Assessed | None) -> tuple[Tile, Tile]:
    if found and found.accuracy:
        overall, macro = found.accuracy.overall.estimate, found.accuracy.macro_f1.estimate
        return (
            Tile("Overall accuracy", f"{overall.value:.1%}", f"{overall.low:.1%} to {overall.high:.1%}"),
            Tile("Macro F1", f"{macro.value:.1%}", f"{macro.low:.1%} to {macro.high:.1%}"),
        )
    validation = crop_map.validation
    if validation is None:
        return Tile("Overall accuracy", NONE, "not known"), Tile("Macro F1", NONE, "not known")
    detail = "cross-validated, trip not random"
    return (
        Tile("Overall accuracy", f"{validation.overall_accuracy:.1%}", detail),
        Tile("Macro F1", f"{validation.macro_f1:.1%}", detail),
    )


def explained_sentences(explained: Explained) -> tuple[str, ...]:
    """What a parcel of a map is, and why.

    Parameters
    ----------
    explained
        See `engine.mapping.explained`.
    """
    sure = explained.probabilities
    said = [f"{plain(explained.crop).capitalize()}, {dict(sure)[explained.crop]:.0%} sure"]
    if explained.surveyed is not None:
        agrees = "as" if explained.surveyed == explained.crop else "but"
        said.append(
            f"Visited: its label says {plain(explained.surveyed)}, {agrees} the map says "
            f"{plain(explained.crop)}."
        )
    where = f"{explained.dissimilarity:.2f}, and the map applies up to {explained.threshold:.2f}"
    said.append(
        f"The map applies here: its dissimilarity from the training data is {where}."
        if explained.applicable
        else f"Unlike the training data, so do not trust it: its dissimilarity is {where}."
    )
    if explained.alike:
        alike = [f"{each.parcel_id} ({plain(each.crop)}, {each.km:.1f} km away)" for each in explained.alike]
        said.append(f"The labelled parcels that resemble it most: {listed(alike)}.")
    return tuple(said)


def truth_rows(rows: Sequence[BesideTruth]) -> list[dict[str, str]]:
    """Forecast, estimate and truth side by side, as text.

    Parameters
    ----------
    rows
        See `engine.mapping.truth`.

    Returns
    -------
    ``figure``, ``forecast``, ``estimate``, ``truth`` and ``inside``: whether the interval holds the truth.
    """
    return [_truth_row(row) for row in rows]


def _truth_row(row: BesideTruth) -> dict[str, str]:
    inside = NONE if row.inside is None else "inside the interval" if row.inside else "outside the interval"
    name = row.name[:1].upper() + row.name[1:]
    if row.name == GAIN:
        forecast = points(row.estimate) if row.estimate else "no backtest"
        true = f"{100 * row.truth:+.1f} points"
        return {"figure": name, "forecast": forecast, "estimate": NONE, "truth": true, "inside": inside}
    estimate = str(row.estimate) if row.estimate else NONE
    if row.estimate is None and row.cross_validated is not None:
        estimate = f"{row.cross_validated:.1%}, cross-validated"
    return {
        "figure": name, "forecast": NONE, "estimate": estimate, "truth": f"{row.truth:.1%}", "inside": inside
    }  # fmt: skip


def map_statement(
    crop_map: CropMap, found: Assessed | None, accepted: Acceptance | None = None
) -> Mapping[str, str]:
    """The accuracy statement of a map, a paragraph by heading, as page, files and report print it.

    Parameters
    ----------
    crop_map, found
        As for `map_headline`.
    accepted
        The answer to a requirement, if one was stated.
    """
    facts = f"{crop_map.study}, season {crop_map.season}, map {crop_map.key}. {map_evidence(crop_map, found)}"
    if found and found.accuracy:
        return {"Map": facts, **statement(found.accuracy, found.sample, accepted)}
    validation = crop_map.validation
    if validation is None:
        return {"Map": facts, "Accuracy": UNKNOWN}
    said = (
        f"{NOT_RANDOM.capitalize()}: overall accuracy {validation.overall_accuracy:.1%}, macro F1 "
        f"{validation.macro_f1:.1%}, over {len(validation.truth)} parcels."
    )
    folds = (
        f"{counted(len(validation.truth), 'labelled parcel')} in {int(validation.fold.max()) + 1} folds of "
        "blocks of ground; each is predicted by a model that was trained without its fold."
    )
    return {"Map": facts, "Estimates": said, "Cross-validation": folds, "Areas": COUNTED}


def statement_text(crop_map: CropMap, found: Assessed | None) -> str:
    """The accuracy statement of a map as one text.

    Parameters
    ----------
    crop_map, found
        As for `map_headline`.
    """
    parts = map_statement(crop_map, found)
    return "\n\n".join(f"{heading}\n{paragraph}" for heading, paragraph in parts.items()) + "\n"
