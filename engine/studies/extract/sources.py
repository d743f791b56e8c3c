"""Sources of images: which asset holds which band, what is masked, and how numbers become values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast, get_args

from engine.parsing import toml_of
from engine.studies.extract.images import ExtractError
from engine.studies.ingest.bands import in_decibel

Unit = Literal["power", "decibel", "as-is"]
# From the metadata of an image and what is stated of a layer (scale and offset, or None) to scale and offset.
Rescale = Callable[[Mapping[str, Any], float | None, float | None], tuple[float, float]]


def as_stated(
    properties: Mapping[str, Any], scale: float | None, offset: float | None
) -> tuple[float, float]:
    """What is stated; 1 and 0 where nothing is.

    Parameters
    ----------
    properties
        Of the image.
    scale, offset
        As its catalogue or its file states them.
    """
    return (1.0 if scale is None else scale), (0.0 if offset is None else offset)


@dataclass(frozen=True)
class Tokens:
    """Short-lived tokens that a server of images asks for.

    Parameters
    ----------
    url
        Where they are given; ``{collection}`` stands for the collection. The answer is JSON with ``token``
        and ``msft:expiry``.
    hosts
        Ends of the names of the hosts that get the token, and no other host.
    """

    url: str
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """How images of one kind are read.

    Parameters
    ----------
    assets
        Names of a band's asset by band; the first that an item has is taken.
    unit
        Of backscatter; other bands are as they are.
    mask, excluded
        Names of the asset of classes, and the classes to leave out.
    nodata
        Where neither the file nor the catalogue states it.
    rescale
        How scale and offset are found.
    border
        Pixels beside the edge of the valid area that are left out, against border noise.
    """

    name: str
    assets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit: Unit = "power"
    mask: tuple[str, ...] = ()
    excluded: tuple[int, ...] = ()
    nodata: float | None = None
    rescale: Rescale = field(default=as_stated, repr=False)
    border: int = 0
    tokens: Tokens | None = None

    def unit_of(self, band: str) -> Unit:
        """Unit of a band: only backscatter has another one than its own."""
        return self.unit if in_decibel(band) else "as-is"


def source_of(name: str | None, known: Mapping[str, Source]) -> Source:
    """The source of that name, or the one that a TOML file describes; without a name, plain files.

    Parameters
    ----------
    name
        A name or a path.
    known
        The registered sources.

    Raises
    ------
    ExtractError
        Where there is no such source, or the file does not describe one.
    """
    if name is None:
        return Source("plain files")
    if name in known:
        return known[name]
    if not name.endswith(".toml"):
        raise ExtractError(
            f"There is no source {name}. Choose one of {', '.join(known)}, or describe it in a TOML file "
            "(docs/images.md has one)."
        )
    return _from_toml(Path(name))


FORM = {"assets": dict, "unit": str, "nodata": (int, float), "scale": (int, float), "offset": (int, float),
        "border": int, "mask": dict, "tokens": dict}  # fmt: skip
PARTS = {"mask": {"asset": str, "exclude": list}, "tokens": {"url": str, "hosts": list}}


def _from_toml(path: Path) -> Source:
    """The source that a TOML file describes."""
    try:
        content = toml_of(path)
    except OSError as error:
        raise ExtractError(f"The source {path} cannot be read ({error.strerror}). Check the path.") from None
    except ValueError as error:
        raise ExtractError(f"{path} is not TOML ({error}). docs/images.md has an example.") from None
    _check(path, content, FORM)
    for part, form in PARTS.items():
        if part in content:
            _check(path, content[part], form, f"{part}.")
            if absent := form.keys() - content[part].keys():
                raise ExtractError(f"{path}: [{part}] lacks {', '.join(sorted(absent))}. Add it.")
    if content.get("unit", "power") not in get_args(Unit):
        raise ExtractError(f"{path}: unit is {content['unit']!r}. Write {', '.join(get_args(Unit))}.")
    mask, tokens = content.get("mask"), content.get("tokens")
    return Source(
        name=path.stem,
        assets={band: (str(asset),) for band, asset in content.get("assets", {}).items()},
        unit=cast(Unit, content.get("unit", "power")),
        mask=(mask["asset"],) if mask else (),
        excluded=tuple(mask["exclude"]) if mask else (),
        nodata=content.get("nodata"),
        rescale=fixed(content.get("scale"), content.get("offset"), as_stated),
        border=content.get("border", 0),
        tokens=Tokens(tokens["url"], tuple(tokens["hosts"])) if tokens else None,
    )


def fixed(scale: float | None, offset: float | None, otherwise: Rescale) -> Rescale:
    """A rule that takes what is given, and the rest from another rule.

    Parameters
    ----------
    scale, offset
        Given by the user, or None.
    otherwise
        The rule for what is not given.
    """

    def rule(
        properties: Mapping[str, Any], stated_scale: float | None, stated_offset: float | None
    ) -> tuple[float, float]:
        factor = stated_scale if scale is None else scale
        if offset is None:
            return otherwise(properties, factor, stated_offset)
        return otherwise({}, factor, offset)[0], offset

    return rule


def _check(path: Path, content: Mapping[str, Any], form: Mapping[str, Any], within: str = "") -> None:
    """Raise where a key is unknown or a value of another type."""
    if unknown := [key for key in content if key not in form]:
        raise ExtractError(f"{path} has the unknown {within}{unknown[0]}. Known: {', '.join(form)}.")
    for key, value in content.items():
        if not isinstance(value, form[key]) or isinstance(value, bool):
            raise ExtractError(
                f"{path}: {within}{key} is {value!r:.40}. docs/images.md shows what it can be."
            )
