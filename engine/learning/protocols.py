"""What models, learners, feature sets, model stores, source trainings and methods are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples
from engine.learning.setting import Setting

if TYPE_CHECKING:
    from engine.learning.source_data import SourceData, SourceKey
    from engine.learning.training_data import SourceModel, TrainingData

Prior = npt.NDArray[np.floating]
Tensors = dict[str, npt.NDArray[np.float32]]


class Model(Protocol):
    """Something that predicts."""

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities, ``[pixel, class]``, that add up to 1.

        Parameters
        ----------
        values
            Series, ``[pixel, band, time]``.
        """
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
        """What computes: version of the library, device and precision.

        Parameters
        ----------
        device
            ``auto``, ``cpu`` or ``cuda``.
        """
        ...

    def pretrain(self, samples: Samples, setting: Setting) -> Model:
        """Train on source seasons.

        Parameters
        ----------
        samples
            Pixels of source seasons.
        setting
            Recipe, seed, device and observer.
        """
        ...

    def fine_tune(self, model: Any, samples: Samples, setting: Setting) -> Model:
        """Go on from a model of this learner with labelled target samples.

        Parameters
        ----------
        model
            Of this learner; it stays as it is.
        samples
            Labelled target samples.
        setting
            Recipe, seed, device and observer.
        """
        ...

    def from_scratch(self, samples: Samples, setting: Setting) -> Model:
        """Train on labelled target samples alone.

        Parameters
        ----------
        samples
            Labelled target samples.
        setting
            Recipe, seed, device and observer.
        """
        ...

    def fit_adjusted(
        self, samples: Samples, prior: Prior, schedule: Schedule, setting: Setting, start: Any = None
    ) -> Model:
        """Train with logit adjustment.

        Parameters
        ----------
        samples
            Samples to train on.
        prior
            Log shares of the classes, ``[class]``; those that it calls frequent are not favoured.
        schedule
            Epochs, batch and rate.
        setting
            Recipe, seed, device and observer.
        start
            A model of this learner to go on from; None starts afresh.

        References
        ----------
        A. K. Menon et al. (2021), "Long-tail learning via logit adjustment", ICLR.
        """
        ...

    def blend(self, start: Any, end: Any, ratio: float) -> Model:
        """A model between two.

        Parameters
        ----------
        start, end
            Models of this learner.
        ratio
            0 gives ``start``, 1 gives ``end``.
        """
        ...

    def restore(self, tensors: Tensors, recipe: Recipe) -> Model:
        """The model that these arrays were kept of.

        Parameters
        ----------
        tensors
            Named arrays.
        recipe
            Of the model's training.

        Raises
        ------
        PlanError
            Where models of this learner cannot be stored.
        """
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
        """The features of samples of one season.

        Parameters
        ----------
        samples
            Of one season.
        days
            Of the acquisitions since the season's start, ``[time]``.
        place_km
            UTM coordinates of every parcel of the study, ``[parcel, xy]``.
        """
        ...


class ModelStore(Protocol):
    """Where trained source models are kept: tensors with a card, both under a name."""

    def weights(self, name: str) -> tuple[Tensors, dict[str, Any]] | None:
        """Tensors and card, or None.

        Parameters
        ----------
        name
            Of the model.
        """
        ...

    def keep_weights(self, name: str, tensors: Tensors, card: dict[str, Any]) -> None:
        """Store both.

        Parameters
        ----------
        name
            Of the model.
        tensors
            Named arrays.
        card
            Facts about the model, as JSON values.
        """
        ...

    def forget_weights(self, pattern: str) -> None:
        """Remove the models of names like that.

        Parameters
        ----------
        pattern
            Of names, as in a shell.
        """
        ...

    def lock(self, name: str) -> AbstractContextManager[Any]:
        """A lock that one process at a time holds.

        Parameters
        ----------
        name
            Of the model.
        """
        ...

    @property
    def identity(self) -> str:
        """What tells this store from others, for memories of a process."""
        ...


class SourceTraining(Protocol):
    """How source seasons are learnt, a frozen dataclass; many plans share one trained source model."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def name(self) -> str:
        """Its name in keys."""
        ...

    def training_samples(self, parcels: Sequence[int], recipe: Recipe) -> int:
        """Series that training looks at, counted once an epoch.

        Parameters
        ----------
        parcels
            Number of parcels of each source season.
        recipe
            Sets epochs and pixels.
        """
        ...

    def train(
        self, key: SourceKey, data: SourceData, learner: Learner, setting: Setting, store: ModelStore
    ) -> SourceModel:
        """The source model of that key: from the store, or trained now and kept.

        Parameters
        ----------
        key
            Of the source model.
        data
            The source seasons.
        learner
            What is trained.
        setting
            Recipe, seed, device and observer.
        store
            Where models are looked up and kept.
        """
        ...


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
        """Pixels of a parcel that it trains on, at most.

        Parameters
        ----------
        recipe
            Sets the upper limit.
        """
        ...

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Series that training one repeat looks at, counted once an epoch; 0 where none is trained.

        Parameters
        ----------
        parcels
            Number of visited parcels.
        recipe
            Sets epochs and pixels.
        """
        ...

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """A model for the target season.

        Parameters
        ----------
        learner
            The kind of model.
        data
            What may be learnt from.
        setting
            Recipe, seed, device and observer.
        """
        ...
