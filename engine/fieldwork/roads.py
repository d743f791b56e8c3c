"""How far it is from stop to stop: great circles with a detour, or a routing server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from engine.domain import GroundplanError
from engine.fieldwork.asking import ServerError, ask
from engine.fieldwork.costs import Range, Tariff, exactly
from engine.geodesy import east_north_km

Floats = npt.NDArray[np.float64]
MOST_M, MOST_S = 1e8, 1e7  # of a drive, far beyond any
HUGE, WRONG = 1e300, -np.inf
ROOM_BYTES, CELL_BYTES = 1_000_000, 400  # of an answer: what it may have besides its table, and for each pair
MOST_LETTERS = 200


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
        for cells, most in ((metres, MOST_M), (seconds, MOST_S)):
            if (cells < 0).any() or (cells > most).any():  # not known is NaN, which is neither
                raise RoadsError(
                    f"{self.url} answered with a distance or time that cannot be, "
                    f"{cells[(cells < 0) | (cells > most)][0]:g}. Check that it is a {self.kind} server, or "
                    "use straight distances."
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
        answer = self._ask(f"/table/v1/driving/{places}?annotations=duration,distance", len(lon))
        if answer.get("code") != "Ok":
            raise RoadsError(
                f"{self.url} refused: {str(answer.get('message') or answer.get('code'))[:MOST_LETTERS]}. Its "
                f"--max-table-size must be at least {len(lon)}."
            )
        count = len(lon)
        return self._cells(answer.get("distances"), count), self._cells(answer.get("durations"), count)

    def _valhalla(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        places = [{"lon": float(x), "lat": float(y)} for x, y in zip(lon, lat, strict=True)]
        body = {"sources": places, "targets": places, "costing": "auto", "units": "kilometers"}
        answer = self._ask("/sources_to_targets", len(lon), body)
        rows = answer.get("sources_to_targets")
        if not isinstance(rows, list):
            raise RoadsError(
                f"{self.url} refused: {str(answer.get('error', 'no sources_to_targets'))[:MOST_LETTERS]}. "
                f"Its max_matrix_location_pairs must be at least {len(lon) ** 2}."
            )

        def named(name: str) -> list[Any]:
            return [
                [cell.get(name) if isinstance(cell, dict) else WRONG for cell in row]
                for row in rows
                if isinstance(row, list)
            ]

        return 1000 * self._cells(named("distance"), len(lon)), self._cells(named("time"), len(lon))

    def _cells(self, rows: Any, count: int) -> Floats:
        """Numbers of an answer, ``[from, to]``; NaN where it knows none."""
        square = isinstance(rows, list) and len(rows) == count
        if square and all(isinstance(row, list) and len(row) == count for row in rows):
            cells = [np.nan if cell is None else _number(cell) for row in rows for cell in row]
            if WRONG not in cells:
                return np.array(cells, dtype=np.float64).reshape(count, count)
        raise RoadsError(
            f"{self.url} answered with no table of {count} by {count} numbers. Check that it is a "
            f"{self.kind} server, or use straight distances."
        )

    def _ask(self, path: str, count: int, body: dict[str, Any] | None = None) -> dict[str, Any]:
        if not self.url.startswith(("http://", "https://")):
            raise RoadsError(f"{self.url} is no address of a routing server. Give http://HOST:PORT.")
        try:
            reply = ask(self.url + path, body, ROOM_BYTES + CELL_BYTES * count**2)
        except ServerError as error:
            raise RoadsError(
                f"The routing server {self.url} does not answer ({error}). Start it, or use straight "
                "distances with a detour instead."
            ) from error
        if not isinstance(reply.answer, dict):
            raise RoadsError(
                f"{self.url} answered {reply.status} and no routing table. Check that it is a {self.kind} "
                "server."
            )
        return reply.answer


def _number(cell: Any) -> float:
    """A finite number of an answer as it is, anything else as a mark."""
    fits = isinstance(cell, int | float) and not isinstance(cell, bool)
    return float(cell) if fits and abs(cell) < HUGE else WRONG
