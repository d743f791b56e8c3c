"""From a sample with references to accuracies and areas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.domain import Estimate
from engine.mapping.accuracy import measures
from engine.mapping.accuracy.cells import Cells, FirstPhase, Sampled, cells_of
from engine.mapping.accuracy.intervals import ERRORS_OF_PRIOR, effective_size, estimate_of_share
from engine.mapping.accuracy.nouns import (
    ACCURACY_LEVEL,
    Accuracy,
    AccuracyError,
    ClassFigures,
    Figure,
    Floats,
    Frame,
    Integers,
    Response,
    Weight,
)
from engine.mapping.accuracy.thin_strata import joined

NO_ANSWER = "no reference"  # why a parcel has none, where nobody wrote a reason
FEW = 10  # sampled parcels of a class, below which what is said of it is rough


def assess(
    frame: Frame,
    sample: pd.DataFrame,
    weight: Weight = "area",
    assisted: bool = False,
    level: float = ACCURACY_LEVEL,
) -> Accuracy:
    """Design-based accuracy and areas.

    Within a stratum every parcel had the same chance of being drawn, and parcels without a reference are
    taken to be missing at random. The strata need not be the classes of the map that is assessed (Stehman
    2014).

    Parameters
    ----------
    frame
        What the sample speaks for.
    sample
        A row a drawn parcel: ``parcel_id``, ``stratum`` as drawn, ``mapped`` class, ``area_ha``,
        ``reference`` class (missing where there is none) and, where it is known, ``status``: why there is
        none.
    weight
        Whether a hectare or a parcel counts.
    assisted
        Whether the map's probabilities of every parcel help with areas and shares (difference estimator;
        Cochran 1977, section 7.3); ``frame.parcels`` holds them. Accuracies rest on the sample alone: so they
        stay within 0 and 1, and agree with each other.
    level
        Of all intervals.

    Raises
    ------
    AccuracyError
        Where the sample does not fit the frame or has too few references.
    """
    _check(frame, sample)
    answered = sample[sample["reference"].notna()].reset_index(drop=True)
    frame, answered, notes = joined(frame, answered)
    classes = _classes(frame, answered)
    cells = cells_of(*_arrays(frame, answered, classes, weight, False))
    counts = np.zeros(cells.values.shape, dtype=np.int64)
    np.add.at(counts, (_codes(answered["mapped"], classes), _codes(answered["reference"], classes)), 1)
    overall = measures.overall(cells.values)
    shares = cells_of(*_arrays(frame, answered, classes, weight, assisted)) if assisted else cells
    areas = shares if weight == "area" else cells_of(*_arrays(frame, answered, classes, "area", assisted))
    figures = [
        _class_figures(frame, (cells, shares, areas), counts, classes, code, level)
        for code in range(len(classes))
    ]
    return Accuracy(
        classes=tuple(classes),
        overall=_accuracy(cells, overall, level),
        macro_f1=_macro_f1(cells, level),
        by_class=tuple(figures),
        matrix=cells.values / cells.values.sum(),
        counts=counts,
        effective=_effective(cells, overall, cells.variance(overall.gradient)[0]),
        response=_response(sample),
        weight=weight,
        assisted=assisted,
        notes=(*notes, *_notes(figures), *_first_note(frame)),
    )


def _check(frame: Frame, sample: pd.DataFrame) -> None:
    unknown = sorted(set(sample["stratum"].astype(str)) - set(frame.strata["stratum"].astype(str)))
    if unknown:
        raise AccuracyError(
            f"The sample names the stratum {', '.join(unknown)}, which the frame lacks. Give the map "
            "that the sample was drawn from, or the drawn sample's own file."
        )
    twice = sample["parcel_id"][sample["parcel_id"].duplicated()]
    if len(twice):
        raise AccuracyError(
            f"The sample names parcel {twice.iloc[0]} twice. Keep one row a parcel: the reference you trust."
        )
    answers = int(sample["reference"].notna().sum())
    if answers < 2:
        raise AccuracyError(
            f"{answers} of {len(sample)} sampled parcels have a reference. Two are the least from which an "
            "interval follows: import the crops that the accuracy trip found."
        )
    if sample.loc[sample["reference"].notna(), "mapped"].isna().any():
        lost = sample.loc[sample["reference"].notna() & sample["mapped"].isna(), "parcel_id"]
        raise AccuracyError(
            f"The map has no class for {len(lost)} sampled parcels, such as {lost.iloc[0]}. Give a map that "
            "covers the sample."
        )


def _classes(frame: Frame, answered: pd.DataFrame) -> list[str]:
    mapped = list(frame.mapped_ha or {})
    found = {*answered["mapped"], *answered["reference"]}
    if frame.parcels is not None:
        found |= set(frame.parcels["mapped"].unique())
    return mapped + sorted(found - set(mapped))


def _codes(names: pd.Series, classes: Sequence[str]) -> Integers:
    return np.asarray(pd.Index(classes).get_indexer(pd.Index(names)), dtype=np.int64)


def _arrays(
    frame: Frame, answered: pd.DataFrame, classes: Sequence[str], weight: Weight, assisted: bool
) -> tuple[Sampled, FirstPhase | None]:
    names = pd.Index(frame.strata["stratum"])
    mapped, reference = _codes(answered["mapped"], classes), _codes(answered["reference"], classes)
    rows, number = np.arange(len(answered)), len(classes)
    cell = np.zeros((len(answered), number, number))
    cell[rows, mapped, reference] = 1
    expected = np.zeros((number, number))
    if assisted:
        chances = _probabilities(frame, answered["parcel_id"], classes)
        cell[rows, mapped] -= chances
        expected = _expected(frame, classes, weight)
    by_area = weight == "area"
    sampled = Sampled(
        names.get_indexer(pd.Index(answered["stratum"])).astype(np.int64),
        answered["area_ha"].to_numpy(float) if by_area else np.ones(len(answered)),
        cell,
        np.stack([mapped, reference], axis=1),
        frame.strata["parcels"].to_numpy(float),
        frame.strata["area_ha" if by_area else "parcels"].to_numpy(float),
        expected,
        frame.finite,
    )
    first = frame.first_phase
    if first is None:
        return sampled, None
    size = first["area_ha"].to_numpy(float) if by_area else np.ones(len(first))
    return sampled, FirstPhase(names.get_indexer(pd.Index(first["stratum"])).astype(np.int64), size)


def _probabilities(frame: Frame, ids: pd.Series, classes: Sequence[str]) -> Floats:
    assert frame.parcels is not None
    table = frame.parcels.set_index("parcel_id")
    values = table.reindex(columns=list(classes), fill_value=0.0).reindex(ids).to_numpy(float)
    if np.isnan(values).any():
        raise AccuracyError(
            "The map has no probabilities for some sampled parcels. Leave out the model-assisted "
            "estimate, or give the map with a probability for every parcel."
        )
    return values


def _expected(frame: Frame, classes: Sequence[str], weight: Weight) -> Floats:
    """What the map's probabilities say of the whole frame, ``[mapped, reference]``."""
    assert frame.parcels is not None
    size = frame.parcels["area_ha"].to_numpy(float) if weight == "area" else np.ones(len(frame.parcels))
    chances = _probabilities(frame, frame.parcels["parcel_id"], classes) * size[:, None]
    expected = np.zeros((len(classes), len(classes)))
    np.add.at(expected, _codes(frame.parcels["mapped"], classes), chances)
    return expected


