"""The estimators give the figures that the literature prints."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from engine.mapping.accuracy import measures
from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.cells import Sampled, cells_of
from engine.mapping.accuracy.nouns import Frame
from engine.mapping.accuracy.sample_size import optimum_size

Z = stats.norm.ppf(0.975)


def of_matrix(counts, pixels):
    """Frame and sample of a printed error matrix; rows are mapped classes, and strata."""
    names = [f"{row + 1}" for row in range(len(counts))]
    strata = pd.DataFrame({"stratum": names, "parcels": pixels, "area_ha": pixels})
    rows = [
        (mapped, mapped, found, 1.0)
        for mapped, line in zip(names, counts, strict=True)
        for found, many in zip(names, line, strict=True)
        for _ in range(many)
    ]
    sample = pd.DataFrame(rows, columns=["stratum", "mapped", "reference", "area_ha"])
    sample["parcel_id"] = sample.index.astype(str)
    return Frame(strata, finite=False), sample


def halves(figures):
    return [Z * figure.standard_error for figure in figures]


def test_deforestation_of_olofsson_and_others_2014():
    """Remote Sensing of Environment 148, 42-57, table 8 and section 5: areas in pixels, as printed.

    The printed half-width of producer's accuracy of class 2 (0.23) differs from the paper's own equation 7,
    which gives 0.25 from table 8; it is not tested.
    """
    counts = [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]]
    found = assess(*of_matrix(counts, [200_000.0, 150_000.0, 3_200_000.0, 6_450_000.0]))
    deforestation = found.by_class[0].area
    assert round(deforestation.estimate.value) == 235_086
    assert round(Z * deforestation.standard_error) in (68_417, 68_418)  # with 1.96, as printed, 68,418
    assert round(1.96 * deforestation.standard_error) == 68_418
    assert f"{found.overall.estimate.value:.2f} {Z * found.overall.standard_error:.2f}" == "0.95 0.02"
    users = [each.users for each in found.by_class]
    assert [f"{each.estimate.value:.2f}" for each in users] == ["0.88", "0.73", "0.93", "0.96"]
    assert [f"{half:.2f}" for half in halves(users)] == ["0.07", "0.10", "0.04", "0.02"]
    producers = [each.producers for each in found.by_class]
    assert [f"{each.estimate.value:.2f}" for each in producers] == ["0.75", "0.85", "0.93", "0.96"]
    assert f"{halves(producers)[0]:.2f}" == "0.21"
    assert np.array_equal(found.counts, counts)


def test_the_sample_size_of_olofsson_and_others_2014():
    """The same paper, section 5.1: 641 pixels for a standard error of 0.01."""
    weights = np.array([200_000, 150_000, 3_200_000, 6_450_000]) / 10_000_000
    expected = np.array([0.70, 0.60, 0.90, 0.95])
    assert round(optimum_size(weights, np.sqrt(expected * (1 - expected)), 0.01)) == 641


def test_the_first_example_of_olofsson_and_others_2013():
    """Remote Sensing of Environment 129, 122-131, table 4: deforestation, forest and non-forest."""
    found = assess(*of_matrix([[97, 0, 3], [3, 279, 18], [2, 1, 97]], [22_353.0, 1_122_543.0, 610_228.0]))
    first = found.by_class[0]
    assert f"{first.users.estimate.value:.2f}" == "0.97"
    assert f"{first.producers.estimate.value:.2f}" == "0.48"
    assert f"{found.overall.estimate.value:.2f}" == "0.94"
    assert [f"{each.users.estimate.value:.2f}" for each in found.by_class] == ["0.97", "0.93", "0.97"]
    assert [f"{each.producers.estimate.value:.2f}" for each in found.by_class] == ["0.48", "0.99", "0.90"]


def stehman():
    """The sample of Stehman (2014), table 2: strata that are not the classes of the map."""
    stratum = np.repeat(np.arange(4), 10)
    mapped = [0] * 7 + [1] * 3 + [0] + [1] * 11 + [2] * 6 + [1] * 2 + [3] * 10
    found = [0] * 5 + [2, 1, 0, 1, 2, 0] + [1] * 5 + [0, 0, 1, 1] + [2] * 5 + [3, 3, 1, 1, 0] + [3] * 7
    found += [2, 2, 1]
    return stratum, np.array(mapped), np.array(found)


def test_strata_that_are_not_map_classes_of_stehman_2014():
    """International Journal of Remote Sensing 35, 4923-4939, pages 4932 to 4936.

    The standard error of producer's accuracy of class B is 0.117 by the paper's own equations; reprints
    quote 0.114, and it is not tested.
    """
    stratum, mapped, found = stehman()
    cell = np.zeros((40, 4, 4))
    cell[np.arange(40), mapped, found] = 1
    sizes = np.array([40_000.0, 30_000, 20_000, 10_000])
    place = np.stack([mapped, found], axis=1)
    cells = cells_of(Sampled(stratum, np.ones(40), cell, place, sizes, sizes, np.zeros((4, 4))))

    def printed(measure, unit=1.0):
        return f"{measure.value / unit:.3f} {cells.variance(measure.gradient)[0] ** 0.5 / unit:.3f}"

    assert printed(measures.total(cells.values, 0), 100_000) == "0.350 0.082"
    assert printed(measures.total(cells.values, 2), 100_000) == "0.200 0.064"
    assert printed(measures.overall(cells.values)) == "0.630 0.085"
    assert printed(measures.users(cells.values, 1)) == "0.574 0.125"
    assert printed(measures.producers(cells.values, 1))[:5] == "0.794"
    assert cells.values[1, 2] / 100_000 == pytest.approx(0.08)


def test_assess_gives_what_stehman_2014_prints():
    stratum, mapped, found = (np.array(list("ABCD"))[codes] for codes in stehman())
    sample = pd.DataFrame({"stratum": stratum, "mapped": mapped, "reference": found, "area_ha": 1.0})
    sizes = [40_000, 30_000, 20_000, 10_000]
    strata = pd.DataFrame({"stratum": list("ABCD"), "parcels": sizes, "area_ha": sizes})
    result = assess(Frame(strata), sample.assign(parcel_id=range(40)))
    assert f"{result.overall.estimate.value:.2f} {result.overall.standard_error:.3f}" == "0.63 0.085"
    assert result.matrix[1, 2] == pytest.approx(0.08)
