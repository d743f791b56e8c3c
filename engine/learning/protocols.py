"""What a method may look at, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

import numpy as np
import numpy.typing as npt

from engine.learning.learners import Learner, Model
from engine.learning.recipes import Recipe
from engine.learning.samples import Samples
from engine.learning.setting import Setting

Start = Literal["study", "balanced", "composites"]
STUDY: Start = "study"  # the best model of leave-one-season-out, as in the study
BALANCED: Start = "balanced"  # one model of all past seasons that favours no class
COMPOSITES: Start = "composites"  # the same of half-monthly composites, beside trees that know the place


@dataclass(frozen=True, eq=False)
class Past:
    """What past seasons teach.

    Parameters
    ----------
    model
        The pre-trained model.
    samples
        Pixels of past seasons, standardised season by season; None for the study's model.
    share
        How much of the log prior the model gets back when it decides, chosen on past seasons.
    temperature
        Of the probabilities to believe, chosen on past seasons.
    ratio
        How much of a step away from the model is kept where weights are averaged, chosen on past seasons.
    vote_temperature
        Of what the vote believes, chosen on past seasons.
    heat
        Temperatures of the vote's single voices, chosen on past seasons.
    """

    model: Model
    samples: Samples | None = None
    share: float = 0.0
    temperature: float = 1.0
    ratio: float = 0.5
    vote_temperature: float = 1.0
    heat: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Knowledge:
    """All that a method may learn from. No label of a test parcel is in it, and no pixel of one either,
    but for a transductive method.

    Parameters
    ----------
    past
        None for a method that starts from nothing.
    visited
        Pixels of the visited parcels with their classes; None where nobody goes.
    seen
        Pixels of the target season without their classes: of parcels that do not test, or, for a
        transductive method, of all.
    place
        Where visited parcels lie, km, ``[parcel, xy]``, in the order of ``visited``'s parcels ascending.
    area
        Where the parcels that nobody visits lie, km, ``[parcel, xy]``: places only.
    """

    past: Past | None
    visited: Samples | None
    seen: Samples
    place: npt.NDArray[np.float64]
    area: npt.NDArray[np.float64]


class Method(Protocol):
    """One way to learn.

    ``starts_from`` tells which pre-trained model it goes on from, None for none, and with it how it sees
    series: those of `COMPOSITES` as `engine.learning.features.Composites`; ``visits`` whether it
    needs parcels of the target season, ``transductive`` whether it looks at unnamed pixels of parcels that
    test.
    """

    name: ClassVar[str]
    starts_from: ClassVar[Start | None]
    visits: ClassVar[bool]
    transductive: ClassVar[bool]

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Series that training one repeat looks at on a trip to so many parcels; 0 where none is trained."""
        ...

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """A model for the target season; it may tell ``weights``, how far it moved from the past."""
        ...
