"""The estimated error matrix of a stratified sample, with the variance of whatever is computed from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.mapping.accuracy.nouns import Floats, Integers

HIDDEN_ERRORS = 1.0  # that a sample is taken not to show, in equal parts by stratum
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
        parts = self._expansion(counts) * squares
        variance = float(parts.sum())
        freedom = (
            variance**2 / float((parts**2 / free).sum()) if variance > 0 else float(counts.sum() - strata)
        )
        return variance + self.between(gradient), max(freedom, 1.0)

    def hidden(self, gradient: Floats) -> float:
        """What errors would add to the variance that the sample may not show.

        A stratum without an error of some kind has no variance of it, though one in as many parcels as were
        sampled may be wrong. So `HIDDEN_ERRORS` more are taken to be there, in equal parts by stratum: on
        parcels of the sampled sizes and mapped classes, each other class as likely.

        Parameters
        ----------
        gradient
            Of the function, ``[mapped, reference]``.
        """
        design = self.sampled
        strata, kinds = len(design.parcels), len(gradient)
        counts = np.bincount(design.stratum, minlength=strata).astype(float)
        squares = np.bincount(design.stratum, weights=design.size**2, minlength=strata)
        size = np.bincount(design.stratum, weights=design.size, minlength=strata)
        mean = np.tensordot(self.rates, gradient, axes=2)  # [stratum]
        wrong = (1 - np.eye(kinds)) / max(kinds - 1, 1)  # [mapped, reference]
        chances = self.rates.sum(axis=2)[:, :, None] * wrong
        deviation = (chances * (gradient - mean[:, None, None]) ** 2).sum(axis=(1, 2))
        scale = design.total * counts / (design.parcels * size)
        parts = HIDDEN_ERRORS / strata * deviation * scale**2 * squares / counts
        return float((self._expansion(counts) * parts).sum())

    def jackknife(self, value: Callable[[Floats], Floats]) -> float:
        """Variance of a function of the cells by leaving out each sampled parcel (stratified jackknife).

        Where few parcels of a class were sampled, a function that is far from linear varies more than its
        linearisation does.

        Parameters
        ----------
        value
            Of cells ``[..., mapped, reference]``.

        References
        ----------
        J. Shao and D. Tu (1995), "The Jackknife and Bootstrap", section 6.2.
        """
        design = self.sampled
        strata = len(design.parcels)
        counts = np.bincount(design.stratum, minlength=strata).astype(float)
        size = np.bincount(design.stratum, weights=design.size, minlength=strata)
        own = self.rates[design.stratum]  # [sampled, mapped, reference]
        rest = size[design.stratum] - design.size
        share = np.divide(design.size, rest, out=np.zeros_like(rest), where=counts[design.stratum] > 1)
        step = (own - design.cell) * (share * design.total[design.stratum])[:, None, None]
        values = value(self.values + step)
        mean = np.bincount(design.stratum, weights=values, minlength=strata) / counts
        squares = np.bincount(design.stratum, weights=(values - mean[design.stratum]) ** 2, minlength=strata)
        free = np.maximum(counts - 1, 1)
        return float((self._expansion(counts) / design.parcels**2 * free**2 * squares).sum())

    def _expansion(self, counts: Floats) -> Floats:
        """What squared residuals of each stratum count in a variance, ``[stratum]``."""
        design = self.sampled
        left = np.clip(1 - counts / design.parcels, 0, 1) if design.finite else np.ones(len(counts))
        return np.asarray(design.parcels**2 * left / np.maximum(counts - 1, 1) / counts)

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

    def between(self, gradient: Floats) -> float:
        """The variance that comes from knowing the strata of a first sample only.

        Parameters
        ----------
        gradient
            Of the function, ``[mapped, reference]``.
        """
        if self.first is None:
            return 0.0
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
