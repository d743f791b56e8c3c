"""The tables of a map's report: areas, confusion, accuracies by class, and the truth where it is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from engine.decisions.map_wording import COUNTED
from engine.decisions.texts import clean, plain
from engine.mapping.accuracy.nouns import Accuracy, Figure
from engine.mapping.crop_map import Validation
from engine.views.map_areas import map_areas_frame
from engine.views.report.map_content import MapReport
from engine.views.report.tables import Table

LEAST = 0.0005  # share that is not printed as zero
ROOM = 62  # letters that names of classes may take above a matrix


def areas_frame(report: MapReport) -> pd.DataFrame:
    """Areas by class, a row each: ``class``, ``parcels`` and ``mapped_ha`` as counted on the map.

    With an accuracy sample also ``estimated_ha``, ``low_ha``, ``high_ha`` and ``level``; without one none of
    these columns is there.

    Parameters
    ----------
    report
        Of a map.
    """
    return map_areas_frame(report.crop_map, report.accuracy).drop(columns="beyond_ha")


def confusion_frame(report: MapReport) -> pd.DataFrame | None:
    """The confusion, a row a pair of classes; None where nothing is known.

    ``mapped`` (or predicted), ``reference``, ``parcels``, and with an accuracy sample ``share``, estimated.

    Parameters
    ----------
    report
        Of a map.
    """
    accuracy, validation = report.accuracy, report.crop_map.validation
    if accuracy is None and validation is None:
        return None
    if accuracy is not None:
        names: Sequence[str] = accuracy.classes
        counts = accuracy.counts
    else:
        assert validation is not None
        names, counts = report.crop_map.legend, validation.confusion.sum(axis=0).T
    rows, columns = (places.ravel().tolist() for places in np.indices(counts.shape))
    frame = pd.DataFrame(
        {
            "mapped": [names[row] for row in rows],
            "reference": [names[column] for column in columns],
            "parcels": counts.ravel(),
        }
    )
    return frame if accuracy is None else frame.assign(share=accuracy.matrix.ravel())


def every_table(report: MapReport) -> Iterator[Table]:
    """The tables in their order.

    Parameters
    ----------
    report
        Of a map.
    """
    yield _areas(report)
    if report.accuracy is not None:
        yield _shares(report.accuracy)
        yield _by_class(report.accuracy)
    elif report.crop_map.validation is not None:
        yield _counts(report.crop_map.validation, report.crop_map.legend)
    if report.found is not None and report.found.truth:
        yield _truth(report)


def _areas(report: MapReport) -> Table:
    frame = areas_frame(report)
    heads, rows = ("Class", "Parcels", "Mapped, ha"), []
    for values in frame.to_dict("records"):
        cells: tuple[str, ...] = (
            _name(values["class"]),
            f"{values['parcels']:,}",
            f"{values['mapped_ha']:,.0f}",
        )
        if report.accuracy is not None:
            cells += (
                f"{values['estimated_ha']:,.0f}",
                f"{values['low_ha']:,.0f} to {values['high_ha']:,.0f}",
            )
        rows.append(cells)
    if report.accuracy is None:
        return Table("Areas as counted on the map", heads, tuple(rows), note=COUNTED)
    level = f"{report.accuracy.overall.estimate.level:.0%} interval"
    return Table(
        "Areas by class",
        (*heads, "Estimated, ha", level),
        tuple(rows),
        note="Estimated from the sample, with the parcels that trained the map added as they were seen. "
        "Where the mapped area lies outside the interval, the map is biased for that class.",
    )


def _shares(accuracy: Accuracy) -> Table:
    whole = "area" if accuracy.weight == "area" else "parcels"
    heads = _heads(accuracy.classes)
    rows = [
        (
            _numbered(accuracy.classes, place, heads),
            *("·" if abs(share) < LEAST else f"{100 * share:.1f}" for share in shares),
            f"{100 * shares.sum():.1f}",
        )
        for place, shares in enumerate(accuracy.matrix)
    ]
    rows.append(("All", *(f"{100 * share:.1f}" for share in accuracy.matrix.sum(axis=0)), "100.0"))
    return Table(
        f"Confusion: estimated shares of the {whole}, %",
        ("Mapped as (rows), is (columns)", *heads, "All"),
        tuple(rows),
        marked=len(rows) - 1,
        note="Design-based: a sampled parcel stands for its stratum. A dot is less than 0.05%. "
        "With the help of probabilities a share can fall below zero. The diagonal adds up to the "
        "overall accuracy.",
    )


def _counts(validation: Validation, classes: Sequence[str]) -> Table:
    counts = validation.confusion.sum(axis=0).T  # [predicted, labelled]
    heads = _heads(classes)
    rows = [
        (_numbered(classes, place, heads), *(f"{count}" if count else "·" for count in row), f"{row.sum()}")
        for place, row in enumerate(counts)
    ]
    rows.append(("All", *(f"{count}" for count in counts.sum(axis=0)), f"{counts.sum()}"))
    return Table(
        "Confusion: cross-validated counts of visited parcels",
        ("Predicted as (rows), is (columns)", *heads, "All"),
        tuple(rows),
        marked=len(rows) - 1,
        note="Counts of a trip, which is no random sample: their shares are not those of the area.",
    )


def _by_class(accuracy: Accuracy) -> Table:
    rows = tuple(
        (
            _name(each.name),
            _text(each.users),
            _text(each.producers),
            _text(each.f1),
            f"{each.sampled}",
            f"{each.found}",
        )
        for each in accuracy.by_class
    )
    return Table(
        "User's and producer's accuracy",
        ("Class", "User's accuracy, %", "Producer's accuracy, %", "F1, %", "Sampled", "Found"),
        rows,
        note="User's: how much of what is mapped as the class is the class. Producer's: how much of the "
        "class is mapped as it. Sampled: parcels mapped as the class that have a reference; found: those "
        "that are the class.",
    )


def _truth(report: MapReport) -> Table:
    assert report.found is not None
    rows = []
    for row in report.found.truth:
        if row.estimate is None:
            continue
        scale, digits = (1.0, 0) if row.name.endswith("ha") else (100.0, 1)
        value, low, high, true = (
            f"{scale * number:,.{digits}f}"
            for number in (row.estimate.value, row.estimate.low, row.estimate.high, row.truth)
        )
        name = _name(row.name) + ("" if digits == 0 else ", %")
        rows.append((name, true, value, f"{low} to {high}", "inside" if row.inside else "outside"))
    return Table(
        "Estimates beside the truth",
        ("Figure", "Truth", "Estimate", "Interval", "Truth is"),
        tuple(rows),
        note="Known because the visit was simulated. Of 95% intervals, one in twenty misses the truth.",
    )


def _heads(classes: Sequence[str]) -> tuple[str, ...]:
    """Names above a matrix where there is room for them, else numbers."""
    names = tuple(_name(name) for name in classes)
    return names if sum(map(len, names)) <= ROOM else tuple(str(place) for place in range(1, len(names) + 1))


def _numbered(classes: Sequence[str], place: int, heads: Sequence[str]) -> str:
    name = _name(classes[place])
    return name if heads[place] == name else f"{heads[place]}  {name}"


def _name(name: str) -> str:
    return plain(clean(str(name), 40))


def _text(figure: Figure | None) -> str:
    return str(figure.estimate).replace("%", "") if figure else "–"
