"""What a method may learn from: the source model, and target samples with and without labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.learning.protocols import Model
from engine.learning.samples import Samples


@dataclass(frozen=True, eq=False)
class SourceModel:
    """What the source seasons teach.

    Parameters
    ----------
    model
        The pre-trained model.
    samples
        Pixels of source seasons, standardised season by season; None for the study's model.
    prior_share
        How much of the log prior the model gets back when it decides, chosen on source seasons.
    temperature
        Of the calibrated probabilities, chosen on source seasons.
    blend_ratio
        How far weight averaging goes from this model to the fine-tuned one, chosen on source seasons.
    ensemble_temperature
        Of the calibrated probabilities of an ensemble, chosen on source seasons.
    member_temperatures
        Of the ensemble's members by name, chosen on source seasons.
    member_weights
        Of the ensemble's members without a trip by name, chosen on source seasons; equal where there are
        none.
    seasons
        Number of source seasons; 0 where nobody asks.
    """

    model: Model
    samples: Samples | None = None
    prior_share: float = 0.0
    temperature: float = 1.0
    blend_ratio: float = 0.5
    ensemble_temperature: float = 1.0
    member_temperatures: Mapping[str, float] = field(default_factory=dict)
    member_weights: Mapping[str, float] = field(default_factory=dict)
    seasons: int = 0

    @property
    def source_samples(self) -> Samples:
        """The samples of a model that has them."""
        assert self.samples is not None
        return self.samples


@dataclass(frozen=True, eq=False)
class TrainingData:
    """All that a method may learn from. No label of a test parcel is in it, and no pixel of one either,
    except for a transductive method.

    Parameters
    ----------
    source
        None for a method that uses no source season.
    labelled
        Labelled target samples: pixels of the visited parcels with their classes; None without a trip.
    unlabelled
        Unlabelled target samples: pixels of candidate parcels, or, for a transductive method, of all.
    labelled_xy
        Where visited parcels lie, UTM km, ``[parcel, xy]``, in the order of ``labelled``'s parcels ascending.
    area_xy
        Where the parcels that nobody visits lie, UTM km, ``[parcel, xy]``: places only.
    """

    source: SourceModel | None
    labelled: Samples | None
    unlabelled: Samples
    labelled_xy: npt.NDArray[np.float64]
    area_xy: npt.NDArray[np.float64]

    @property
    def source_model(self) -> SourceModel:
        """The source model of a method that uses one."""
        assert self.source is not None
        return self.source

    @property
    def labelled_samples(self) -> Samples:
        """The labelled target samples of a method that visits parcels."""
        assert self.labelled is not None
        return self.labelled
