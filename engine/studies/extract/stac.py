"""Images of a STAC API."""

from __future__ import annotations

import datetime as dt
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

from engine.domain import Season
from engine.geodesy import Bounds
from engine.studies.extract.images import ExtractError, Image, Layer, box_text
from engine.studies.extract.sources import Source, Tokens

PAGE = 100  # items a page
TIMEOUT = 60  # s
EXAMPLES = 8  # names in an error
SPARE = 120  # s before a token expires in which a new one is asked for
DIRECTIONS = {"ascending": "asc", "descending": "desc"}


@dataclass(frozen=True)
class StacApi:
    """Images of one collection of a STAC API.

    Parameters
    ----------
    client
        Of the API.
    url, collection
        Where it is, and which of its collections is meant.
    bands
        The bands to use; each is an asset, by the source or of the same name.
    """

    client: Any
    url: str
    collection: str
    source: Source
    bands: tuple[str, ...]
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing: whatever an API finds is used."""
        return ()

    def images(self, bounds: Bounds, season: Season) -> list[Image]:
        """Images over a box in degrees in the window of a season, in the order of their names."""
        with _faults_of(self.url):
            search = self.client.search(
                collections=[self.collection],
                bbox=list(bounds),
                datetime=f"{season.start}T00:00:00Z/{season.end}T23:59:59Z",
                limit=PAGE,
            )
            items = list(search.items())
        return sorted((self._image(item) for item in items), key=lambda image: (image.day, image.name))

    def address(self, href: str) -> str:
        """The href, with a token where its host is one that asks for it."""
        tokens, host = self.source.tokens, urlsplit(href).hostname or ""
        if tokens is None or not host.endswith(tokens.hosts):
            return href
        return f"{href}{'&' if '?' in href else '?'}{self._token(tokens)}"

    def nothing_found(self, bounds: Bounds, seasons: list[Season]) -> ExtractError:
        """Which days and places the collection says it has."""
        with _faults_of(self.url):
            extent = self.client.get_collection(self.collection).extent.to_dict()
        start, end = (day or "today" for day in extent["temporal"]["interval"][0])
        windows = ", ".join(f"{season.start} to {season.end}" for season in seasons)
        return ExtractError(
            f"The collection {self.collection} has no image over the parcels ({box_text(bounds)}) in "
            f"{windows}; it holds {start} to {end}. Check --window and --seasons, or name another collection."
        )

    def _image(self, item: Any) -> Image:
        properties = {**item.properties, "collection": self.collection}
        when = item.datetime or dt.datetime.fromisoformat(properties["start_datetime"])
        layers = {band: self._layer(item, self.source.assets.get(band, (band,))) for band in self.bands}
        if absent := [band for band, layer in layers.items() if layer is None]:
            raise ExtractError(
                f"The item {item.id} has no asset for {', '.join(absent)}; it has {', '.join(item.assets)}. "
                "Choose others with --bands, or name the assets in a source of your own (docs/images.md)."
            )
        mask = self._layer(item, self.source.mask) if self.source.mask else None
        if self.source.mask and mask is None:
            raise ExtractError(
                f"The item {item.id} has no asset {' or '.join(self.source.mask)} for the mask; it has "
                f"{', '.join(item.assets)}. Name the asset in a source of your own (docs/images.md)."
            )
        day = when.astimezone(dt.UTC).date() if when.tzinfo else when.date()
        return Image(
            name=item.id,
            day=day,
            bounds=_flat(item.bbox),
            layers={band: layer for band, layer in layers.items() if layer is not None},
            mask=mask,
            orbit=_orbit(properties),
            properties=properties,
            version=str(properties.get("updated", "")),
        )

    def _layer(self, item: Any, names: Sequence[str]) -> Layer | None:
        """The first of the named assets that an item has."""
        asset = next((item.assets[name] for name in names if name in item.assets), None)
        if asset is None:
            return None
        more = asset.extra_fields  # STAC 1.1 has "bands" and "raster:scale", 1.0 has "raster:bands"
        stated = {**more, **_first(more.get("bands")), **_first(more.get("raster:bands"))}
        scale = _number(stated.get("scale", stated.get("raster:scale")))
        offset = _number(stated.get("offset", stated.get("raster:offset")))
        nodata = _number(stated.get("nodata", stated.get("raster:nodata")))
        return Layer(self._href(item, asset), 1, scale, offset, nodata)

    def _href(self, item: Any, asset: Any) -> str:
        """An http(s) address; nothing else that an item names is opened."""
        others = asset.extra_fields.get("alternate", {})
        for href in (asset.href, *(other.get("href", "") for other in others.values())):
            full = str(urljoin(item.get_self_href() or self.url, href))
            if urlsplit(full).scheme in ("http", "https"):
                return full
        raise ExtractError(
            f"The item {item.id} names {asset.href:.80}, which is no http(s) address. Only such are read: "
            "choose an API that offers them, or download the files and use --images."
        )

    def _token(self, tokens: Tokens) -> str:
        """A token that is valid for some minutes more."""
        url = tokens.url.format(collection=self.collection)
        token, until = self.tokens.get(url, ("", 0.0))
        if time.time() > until - SPARE:
            token, until = _new_token(url)
            self.tokens[url] = token, until
        return token


def open_api(url: str, collection: str, source: Source, bands: Sequence[str] | None) -> StacApi:
    """A collection of a STAC API.

    Parameters
    ----------
    url, collection
        Where the API is, and the id of its collection.
    source
        How the collection's items are read.
    bands
        The bands to use; None takes those of the source.

    Raises
    ------
    ExtractError
        Where the API is not reachable, the collection is unknown, or nothing says what the bands are.
    """
    import pystac_client

    if urlsplit(url).scheme not in ("http", "https"):
        raise ExtractError(f"{url} is no address of a STAC API. It begins with https://.")
    chosen = tuple(bands or source.assets)
    if not chosen:
        raise ExtractError(
            f"Nothing says which assets of {collection} are bands. Name them with --bands, or choose a "
            "--source."
        )
    with _faults_of(url):
        client = pystac_client.Client.open(url, timeout=TIMEOUT)
        if not _has(client, collection):
            names = sorted(each.id for each in client.get_collections())
            more = ", ..." if len(names) > EXAMPLES else ""
            raise ExtractError(
                f"{url} has no collection {collection}; it has {', '.join(names[:EXAMPLES])}{more}. Choose "
                "one with --collection."
            )
    return StacApi(client, url, collection, source, chosen)


def _has(client: Any, collection: str) -> bool:
    """Whether an API has a collection."""
    from pystac_client.exceptions import APIError

    try:
        return client.get_collection(collection) is not None
    except APIError as error:
        if getattr(error, "status_code", None) == HTTPStatus.NOT_FOUND:
            return False
        raise


@contextmanager
def _faults_of(url: str) -> Iterator[None]:
    """What goes wrong with an API becomes an `ExtractError`; warnings of its library are not shown."""
    from pystac import STACError
    from pystac_client.exceptions import APIError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except APIError as error:
        status = getattr(error, "status_code", None)
        reason = f"it answers with status {status}" if status else "it does not answer"
    except (STACError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"its answers are none of a STAC API: {type(error).__name__}"
    else:
        return
    raise ExtractError(
        f"The STAC API {url} cannot be used ({reason}). Check the address and the network; what is "
        "finished is kept, and the same command goes on."
    )


def _new_token(url: str) -> tuple[str, float]:
    """A token and the time until which it is valid, seconds since 1970."""
    import httpx

    try:
        answer = httpx.get(url, timeout=TIMEOUT, follow_redirects=True).raise_for_status().json()
        until = dt.datetime.fromisoformat(str(answer["msft:expiry"]).replace("Z", "+00:00"))
        return str(answer["token"]), until.timestamp()
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise ExtractError(
            f"No token for the images at {url} ({type(error).__name__}). Check the network, and whether the "
            "provider asks for an account."
        ) from None


def _orbit(properties: Mapping[str, Any]) -> str | None:
    """Direction and relative orbit, as ``asc_175``."""
    state = str(properties.get("sat:orbit_state", "")).lower()
    number = properties.get("sat:relative_orbit")
    parts = [DIRECTIONS.get(state, state), "" if number is None else f"{int(number):03d}"]
    return "_".join(part for part in parts if part) or None


def _first(bands: Any) -> dict[str, Any]:
    """What is stated of the first band of an asset."""
    return dict(bands[0]) if isinstance(bands, list) and bands else {}


def _number(value: Any) -> float | None:
    """A number; ``"nan"`` and the like are numbers too."""
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


def _flat(box: Sequence[float]) -> Bounds:
    """A box without heights."""
    half = len(box) // 2
    return float(box[0]), float(box[1]), float(box[half]), float(box[half + 1])
