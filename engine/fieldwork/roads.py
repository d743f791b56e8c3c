"""How far it is from stop to stop: great circles with a detour, or a routing server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from engine.domain import GroundplanError
from engine.fieldwork.costs import Range, Tariff, exactly
from engine.geodesy import east_north_km

Floats = npt.NDArray[np.float64]
TIMEOUT_S = 20.0


class RoadsError(GroundplanError):
    """A routing server that does not answer, or answers nonsense."""


@dataclass(frozen=True, eq=False)
class Distances:
    """From every place to every place.

    Parameters
    ----------
    km, hours
        Likely driving distance and time, ``[from, to]``.
    spread
        What both may be multiplied with.
    """

    km: Floats
    hours: Floats
    spread: Range


class Roads(Protocol):
    """A source of distances."""

    def distances(self, lon: Floats, lat: Floats, tariff: Tariff) -> Distances:
        """Distances between places in degrees, ``[place]`` each."""
        ...


@dataclass(frozen=True)
class Straight:
    """Straight lines, lengthened by the tariff's detour and driven at its road speed."""

    def distances(self, lon: Floats, lat: Floats, tariff: Tariff) -> Distances:
        """Distances in an azimuthal equidistant projection around the first place."""
        east, north = east_north_km(float(lon[0]), float(lat[0]), lon, lat)
        straight = np.hypot(east[:, None] - east, north[:, None] - north)  # [from, to]
        detour = exactly(tariff.detour)
        km = straight * detour.likely
        spread = Range(1.0, detour.low / detour.likely, detour.high / detour.likely)
        return Distances(km, km / tariff.road_km_h, spread)


@dataclass(frozen=True)
class Server:
    """The matrix service of an OSRM or Valhalla server.

    Parameters
    ----------
    url
        For example ``http://localhost:5000``.
    kind
        ``osrm`` (its ``table`` service) or ``valhalla`` (``sources_to_targets``).
    """

    url: str
    kind: str = "osrm"

    def distances(self, lon: Floats, lat: Floats, tariff: Tariff) -> Distances:
        """Distances along roads; a pair without a way between them is an error that names it."""
        metres, seconds = (self._osrm if self.kind == "osrm" else self._valhalla)(lon, lat)
        if metres.shape != (len(lon), len(lon)) or seconds.shape != metres.shape:
            raise RoadsError(
                f"{self.url} answered with {metres.shape} distances for {len(lon)} places. Check that it is "
                f"a {self.kind} server."
            )
        unconnected = np.argwhere(~(np.isfinite(metres) & np.isfinite(seconds)))
        if len(unconnected):
            start, end = unconnected[0]
            raise RoadsError(
                f"{self.url} knows no way from {lon[start]:.4f}, {lat[start]:.4f} to {lon[end]:.4f}, "
                f"{lat[end]:.4f}. Leave that parcel out, or use straight distances."
            )
        return Distances(metres / 1000, seconds / 3600, exactly(1.0))

    def _osrm(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        places = ";".join(f"{x:.6f},{y:.6f}" for x, y in zip(lon, lat, strict=True))
        answer = self._ask(f"/table/v1/driving/{places}?annotations=duration,distance")
        if answer.get("code") != "Ok":
            raise RoadsError(
                f"{self.url} refused: {answer.get('message') or answer.get('code')}. Its --max-table-size "
                f"must be at least {len(lon)}."
            )
        return _matrix(answer, "distances"), _matrix(answer, "durations")

    def _valhalla(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        places = [{"lon": float(x), "lat": float(y)} for x, y in zip(lon, lat, strict=True)]
        body = {"sources": places, "targets": places, "costing": "auto", "units": "kilometers"}
        answer = self._ask("/sources_to_targets", body)
        rows = answer.get("sources_to_targets")
        if not isinstance(rows, list):
            raise RoadsError(
                f"{self.url} refused: {answer.get('error', 'no sources_to_targets')}. Its "
                f"max_matrix_location_pairs must be at least {len(lon) ** 2}."
            )
        km = [[cell.get("distance") for cell in row] for row in rows]
        seconds = [[cell.get("time") for cell in row] for row in rows]
        return 1000 * np.array(km, dtype=np.float64), np.array(seconds, dtype=np.float64)

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        import httpx

        if not self.url.startswith(("http://", "https://")):
            raise RoadsError(f"{self.url} is no address of a routing server. Give http://HOST:PORT.")
        try:
            reply = httpx.request(
                "POST" if body else "GET",
                self.url + path,
                json=body,
                timeout=TIMEOUT_S,
                follow_redirects=True,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RoadsError(
                f"The routing server {self.url} does not answer ({error}). Start it, or use straight "
                "distances with a detour instead."
            ) from error
        try:
            answer = reply.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise RoadsError(
                f"{self.url} answered {reply.status_code} {reply.reason_phrase} and no routing table. Check "
                f"that it is a {self.kind} server."
            )
        return answer


def _matrix(answer: dict[str, Any], name: str) -> Floats:
    try:
        return np.array(answer[name], dtype=np.float64)
    except (KeyError, TypeError, ValueError):
        raise RoadsError(
            f"The routing server's answer has no usable {name}. Check that it is an osrm server."
        ) from None
