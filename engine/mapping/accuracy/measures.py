"""What is computed from an error matrix: each measure with its gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.mapping.accuracy.nouns import Floats


@dataclass(frozen=True, eq=False)
class Measure:
    """A value computed from the cells, its derivative by each, and which cells are part of it.

    ``gradient`` and ``part`` are ``[mapped, reference]``.
    """

    value: float
    gradient: Floats
    part: npt.NDArray[np.bool_]


def overall(cells: Floats) -> Measure:
    """Overall accuracy.

    Parameters
    ----------
    cells
        ``[mapped, reference]``, in any unit.
    """
    value = np.trace(cells) / cells.sum()
    gradient = (np.eye(len(cells)) - value) / cells.sum()
    return Measure(float(value), gradient, np.ones(cells.shape, dtype=bool))


def users(cells: Floats, code: int) -> Measure | None:
    """User's accuracy of a class, or None where nothing is mapped as it.

    Parameters
    ----------
    cells
        ``[mapped, reference]``, in any unit.
    code
        Place of the class.
    """
    return _ratio(cells, code, 1.0, 0.0)


def producers(cells: Floats, code: int) -> Measure | None:
    """Producer's accuracy of a class, or None where it is not found.

    Parameters
    ----------
    cells
        ``[mapped, reference]``, in any unit.
    code
        Place of the class.
    """
    return _ratio(cells, code, 0.0, 1.0)


def f1(cells: Floats, code: int) -> Measure | None:
    """F1 of a class, or None where it is not found.

    Parameters
    ----------
    cells
        ``[mapped, reference]``, in any unit.
    code
        Place of the class.
    """
    return _ratio(cells, code, 0.5, 0.5) if cells[:, code].sum() > 0 else None


def mean_f1(cells: Floats, found: npt.NDArray[np.bool_]) -> Floats:
    """Mean F1 over some classes, of many matrices at once; a class without any part has 0.

    Parameters
    ----------
    cells
        ``[..., mapped, reference]``, in any unit.
    found
        Which classes count, ``[class]``.
    """
    right = np.diagonal(cells, axis1=-2, axis2=-1)
    both = cells.sum(axis=-1) + cells.sum(axis=-2)
    each = np.divide(2 * right, both, out=np.zeros_like(both), where=both > 0)
    return np.asarray(each[..., found].mean(axis=-1))


def macro_f1(cells: Floats) -> Measure:
    """Mean F1 over the classes that are found.

    Parameters
    ----------
    cells
        ``[mapped, reference]``, in any unit.
    """
    found = [each for code in range(len(cells)) if (each := f1(cells, code))]
    gradient = np.mean([each.gradient for each in found], axis=0)
    part = np.any([each.part for each in found], axis=0)
    return Measure(float(np.mean([each.value for each in found])), gradient, part)


def total(cells: Floats, code: int) -> Measure:
    """Size of a class, in the unit of the cells.

    Parameters
    ----------
    cells
        ``[mapped, reference]``.
    code
        Place of the class.
    """
    gradient = np.zeros_like(cells)
    gradient[:, code] = 1
    return Measure(float(cells[:, code].sum()), gradient, np.ones(cells.shape, dtype=bool))


def _ratio(cells: Floats, code: int, of_mapped: float, of_reference: float) -> Measure | None:
    """What is right of a class, by a mix of what is mapped as it and of what is it."""
    below = of_mapped * cells[code].sum() + of_reference * cells[:, code].sum()
    if below <= 0:
        return None
    value = cells[code, code] / below
    gradient = np.zeros_like(cells)
    gradient[code] -= value * of_mapped / below
    gradient[:, code] -= value * of_reference / below
    gradient[code, code] += 1 / below
    part = np.zeros(cells.shape, dtype=bool)
    part[code] |= of_mapped > 0
    part[:, code] |= of_reference > 0
    return Measure(float(value), gradient, part)
