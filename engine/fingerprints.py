"""What a plan uses of a study, as hashes: what it does not use changes none of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class SeasonFingerprint:
    """Hashes of what a score depends on in one season, 16 hexadecimal digits each.

    Parameters
    ----------
    fields
        Of its parcels: ids, outlines, places, and which of them are one field.
    series
        Of its window, bands, days and values, and of their provenance; empty where it has none yet.
    labels
        Of its crops; parcels without a label count, too.
    """

    fields: str = ""
    series: str = ""
    labels: str = ""


@dataclass(frozen=True)
class Fingerprints:
    """Hashes of what a plan uses of a study; what it does not use changes none of them.

    Parameters
    ----------
    legend
        Of the class names of the whole study in order. Source models and single repeats depend on it, since
        they know classes by their number. Answers do not, which name them: a class that comes home with the
        labels of another season changes no key.
    ground
        Of what seasons share: which of the parcels used stand on test ground, and which are one field.
    target, sources
        Of the seasons, the sources in the order in which the plan names them.
    study
        In plans of earlier versions, which knew no seasons: fingerprint of the whole study; else empty.
    """

    legend: str = field(default="", compare=False)
    ground: str = ""
    target: SeasonFingerprint = SeasonFingerprint()
    sources: tuple[SeasonFingerprint, ...] = ()
    study: str = ""

    @property
    def facts(self) -> str | dict[str, Any]:
        """As plans and cards of source models hold them: an object; of earlier versions, the one text."""
        if self.study:
            return self.study
        sources = [dict(vars(season)) for season in self.sources]
        target = dict(vars(self.target))
        return {"legend": self.legend, "ground": self.ground, "target": target, "sources": sources}

    @property
    def of_sources(self) -> Fingerprints:
        """Without series and labels of the target season, which no source model sees."""
        return replace(self, target=SeasonFingerprint(self.target.fields))
