"""Fields: strips in blocks around villages, as the plain is parcelled, and which of them are surveyed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from engine.simulation.parameters import Landscape
from engine.simulation.province import Floats, ground, outline, stream

Rows = npt.NDArray[np.int64]

VILLAGE_KM = 9.0  # between villages
BUILT_KM = 1.0  # radius of a village
BLOCK_KM = (1.15, 1.0)  # along and across the strips' headland
JITTER = 0.09  # of a block's corners, as share of a block
ROAD_KM = 0.010  # half the width of a field road
STRIP_KM, STRIP_SD = 0.062, 0.62  # median width of a strip, and spread of its logarithm
ESTATE_SHARE, ESTATE_TIMES = 0.10, 6.0  # blocks of large estates, and how much wider their fields are
MOST_STRIPS = 48  # strips in a row


@dataclass(frozen=True, eq=False)
class Cadastre:
    """All fields of the province; they are the same in every season.

    Parameters
    ----------
    corners
        Of each block, ``[block, corner, xy]`` in km from Novi Sad.
    block
        Of each field, ``[field]``.
    row
        Number of the row of strips it lies in, ``[field]``; a row's fields follow each other.
    span
        The field within its block, ``[field, (u0, u1, v0, v1)]``, 0..1 along and across.
    """

    corners: Floats
    block: Rows
    row: Rows
    span: Floats

    def __len__(self) -> int:
        return len(self.block)

    def centres(self, fields: Rows) -> tuple[Floats, Floats]:
        """Middle of fields in km, ``[field]`` each."""
        u, v = self.span[fields, :2].mean(axis=1), self.span[fields, 2:].mean(axis=1)
        middle = _placed(self.corners[self.block[fields]], u, v)
        return middle[:, 0], middle[:, 1]

    def polygons(self, fields: Rows) -> npt.NDArray[np.object_]:
        """Outlines of fields in km, ``[field]``."""
        corners, span = self.corners[self.block[fields]], self.span[fields]
        ring = [_placed(corners, span[:, u], span[:, v]) for u, v in ((0, 2), (1, 2), (1, 3), (0, 3), (0, 2))]
        polygons: npt.NDArray[np.object_] = shapely.polygons(np.stack(ring, axis=1))
        return polygons


def _placed(corners: Floats, u: Floats, v: Floats) -> Floats:
    """Bilinear place in a block, ``[place, xy]``; corners run around it."""
    u, v = u[:, None], v[:, None]
    low = corners[:, 0] * (1 - u) + corners[:, 1] * u
    high = corners[:, 3] * (1 - u) + corners[:, 2] * u
    placed: Floats = low * (1 - v) + high * v
    return placed


@lru_cache(maxsize=2)
def cadastre(seed: int) -> Cadastre:
    """Parcel the province: villages on a jittered grid, each with its own grid of blocks, turned its own
    way; a block holds one or two rows of strips.

    Parameters
    ----------
    seed
        Of the draws; the same seed gives the same fields.
    """
    rng = stream(seed, "cadastre")
    west, south, east, north = outline().bounds
    grid = np.stack(
        np.meshgrid(np.arange(west - 8, east + 8, VILLAGE_KM), np.arange(south - 8, north + 8, VILLAGE_KM)),
        axis=-1,
    ).reshape(-1, 2)
    village = grid + rng.uniform(-0.35, 0.35, grid.shape) * VILLAGE_KM  # [village, xy]
    turn = rng.uniform(0, np.pi, len(village))
    half = int(np.ceil(0.9 * VILLAGE_KM / min(BLOCK_KM)))
    steps = np.arange(-half, half + 1)
    nodes = np.stack(np.meshgrid(steps * BLOCK_KM[0], steps * BLOCK_KM[1], indexing="ij"), axis=-1)
    bent = nodes + rng.normal(0, JITTER, (len(village), *nodes.shape)) * BLOCK_KM  # [village, i, j, xy]
    along = np.stack([np.cos(turn), np.sin(turn)], axis=-1)[:, None, None]
    across = np.stack([-np.sin(turn), np.cos(turn)], axis=-1)[:, None, None]
    placed = village[:, None, None] + bent[..., :1] * along + bent[..., 1:] * across
    corners = np.stack(
        [placed[:, :-1, :-1], placed[:, 1:, :-1], placed[:, 1:, 1:], placed[:, :-1, 1:]], axis=3
    )  # [village, i, j, corner, xy]
    owner = np.broadcast_to(np.arange(len(village))[:, None, None], corners.shape[:3]).ravel()
    corners = corners.reshape(-1, 4, 2)
    middle = corners.mean(axis=1)
    villages = cKDTree(village)
    distance, nearest = villages.query(middle)
    border = outline()
    shapely.prepare(border)
    keep = (nearest == owner) & (distance > BUILT_KM)
    keep[keep] &= (villages.query(corners[keep])[1] == owner[keep][:, None]).all(axis=1)
    keep[keep] &= shapely.contains_xy(border, corners[keep].reshape(-1, 2)).reshape(-1, 4).all(axis=1)
    place = ground(seed, 1.0, middle[keep, 0], middle[keep, 1])
    keep[keep] &= rng.random(keep.sum()) < place.arable
    return _strips(corners[keep], rng)


def _strips(corners: Floats, rng: np.random.Generator) -> Cadastre:
    blocks = len(corners)
    width = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)  # [block] km
    depth = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    estate = rng.random(blocks) < ESTATE_SHARE
    scale = STRIP_KM * np.exp(rng.normal(0, 0.25, blocks)) * np.where(estate, ESTATE_TIMES, 1.0)
    widths = (
        rng.lognormal(0, STRIP_SD, (blocks, 2, MOST_STRIPS)) * scale[:, None, None]
    )  # [block, row, strip]
    edge = np.cumsum(widths, axis=2)
    count = np.minimum((edge < width[:, None, None]).sum(axis=2) + 1, MOST_STRIPS)  # [block, row]
    whole = np.take_along_axis(edge, count[..., None] - 1, axis=2)
    edge /= whole
    start = np.concatenate([np.zeros_like(whole), edge[..., :-1]], axis=2)
    exists = np.arange(MOST_STRIPS) < count[..., None]
    exists[estate, 1] = False  # an estate's fields run through the whole block
    block, row, strip = np.nonzero(exists)
    split = rng.uniform(0.38, 0.62, blocks)
    split[estate] = 1.0
    road_u, road_v = (ROAD_KM / width)[block], (ROAD_KM / depth)[block]
    low = np.where(row == 0, 0.0, split[block])
    high = np.where(row == 0, split[block], 1.0)
    span = np.stack(
        [
            road_u + (1 - 2 * road_u) * start[block, row, strip],
            road_u + (1 - 2 * road_u) * edge[block, row, strip],
            low + np.where(low == 0, road_v, 0.0),
            high - np.where(high == 1, road_v, 0.0),
        ],
        axis=1,
    )
    return Cadastre(corners, block.astype(np.int64), (2 * block + row).astype(np.int64), span)


def survey(landscape: Landscape, year: int) -> Rows:
    """The fields that are surveyed in a season, ascending, ``[parcel]``.

    A surveyor stops at a row of strips and takes some neighbours. Stops are denser near the departure;
    a share of them belongs to a panel that most seasons visit again.

    Parameters
    ----------
    landscape
        How many parcels are surveyed, and how stops are chosen.
    year
        Harvest year of the season.
    """
    fields = cadastre(landscape.seed)
    row, first, size = np.unique(fields.row, return_index=True, return_counts=True)  # [row]
    x, y = fields.centres(first + size // 2)
    weight = 1 + landscape.density * np.exp(-np.hypot(x, y) / landscape.density_km)
    # Where nearly every field is wanted, surveyors take longer runs.
    run = max(landscape.run, 1.5 * landscape.parcels / len(row))

    panel_rng = stream(landscape.seed, "panel")
    priority = panel_rng.exponential(size=len(row)) / weight  # the smallest are drawn with their weights
    length = 1 + panel_rng.poisson(run - 1, len(row))
    start = panel_rng.random(len(row))
    season_rng = stream(landscape.seed, "survey", year)
    panel = np.argsort(priority, kind="stable")[: int(landscape.panel * landscape.parcels / run / 0.7)]
    panel = panel[season_rng.random(len(panel)) < 0.7]
    fresh_priority = season_rng.exponential(size=len(row)) / weight
    fresh_length, fresh_start = 1 + season_rng.poisson(run - 1, len(row)), season_rng.random(len(row))
    fresh = np.argsort(fresh_priority, kind="stable")
    fresh = fresh[~np.isin(fresh, panel)]
    stops = np.concatenate([panel, fresh])
    taken = np.minimum(np.concatenate([length[panel], fresh_length[fresh]]), size[stops])
    offset_share = np.concatenate([start[panel], fresh_start[fresh]])
    begin = first[stops] + (offset_share * (size[stops] - taken + 1)).astype(np.int64)
    needed = int(np.searchsorted(np.cumsum(taken), landscape.parcels)) + 1
    begin, taken = begin[:needed], taken[:needed]
    offset = np.arange(taken.sum()) - np.repeat(np.cumsum(taken) - taken, taken)
    return np.sort((np.repeat(begin, taken) + offset)[: landscape.parcels])