def _accuracy(cells: Cells, measure: measures.Measure, level: float) -> Figure:
    """An accuracy; its interval reckons with errors that the sample may not show."""
    variance, _ = cells.variance(measure.gradient)
    size, freedom = _effective(cells, measure, variance)
    return Figure(estimate_of_share(measure.value, size, freedom, level), variance**0.5)


def _macro_f1(cells: Cells, level: float) -> Figure:
    """Macro F1, with the interval of the jackknife: it is far from linear where a class is rare."""
    measure = measures.macro_f1(cells.values)
    found = cells.values.sum(axis=0) > 0
    variance = cells.jackknife(lambda each: measures.mean_f1(each, found)) + cells.between(measure.gradient)
    size, freedom = _effective(cells, measure, variance)
    error = cells.variance(measure.gradient)[0] ** 0.5
    return Figure(estimate_of_share(measure.value, size, freedom, level), error)


def _effective(cells: Cells, measure: measures.Measure, variance: float) -> tuple[float, float]:
    """Effective sample size of an accuracy, and its degrees of freedom."""
    spread = variance + cells.hidden(measure.gradient)
    _, freedom = cells.variance(measure.gradient)
    return effective_size(measure.value, spread, cells.worth(measure.part)), freedom


def _class_figures(
    frame: Frame,
    by_use: tuple[Cells, Cells, Cells],
    counts: Integers,
    classes: Sequence[str],
    code: int,
    level: float,
) -> ClassFigures:
    """The figures of a class, from the cells of its accuracies, its share and its area."""
    cells, shares, areas = by_use
    sampled, found = int(counts[code].sum()), int(counts[:, code].sum())
    users = measures.users(cells.values, code) if sampled else None
    producers = measures.producers(cells.values, code) if found else None
    f1 = measures.f1(cells.values, code) if found else None
    everything = shares.values.sum()
    part = measures.total(shares.values, code)
    share = measures.Measure(part.value / everything, part.gradient / everything, part.part)
    mapped_ha = (frame.mapped_ha or {}).get(classes[code])
    return ClassFigures(
        classes[code],
        _accuracy(cells, users, level) if users else None,
        _accuracy(cells, producers, level) if producers else None,
        _accuracy(cells, f1, level) if f1 else None,
        _share_figure(shares, share, level, found),
        _area(frame, areas, code, classes[code], level, found),
        float(areas.values[code].sum() if mapped_ha is None else mapped_ha),
        sampled,
        found,
    )


