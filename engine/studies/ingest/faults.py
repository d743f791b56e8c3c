"""Faults of foreign files: all of them are found before anything is made, and listed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.domain import GroundplanError

EXAMPLES = 3
LEAVE_OUT = "Or leave them out with --drop-faulty."
TRUST = "If they are right, take them with --trust-values."
MOST_DROPPED = 0.5  # share of the parcels or series beyond which leaving the faulty ones out does harm


@dataclass(frozen=True)
class Fault:
    """One fault: what is wrong with which thing, the names it concerns, and the cure.

    Parameters
    ----------
    changes
        Fields of `engine.studies.ingest.request.IngestRequest` that cure it, and their new values; none where
        only the files can be mended.
    """

    what: str
    cure: str
    names: tuple[str, ...] = ()
    changes: Mapping[str, object] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many things have the fault."""
        return max(1, len(self.names))

    @property
    def examples(self) -> tuple[str, ...]:
        """The first few names."""
        return self.names[:EXAMPLES]

    def __str__(self) -> str:
        return f"{listed(self.what, self.names)}. {self.cure}"


class IngestError(GroundplanError):
    """Files that cannot become a study; ``faults`` holds everything that is wrong with them."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        head = "1 fault was found" if len(self.faults) == 1 else f"{len(self.faults)} faults were found"
        return "\n".join([f"{head}; nothing was written.", *(f"- {fault}" for fault in self.faults)])


@dataclass
class Findings:
    """What was found on the way: faults that stop the ingest, notes that go with the study."""

    drop_faulty: bool = False
    trust_values: bool = False
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(
        self,
        what: str,
        cure: str,
        names: Sequence[str] = (),
        changes: Mapping[str, object] | None = None,
    ) -> None:
        """Remember a fault."""
        fault = Fault(what, cure, tuple(names), dict(changes or {}))
        if fault not in self.faults:
            self.faults.append(fault)

    def reject(
        self,
        what: str,
        cure: str,
        names: Sequence[str],
        of: int,
        changes: Mapping[str, object] | None = None,
    ) -> None:
        """Remember things with a fault, or note that they are left out where that was asked for.

        Where more than half of ``of`` have it, leaving them out is neither offered nor done.
        """
        if not len(names):
            return
        if len(names) > MOST_DROPPED * of:
            self.fault(what, cure, names, changes)
        elif self.drop_faulty:
            self.notes.append(f"Left out: {listed(what, names)}.")
        else:
            self.fault(
                what,
                f"{cure} {LEAVE_OUT}",
                names,
                changes or {"drop_faulty": True},
            )

    def doubt(
        self,
        what: str,
        cure: str,
        names: Sequence[str] = (),
        changes: Mapping[str, object] | None = None,
    ) -> None:
        """Remember values that are hardly true: a fault, or a note where the user trusts them."""
        if self.trust_values:
            self.note(f"{listed(what, names)}; taken as they are.")
        else:
            self.fault(what, f"{cure} {TRUST}", names, changes)

    def note(self, text: str) -> None:
        """Remember something the user should know."""
        if text not in self.notes:
            self.notes.append(text)

    def error(self) -> IngestError:
        """The error that lists all faults."""
        return IngestError(tuple(self.faults))


def listed(what: str, names: Sequence[str]) -> str:
    """Text such as ``Parcels without series: 5 (p1, p2, p3, ...)``.

    Parameters
    ----------
    what
        What the names have in common.
    names
        All of them; the first three are shown.
    """
    if not len(names):
        return what
    more = ", ..." if len(names) > EXAMPLES else ""
    return f"{what}: {len(names)} ({', '.join(names[:EXAMPLES])}{more})"
