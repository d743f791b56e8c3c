"""What the report of a crop map says: how good it is, for how much land, and how that is known."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.decisions.map_wording import map_glance, map_headline, map_statement
from engine.decisions.report_wording import Passage
from engine.decisions.texts import clean, counted, listed, plain
from engine.domain import Departure, Study
from engine.learning.methods import method_by_name
from engine.mapping.accuracy.acceptance import Acceptance, acceptance
from engine.mapping.accuracy.nouns import Accuracy, AccuracyError
from engine.mapping.accuracy.statement import requirement, without_sample
from engine.mapping.assessed import Assessed, assessed
from engine.mapping.crop_map import CropMap

Boxes = tuple[tuple[str, str, str], ...]
BOXES = (
    "Overall accuracy",
    "Macro F1",
    "Mapped",
    "The map applies to",
)  # tiles of the page that stand here, too


@dataclass(frozen=True, eq=False)
class MapReport:
    """A crop map with all that a reviewer asks of it.

    Parameters
    ----------
    study, crop_map
        The map, and the study that it is of.
    found
        What its accuracy sample says; None where none was drawn.
    accepted
        The answer to a requirement, if one was stated.
    folder
        Where the study lies, for the command that makes the report again.
    made_on
        The only thing in it that the clock decides.
    """

    study: Study
    crop_map: CropMap
    found: Assessed | None
    accepted: Acceptance | None
    folder: str
    made_on: dt.date

    @property
    def accuracy(self) -> Accuracy | None:
        """Design-based estimates; None without a sample that has enough answers."""
        return self.found.accuracy if self.found else None

    @property
    def departure(self) -> Departure:
        """Where trips start: the origin of the picture."""
        return self.study.departure

    @property
    def title(self) -> str:
        """Study and season."""
        return f"{clean(self.study.name)}: crop map of {self.crop_map.season}"

    @property
    def data(self) -> str:
        """Whether the data are simulated or measured, in two words."""
        return f"{self.study.provenance} data".capitalize()

    @property
    def area_ha(self) -> float:
        """Of everything mapped."""
        return float(self.crop_map.parcels["area_ha"].sum())

    @property
    def applicable(self) -> float:
        """Share of the area where the map applies."""
        parcels = self.crop_map.parcels
        return float(parcels.loc[parcels["applicable"].astype(bool), "area_ha"].sum()) / self.area_ha

    @property
    def frame_ha(self) -> float:
        """Area that accuracies stand for, or that is mapped where nothing was drawn."""
        strata = self.found.sample.strata if self.found else ()
        return sum(stratum.area_ha for stratum in strata) or self.area_ha

    @property
    def headline(self) -> str:
        """How good the map is, for how much land."""
        return map_headline(self.crop_map, self.found)

    @property
    def facts(self) -> Boxes:
        """The numbers of the map: what, how much, and how sure or of what kind."""
        tiles = {tile.name: tile for tile in map_glance(self.crop_map, self.found).tiles}
        boxes = [(name, tiles[name].value, tiles[name].detail) for name in BOXES]
        return (*boxes[:2], self._sample(), *boxes[2:])

    def _sample(self) -> tuple[str, str, str]:
        accuracy, validation = self.accuracy, self.crop_map.validation
        if accuracy is not None:
            answered = accuracy.response
            return "Accuracy sample", f"{answered.responded:,}", f"of {answered.drawn:,} answered"
        visited = 0 if validation is None else len(validation.truth)
        return "Accuracy sample", "none", f"{visited:,} parcels of a trip" if visited else ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """What the numbers rest on, and where the map errs."""
        return tuple(clean(text, 500) for text in self._reasons())

    def _reasons(self) -> Iterator[str]:
        if self.accepted is not None:
            yield requirement(self.accepted)
        if self.accuracy is not None:
            yield (
                f"Accuracies stand for the {self.frame_ha:,.0f} ha that did not train the map. In brackets: "
                f"{self.accuracy.overall.estimate.level:.0%} intervals, from a probability sample."
            )
            yield from _errors(self.accuracy)
        elif self.crop_map.validation is not None:
            yield without_sample(len(self.crop_map.validation.truth))
        if self.found is not None and self.accuracy is None:
            yield (
                f"An accuracy sample of {counted(len(self.found.sample.parcels), 'parcel')} is drawn; "
                f"{self.found.answers} of them have a reference so far, too few for an estimate."
            )
        beyond = (1 - self.applicable) * self.area_ha
        if beyond:
            yield (
                f"The map does not apply to {beyond:,.0f} ha ({1 - self.applicable:.0%}): they are unlike "
                "all that it learnt from, and faint on the map."
            )
        if self.found is not None and self.found.truth:
            inside = sum(bool(row.inside) for row in self.found.truth)
            yield (
                f"The visit was simulated, so the truth is known: {inside} of {len(self.found.truth)} "
                "intervals hold it."
            )

    @property
    def statement(self) -> tuple[Passage, ...]:
        """The accuracy statement, a paragraph each."""
        said = map_statement(self.crop_map, self.found, self.accepted)
        return tuple(Passage(title, text) for title, text in said.items())

    @property
    def provenance(self) -> tuple[str, ...]:
        """Of what the map was made, and how."""
        made, card = self.crop_map, self.crop_map.card
        sources = listed(list(card["source_seasons"]), 8) or "none"
        versions = ", ".join(f"{name} {value}" for name, value in card["versions"].items())
        sample = "No accuracy sample was drawn."
        if self.found is not None:
            drawn = self.found.sample
            sample = (
                f"Accuracy sample: {len(drawn.parcels):,} of {self.found.frame:,} parcels, strata from "
                f"{'no map' if drawn.map_key == 'no map' else f'map {drawn.map_key}'}, seed {drawn.seed}; "
                f"{self.found.answers:,} have a reference. None of them trained the map."
            )
        return (
            f"{self.data} of the study {clean(self.study.name)}. Map {made.key}, a hash of all that it was "
            "made of.",
            f"Learnt from {counted(card['training_parcels'], 'labelled parcel')} of {made.season}; source "
            f"seasons: {sources}.",
            f"Method {method_by_name(made.method).label}, recipe {card['recipe']}, "
            f"learner {card['learner']}, seed {card['seed']}.",
            sample,
            f"Software: {versions}.",
            *card["notes"],
        )

    @property
    def limits(self) -> tuple[str, ...]:
        """What the numbers do not show."""
        card = self.crop_map.card
        unmapped = (
            (f"{counted(card['without_series'], 'parcel')} of the season have no series and no class.",)
            if card["without_series"]
            else ()
        )
        return (
            "A parcel has one class. Mixed parcels and wrong boundaries are no part of the figures.",
            "Whether the map applies is judged by likeness to the training data. It promises no accuracy.",
            "The probability of a parcel is the model's, calibrated on visited parcels, and no accuracy.",
            *unmapped,
        )


def _errors(accuracy: Accuracy) -> Iterator[str]:
    """The largest confusion, and the class of which the map claims most wrongly."""
    apart = accuracy.matrix * (1 - np.eye(len(accuracy.classes)))
    row, column = divmod(int(apart.argmax()), len(accuracy.classes))
    unit = "area" if accuracy.weight == "area" else "parcels"
    if apart[row, column] > 0:
        mapped, true = (plain(accuracy.classes[place]) for place in (row, column))
        yield f"The largest error: {apart[row, column]:.1%} of the {unit} is {true} and mapped as {mapped}."
    known = [(each.users.estimate, each.name) for each in accuracy.by_class if each.users]
    if known:
        worst, name = min(known, key=lambda pair: pair[0].value)
        yield f"Least to be trusted: of what is mapped as {plain(name)}, {worst} is {plain(name)}."


def compose_map(
    study: Study,
    crop_map: CropMap,
    study_folder: Path,
    *,
    required: float | None = None,
    confidence: float = 0.95,
    made_on: dt.date | None = None,
    found: Assessed | None = None,
) -> MapReport:
    """Put the report of a map together.

    Parameters
    ----------
    study, crop_map
        The map, and the study that it is of.
    study_folder
        It keeps the accuracy sample and the labels.
    required, confidence
        Overall accuracy that the map must have, and with which confidence; None: nothing is required.
    made_on
        By default today.
    found
        What the accuracy sample says, where the caller knows it already.

    Raises
    ------
    AccuracyError
        Where something is required and no sample can tell, or the sample cannot be read.
    """
    found = found or assessed(study_folder, crop_map)
    accepted = None
    if required is not None:
        if found is None or found.accuracy is None:
            raise AccuracyError(
                f"No accuracy sample of {crop_map.season} has answers, so nothing tells whether the map "
                "meets a requirement. Draw one with: groundplan accuracy draw, bring its labels in with: "
                "groundplan labels, or leave --require out."
            )
        accepted = acceptance(found.accuracy, required, confidence, found.frame)
    return MapReport(study, crop_map, found, accepted, str(study_folder), made_on or dt.date.today())


def map_command(report: MapReport) -> str:
    """The line that makes the report again.

    Parameters
    ----------
    report
        Of a map.
    """
    words = ["python", "-m", "engine", "map-report", report.folder, "--season", report.crop_map.season]
    words += ["--map", report.crop_map.key]
    if report.accepted is not None:
        words += [
            "--require",
            f"{report.accepted.required:g}",
            "--confidence",
            f"{report.accepted.confidence:g}",
        ]
    return shlex.join([*words, "--out", "map-report"])
