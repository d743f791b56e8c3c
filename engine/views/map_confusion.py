"""Which classes of a map are mistaken for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.decisions.wording import plain
from engine.mapping.accuracy.nouns import Accuracy
from engine.mapping.crop_map import Validation
from engine.views.chart import Chart
from engine.views.confusion import confusion_chart, shares_of


def validated_confusion(validation: Validation, names: Sequence[str], dark: bool) -> Chart:
    """Where the visited parcels of each crop went, each mapped by a model of other ground.

    Parameters
    ----------
    validation
        Of the map.
    names
        Of the classes.
    dark
        Whether the theme is dark.
    """
    frame = _shares(validation.confusion.sum(axis=0), names)
    return confusion_chart(frame, "Cross-validated", dark)


def assessed_confusion(accuracy: Accuracy, dark: bool) -> Chart:
    """Where each crop went, as estimated from a probability sample.

    Parameters
    ----------
    accuracy
        As assessed.
    dark
        Whether the theme is dark.
    """
    return confusion_chart(_shares(accuracy.matrix.T, accuracy.classes), "Design-based", dark)


def _shares(counts: npt.NDArray[np.number], names: Sequence[str]) -> pd.DataFrame:
    return shares_of(counts, [plain(name) for name in names])
