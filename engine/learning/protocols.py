"""What models, learners, source trainings and methods are, and what a method may learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples
from engine.learning.setting import Setting

if TYPE_CHECKING:
    from engine.learning.source_data import SourceData, SourceKey

Prior = npt.NDArray[np.floating]
Tensors = dict[str, npt.NDArray[np.float32]]


class Model(Protocol):
    """Something that predicts."""

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        ...


class Learner(Protocol):
    """Makes models."""

    @property
    def name(self) -> str:
        """Its name in plans."""
        ...

    @property
    def label(self) -> str:
        """Its name on pages and in reports."""
        ...

    @property
    def library(self) -> str:
        """The distribution that it needs, for example ``torch``."""
        ...

    @property
    def storable(self) -> bool:
        """Whether its models can be kept as plain arrays."""
        ...

    def environment(self, device: str) -> dict[str, str]:
        """What computes: version of the library, device and precision."""
        ...

    def pretrain(self, samples: Samples, setting: Setting) -> Model:
        """Train on source seasons."""
        ...

    def fine_tune(self, model: Any, samples: Samples, setting: Setting) -> Model:
        """Go on from a model of this learner with labelled target samples."""
        ...

    def from_scratch(self, samples: Samples, setting: Setting) -> Model:
        """Train on labelled target samples alone."""
        ...

    def fit_adjusted(
        self, samples: Samples, prior: Prior, schedule: Schedule, setting: Setting, start: Any = None
    ) -> Model:
        """Train with logit adjustment, so that the classes that ``prior`` (log shares, ``[class]``) calls
        frequent are not favoured; goes on from ``start`` where that is given.
        """
        ...

    def blend(self, start: Any, end: Any, ratio: float) -> Model:
        """A model between ``start`` (ratio 0) and ``end`` (ratio 1)."""
        ...

    def restore(self, tensors: Tensors, recipe: Recipe) -> Model:
        """The model that these arrays were kept of."""
        ...


class FeatureSet(Protocol):
    """What a model sees of series, see `engine.learning.features`."""

    @property
    def repeat_pixels(self) -> bool:
        """Whether a parcel with few pixels repeats them, so that each parcel gives as many."""
        ...

    def of(
        self, samples: Samples, days: npt.NDArray[np.integer], place_km: npt.NDArray[np.float64]
    ) -> Samples:
        """The features of samples of one season."""
        ...


class ModelStore(Protocol):
    """Where trained source models are kept: tensors with a card, both under a name."""

    def weights(self, name: str) -> tuple[Tensors, dict[str, Any]] | None:
        """Tensors and card, or None."""
        ...

    def keep_weights(self, name: str, tensors: Tensors, card: dict[str, Any]) -> None:
        """Store both."""
        ...

    def forget_weights(self, pattern: str) -> None:
        """Remove the models of names like that."""
        ...

    def lock(self, name: str) -> AbstractContextManager[Any]:
        """A lock that one process at a time holds."""
        ...

    @property
    def identity(self) -> str:
        """What tells this store from others, for memories of a process."""
        ...


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
    """

    model: Model
    samples: Samples | None = None
    prior_share: float = 0.0
    temperature: float = 1.0
    blend_ratio: float = 0.5
    ensemble_temperature: float = 1.0
    member_temperatures: Mapping[str, float] = field(default_factory=dict)

    @property
    def source_samples(self) -> Samples:
        """The samples of a model that has them."""
        assert self.samples is not None
        return self.samples


class SourceTraining(Protocol):
    """How source seasons are learnt, a frozen dataclass; many plans share one trained source model."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def name(self) -> str:
        """Its name in keys."""
        ...

    def training_samples(self, parcels: Sequence[int], recipe: Recipe) -> int:
        """Series that training looks at, of so many parcels in each source season."""
        ...

    def train(
        self, key: SourceKey, data: SourceData, learner: Learner, setting: Setting, store: ModelStore
    ) -> SourceModel:
        """The source model of that key: from the store, or trained now and kept."""
        ...


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


class Method(Protocol):
    """One way to learn.

    Parameters
    ----------
    name, label, description
        Its name in plans, its name on pages, and what it does in one sentence.
    visits
        Whether it needs labelled parcels of the target season.
    transductive
        Whether it looks at unlabelled pixels of test parcels.
    standardises_by_season
        Whether it standardises the target season by its own unlabelled pixels.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    visits: ClassVar[bool]
    transductive: ClassVar[bool]
    standardises_by_season: ClassVar[bool]

    @property
    def source(self) -> SourceTraining | None:
        """How it learns from source seasons; None where it does not."""
        ...

    @property
    def features(self) -> FeatureSet:
        """What its models see of series."""
        ...

    def pixels(self, recipe: Recipe) -> int:
        """Pixels of a parcel that it trains on, at most."""
        ...

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Series that training one repeat looks at on a trip to so many parcels; 0 where none is trained."""
        ...

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """A model for the target season."""
        ...