def _share_figure(cells: Cells, share: measures.Measure, level: float, found: int) -> Figure:
    """A class's share of everything.

    Where probabilities assist, the variance is that of how far they are from the references. A class that
    was hardly found shows too few of these differences, so half a parcel at least is taken to be missed.
    Without them, the interval reckons with errors that the sample may not show, as that of an accuracy does.
    """
    variance, freedom = cells.variance(share.gradient)
    worth = cells.worth(share.part)
    spread = variance
    if not cells.sampled.expected.any():
        spread += cells.hidden(share.gradient)
    elif found < FEW:
        variance = spread = max(variance, ERRORS_OF_PRIOR / worth**2)
    within = min(max(share.value, 0.0), 1.0)
    size = effective_size(within, spread, worth, 0.0)
    return Figure(estimate_of_share(within, size, freedom, level), variance**0.5)


def _area(frame: Frame, cells: Cells, code: int, name: str, level: float, found: int) -> Figure:
    """Area of a class in ha: what the sample says of the frame, and what a trip saw outside it."""
    everything = float(cells.values.sum())
    part = measures.total(cells.values, code)
    share = _share_figure(
        cells, measures.Measure(part.value / everything, part.gradient / everything, part.part), level, found
    )
    seen = 0.0
    if frame.visited is not None:
        seen = float(frame.visited.loc[frame.visited["reference"] == name, "area_ha"].sum())
    value, low, high = (
        seen + everything * end for end in (share.estimate.value, share.estimate.low, share.estimate.high)
    )
    return Figure(Estimate(value, low, high, level), share.standard_error * everything)


def _response(sample: pd.DataFrame) -> Response:
    missing = sample[sample["reference"].isna()]
    status = missing["status"] if "status" in missing else pd.Series(dtype=object)
    reasons = Counter(status.dropna().astype(str))
    reasons[NO_ANSWER] += len(missing) - sum(reasons.values())
    answered = len(sample) - len(missing)
    return Response(len(sample), answered, {why: many for why, many in sorted(reasons.items()) if many})


def _notes(figures: Sequence[ClassFigures]) -> list[str]:
    unfound = [each.name for each in figures if not each.found]
    thin = [each.name for each in figures if 0 < each.found < FEW]
    notes = []
    if unfound:
        notes.append(f"Not found in the sample and left out of macro F1: {', '.join(unfound)}.")
    if thin:
        notes.append(
            f"Found on fewer than {FEW} sampled parcels, so its producer's accuracy is rough: "
            f"{', '.join(thin)}."
        )
    return notes


def _first_note(frame: Frame) -> list[str]:
    if frame.first_phase is None:
        return []
    return [
        f"The strata are known for a first sample of {len(frame.first_phase):,} of "
        f"{frame.strata['parcels'].sum():,.0f} parcels. The intervals hold its sampling error, too."
    ]
