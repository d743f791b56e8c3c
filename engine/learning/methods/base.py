"""What methods share: defaults, so that a method says only what is its own."""

from __future__ import annotations

from typing import ClassVar

from engine.learning.all_seasons import AllSeasons, pixels_of
from engine.learning.features import RawSeries
from engine.learning.protocols import FeatureSet, SourceTraining
from engine.learning.recipes import Recipe


class BaseMethod:
    """A method that visits parcels, learns from no source season and sees series as they are."""

    visits: ClassVar[bool] = True
    transductive: ClassVar[bool] = False
    standardises_by_season: ClassVar[bool] = False

    @property
    def source(self) -> SourceTraining | None:
        """None."""
        return None

    @property
    def features(self) -> FeatureSet:
        """Series as they are."""
        return RawSeries()

    def pixels(self, recipe: Recipe) -> int:
        """As many as the recipe says."""
        return recipe.pixels

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """None: the source model is used as it is."""
        return 0


class SeasonStandardisedMethod(BaseMethod):
    """A method that goes on from one model of all source seasons, every season standardised by its own."""

    standardises_by_season: ClassVar[bool] = True

    @property
    def source(self) -> SourceTraining | None:
        """One logit-adjusted model of all source seasons."""
        return AllSeasons()

    def pixels(self, recipe: Recipe) -> int:
        """Few: fields vary more than pixels."""
        return pixels_of(recipe)
