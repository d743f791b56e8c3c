"""What a row says of its parcel: the crop by the legend's names, words for no crop and no access."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from engine.field_form import CANNOT_REACH, NO_CROP, OTHER
from engine.studies.ingest.crop_names import CODE, SIGNS
from engine.studies.ingest.crop_names import NO_CROP as NO_NAME
from engine.studies.labels.nouns import Status

# In small letters, with blanks for hyphens and underscores.
NOTHING_GROWS = frozenset({NO_CROP, "none", "nothing", "no crops", "not cropped", "bare soil", "bare"})
REFUSED = frozenset(
    {
        CANNOT_REACH,
        "refused",
        "refusal",
        "no access",
        "inaccessible",
        "not accessible",
        "gate locked",
        "locked",
    }
    | {"gate", "not reachable", "unreachable", "no permission"}
)
NOT_FOUND = frozenset({"not found", "parcel not found", "field not found", "cannot find", "does not exist"})
OTHERS = frozenset({OTHER, "other", "another", "other crop"})
NO = frozenset({"no", "n", "false", "0", "not visited"})
LIKENESS = 0.6  # of two names, from which they may be spellings of one class
MOST_LETTERS = 40  # of a note that is taken as the name of a crop
WORDS_OF_NO_FIND = re.compile(r"\b(not found|cannot find|could not find|does not exist)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """Status and crop of a row; the crop is the name as written where it is a new class."""

    status: Status
    crop: str | None = None


def key_of(name: str) -> str:
    """A class name without case, hyphens and leading zeros, so that spellings of one class are alike.

    Parameters
    ----------
    name
        As somebody wrote it.
    """
    spelt = SIGNS.sub(" ", name.strip().casefold()).strip()
    code = CODE.fullmatch(spelt)
    return code[1] if code else spelt


@dataclass(frozen=True)
class Vocabulary:
    """How names of crops are understood.

    Parameters
    ----------
    classes
        Name of the class by its `key_of`.
    merge
        Name that counts by `key_of` of another one.
    """

    classes: Mapping[str, str]
    merge: Mapping[str, str]

    def said(self, crop: str | None, visited: str | None, note: str, is_form: bool) -> Said:
        """What a row says; `is_form` where somebody sent it, so that an empty crop means none."""
        key = key_of(crop) if crop else ""
        if key and key not in self.merge and key not in self.classes:
            if key in OTHERS and note and len(note) <= MOST_LETTERS:
                return self._named(note)
            plain = _by_words(key)
            if plain:
                return Said(plain)
            if key in NO_NAME:
                key = ""
        if key:
            return self._named(str(crop))
        return Said(_without_crop(visited, note, is_form))

    def _named(self, crop: str) -> Said:
        wanted = self.merge.get(key_of(crop), crop)
        if key_of(wanted) in self.classes:
            return Said(Status.LABELLED, self.classes[key_of(wanted)])
        if plain := _by_words(key_of(wanted)):
            return Said(plain)
        return Said(Status.NEW_CLASS, " ".join(wanted.split()))


def vocabulary(names: Iterable[str], merge: Mapping[str, str]) -> Vocabulary:
    """How names of crops are understood.

    Parameters
    ----------
    names
        Classes of the legend.
    merge
        Name that counts by name as written.
    """
    return Vocabulary(
        {key_of(name): name for name in names}, {key_of(old): new for old, new in merge.items()}
    )


def spelling(names: Iterable[str]) -> dict[str, str]:
    """The most frequent spelling by `key_of` of a name.

    Parameters
    ----------
    names
        As written, one a row.
    """
    counts = Counter(names)
    best: dict[str, str] = {}
    for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        best.setdefault(key_of(name), name)
    return best


def like(name: str, classes: Iterable[str]) -> str | None:
    """The class that is spelt most like a name; None where none is.

    Parameters
    ----------
    name
        As written.
    classes
        Of the legend.
    """
    by_key = {key_of(each): each for each in classes}
    close = get_close_matches(key_of(name), list(by_key), n=1, cutoff=LIKENESS)
    return by_key[close[0]] if close else None


def _by_words(key: str) -> Status | None:
    for words, status in (
        (NOTHING_GROWS, Status.NO_CROP),
        (REFUSED, Status.REFUSED),
        (NOT_FOUND, Status.NOT_FOUND),
    ):
        if key in words:
            return status
    return None


def _without_crop(visited: str | None, note: str, is_form: bool) -> Status:
    """What a row without a crop says: nothing, that nobody got there, or that nothing grows."""
    if WORDS_OF_NO_FIND.search(note):
        return Status.NOT_FOUND
    if visited and visited.casefold() not in NO:
        return Status.NO_CROP
    if note:
        return _by_words(key_of(note)) or Status.REFUSED
    return Status.NO_CROP if is_form and not visited else Status.UNVISITED
