"""What field files say of themselves and what their form offers: exports write it, and imports read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Purpose = Literal["training", "accuracy"]
TRAINING: Purpose = "training"
ACCURACY: Purpose = "accuracy"
PURPOSES: tuple[Purpose, ...] = (TRAINING, ACCURACY)

CROP_FOUND, VISITED, NOTE = "crop_found", "visited", "note"
STAGE, CONFIDENCE, PHOTO, OBSERVED_AT = "growth_stage", "confidence", "photo", "observed_at"
ORIGIN = ("study", "season", "trip", "purpose", "design")
TO_FILL = (CROP_FOUND, VISITED, NOTE)
MORE_TO_FILL = (STAGE, CONFIDENCE, PHOTO, OBSERVED_AT)

OTHER, NO_CROP, CANNOT_REACH = "other (write it in the note)", "no crop", "cannot reach"
# Confidence as a rank of the three answers; no probability is meant.
CONFIDENCES = {"sure": 1.0, "probably": 0.75, "unsure": 0.5}
# Principal growth stages of the BBCH scale (Meier 2001, Growth stages of mono- and dicotyledonous plants).
STAGES = (
    "0 germination", "1 leaf development", "2 tillering or side shoots", "3 stem elongation",
    "4 booting or harvestable parts", "5 inflorescence emerges", "6 flowering", "7 fruit development",
    "8 ripening", "9 senescence",
)  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """Which trip a field file is of, so that the file finds its study again.

    Parameters
    ----------
    study
        Its name.
    season
        Label of the season.
    trip
        A short hash of the trip.
    accuracy
        Ids of the parcels that were drawn as a probability sample; all others are for training.
    design
        Name of the sampling design that drew the parcels for training.
    """

    study: str
    season: str
    trip: str
    accuracy: frozenset[str] = field(default_factory=frozenset)
    design: str = ""

    def of(self, parcel: str) -> dict[str, str]:
        """The columns `ORIGIN` of a parcel's row."""
        purpose = ACCURACY if parcel in self.accuracy else TRAINING
        return dict(zip(ORIGIN, (self.study, self.season, self.trip, purpose, self.design), strict=True))
