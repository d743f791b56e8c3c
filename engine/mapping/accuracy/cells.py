"""The estimated error matrix of a stratified sample, with the variance of whatever is computed from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.mapping.accuracy.nouns import Floats, Integers

LEAST_LEFT = 0.1  # of a stratum's sampled size without its largest parcel, as its residual is weighed


@dataclass(frozen=True, eq=False)
class Sampled:
    """A stratified sample as arrays.

    Parameters
    ----------
    stratum
        Of each responding parcel, ``[sampled]``.
    size
        Of each parcel: ha, or 1, ``[sampled]``.
    cell
        1 in the parcel's mapped and reference class, ``[sampled, mapped, reference]``; less what a model
        expected there.
    place
        Its mapped and reference class, ``[sampled, (mapped, reference)]``.
    parcels, total
        Parcels and total size of each stratum, ``[stratum]``.
    expected
        What the model expects of the whole frame, in units of size, ``[mapped, reference]``; 0 without a
        model.
    finite
        Whether the finite population correction applies.
    """

    stratum: Integers
    size: Floats
    cell: Floats
    place: Integers
    parcels: Floats
    total: Floats
    expected: Floats
    finite: bool = True


@dataclass(frozen=True, eq=False)
class FirstPhase:
    """The larger first sample, where strata are known for it only: stratum and size of each parcel."""

    stratum: Integers
    size: Floats


@dataclass(frozen=True, eq=False)
class Cells:
    """Estimated size of each cell of the error matrix, ``[mapped, reference]``, and what varies it.

    The variance of a function of the cells is that of its linearisation (Taylor): the residuals times its
    gradient, by stratum (Cochran 1977, section 5.6), and with two phases that between strata, too (section
    12.3).
    """

    values: Floats
    rates: Floats  # [stratum, mapped, reference], of a unit of size
    residuals: Floats  # [sampled, mapped, reference]
    sampled: Sampled
    first: FirstPhase | None = None

    def variance(self, gradient: Floats) -> tuple[float, float]:
        """Variance of a function of the cells, and its degrees of freedom (Satterthwaite).

        Parameters
        ----------
        gradient
            Of the function, ``[mapped, reference]``.
        """
        design = self.sampled
        strata = len(design.parcels)
        residual = np.tensordot(self.residuals, gradient, axes=2)  # [sampled]; its mean by stratum is 0
        counts = np.bincount(design.stratum, minlength=strata).astype(float)
        squares = np.bincount(design.stratum, weights=residual**2, minlength=strata)
        free = np.maximum(counts - 1, 1)
        left = np.clip(1 - counts / design.parcels, 0, 1) if design.finite else np.ones(strata)
        parts = design.parcels**2 * left * squares / free / counts
        variance = float(parts.sum())
        freedom = (
            variance**2 / float((parts**2 / free).sum()) if variance > 0 else float(counts.sum() - strata)
        )
        if self.first is not None:
            variance += self._between(gradient)
        return variance, max(freedom, 1.0)

    def worth(self, part: npt.NDArray[np.bool_]) -> float:
        """How many parcels of one weight a measure rests on (Kish): those whose cell is part of it.

        Parameters
        ----------
        part
            Which cells are part of the measure, ``[mapped, reference]``.
        """
        design = self.sampled
        size = np.bincount(design.stratum, weights=design.size, minlength=len(design.parcels))
        weight = (design.total / size)[design.stratum] * design.size
        counted = weight[part[design.place[:, 0], design.place[:, 1]]]
        return float(counted.sum() ** 2 / (counted**2).sum()) if len(counted) else 1.0

    def _between(self, gradient: Floats) -> float:
        """The variance that comes from knowing the strata of a first sample only."""
        assert self.first is not None
        number = len(self.first.size)
        rates = np.tensordot(self.rates, gradient, axes=2)  # [stratum]
        of_parcel = rates[self.first.stratum]
        mean = float((of_parcel * self.first.size).sum() / self.first.size.sum())
        spread = float((self.first.size * (of_parcel - mean)).var(ddof=1))
        scale = float(self.sampled.total.sum() / self.first.size.mean())
        left = 1 - number / float(self.sampled.parcels.sum()) if self.sampled.finite else 1.0
        return scale**2 * max(left, 0.0) * spread / number


def cells_of(sampled: Sampled, first: FirstPhase | None = None) -> Cells:
    """The error matrix of a stratified sample.

    In each stratum the cells are the stratum's known size times the sample's ratio of the cell to all (the
    separate ratio estimator, Cochran 1977, section 6.10). Where all parcels have one size, that is the
    stratified estimator of Olofsson et al. (2014, eq. 4) and of Stehman (2014, eq. 2).

    Parameters
    ----------
    sampled
        Responding parcels; every stratum has one or more.
    first
        The first sample of two.

    References
    ----------
    W. G. Cochran (1977), "Sampling Techniques", 3rd edition.
    P. Olofsson et al. (2014), Remote Sensing of Environment 148, 42-57.
    S. V. Stehman (2014), International Journal of Remote Sensing 35, 4923-4939.
    """
    strata = len(sampled.parcels)
    belongs = np.zeros((strata, len(sampled.stratum)))
    belongs[sampled.stratum, np.arange(len(sampled.stratum))] = 1
    weighted = sampled.cell * sampled.size[:, None, None]
    size = belongs @ sampled.size  # [stratum]
    rates = np.tensordot(belongs, weighted, axes=1) / size[:, None, None]
    values = sampled.expected + np.tensordot(sampled.total, rates, axes=1)
    scale = sampled.total / (sampled.parcels * size / belongs.sum(axis=1))
    deviation = weighted - rates[sampled.stratum] * sampled.size[:, None, None]
    counts = belongs.sum(axis=1)
    alone = np.maximum(1 - sampled.size / size[sampled.stratum], LEAST_LEFT)
    factor = scale[sampled.stratum] * (1 - 1 / counts[sampled.stratum]) / alone
    return Cells(values, rates, deviation * factor[:, None, None], sampled, first)
