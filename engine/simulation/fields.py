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
REACH_KM = 8.1  # half the side of the square that a village parcels; its neighbours take part of it
BLOCK_KM2, BLOCK_SD = 1.25, 0.6  # median area up to which land stays a block, and spread of its logarithm
DIVISIONS = 12  # of a village's square at most
CUT, SLANT = (0.34, 0.66), 0.05  # where a road divides land, as share of a side, and how far it runs aslant
ROAD_KM = 0.010  # half the width of a field road
ROW_KM, MOST_ROWS = 0.52, 3  # usual length of a strip, and rows of strips in a block
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
    """Parcel the province: villages on a jittered grid, each with its own roads, which divide its land into
    blocks of many sizes and shapes; a block holds one to three rows of strips.

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
    owner, blocks = _blocks(len(village), rng)
    along = np.stack([np.cos(turn), np.sin(turn)], axis=-1)[owner, None]
    across = np.stack([-np.sin(turn), np.cos(turn)], axis=-1)[owner, None]
    corners = village[owner, None] + blocks[..., :1] * along + blocks[..., 1:] * across  # [block, corner, xy]
    villages = cKDTree(village)
    distance, nearest = villages.query(corners.mean(axis=1))
    border = outline()
    shapely.prepare(border)
    keep = (nearest == owner) & (distance > BUILT_KM)
    keep[keep] &= (villages.query(corners[keep])[1] == owner[keep][:, None]).all(axis=1)
    keep[keep] &= shapely.contains_xy(border, corners[keep].reshape(-1, 2)).reshape(-1, 4).all(axis=1)
    place = ground(seed, 1.0, *corners[keep].mean(axis=1).T)
    keep[keep] &= rng.random(keep.sum()) < place.arable
    return _strips(corners[keep], rng)


def _blocks(villages: int, rng: np.random.Generator) -> tuple[Rows, Floats]:
    """Land around villages, divided by roads until each piece is a block: the village of each, ``[block]``,
    and its corners, ``[block, corner, xy]`` in km from the village.

    A road runs across the longer side of what it divides, so blocks tile the land; each piece has its own
    size up to which it stays whole.
    """
    square = REACH_KM * np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
    land, owner = np.broadcast_to(square, (villages, 4, 2)), np.arange(villages)
    done_land, done_owner = [], []
    for _ in range(DIVISIONS):
        whole = _area(land) < BLOCK_KM2 * np.exp(BLOCK_SD * rng.standard_normal(len(land)))
        done_land.append(land[whole])
        done_owner.append(owner[whole])
        land, owner = _divided(land[~whole], rng), np.repeat(owner[~whole], 2)
    return np.concatenate([*done_owner, owner]), np.concatenate([*done_land, land])


def _area(corners: Floats) -> Floats:
    """Of quadrilaterals, ``[piece]``."""
    rising, falling = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]  # diagonals
    area: Floats = 0.5 * np.abs(rising[:, 0] * falling[:, 1] - rising[:, 1] * falling[:, 0])
    return area


def _long_side_first(corners: Floats) -> Floats:
    """The same quadrilaterals, the first two corners along the longer side."""
    width = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    depth = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    turned: Floats = np.where((depth > width)[:, None, None], np.roll(corners, 1, axis=1), corners)
    return turned


def _divided(corners: Floats, rng: np.random.Generator) -> Floats:
    """Two pieces of each, in a row, ``[2 * piece, corner, xy]``."""
    corners = _long_side_first(corners)
    cut = rng.uniform(*CUT, len(corners))
    slant = rng.uniform(-SLANT, SLANT, len(corners))
    low = _placed(corners, cut + slant, np.zeros(len(cut)))
    high = _placed(corners, cut - slant, np.ones(len(cut)))
    left = np.stack([corners[:, 0], low, high, corners[:, 3]], axis=1)
    right = np.stack([low, corners[:, 1], corners[:, 2], high], axis=1)
    pieces: Floats = np.stack([left, right], axis=1).reshape(-1, 4, 2)
    return pieces


def _strips(corners: Floats, rng: np.random.Generator) -> Cadastre:
    """Fields in blocks: rows of strips, whose widths are drawn; an estate's run through the whole block."""
    corners = _long_side_first(corners)
    blocks = len(corners)
    width = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)  # [block] km
    depth = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    estate = rng.random(blocks) < ESTATE_SHARE
    rows = np.clip(np.round(depth / ROW_KM), 1, MOST_ROWS).astype(np.int64)
    rows[estate] = 1
    scale = STRIP_KM * np.exp(rng.normal(0, 0.25, blocks)) * np.where(estate, ESTATE_TIMES, 1.0)
    widths = (
        rng.lognormal(0, STRIP_SD, (blocks, MOST_ROWS, MOST_STRIPS)) * scale[:, None, None]
    )  # [block, row, strip]
    edge = np.cumsum(widths, axis=2)
    count = np.minimum((edge < width[:, None, None]).sum(axis=2) + 1, MOST_STRIPS)  # [block, row]
    whole = np.take_along_axis(edge, count[..., None] - 1, axis=2)
    edge /= whole
    start = np.concatenate([np.zeros_like(whole), edge[..., :-1]], axis=2)
    exists = np.arange(MOST_STRIPS) < count[..., None]
    exists &= (np.arange(MOST_ROWS) < rows[:, None])[..., None]
    block, row, strip = np.nonzero(exists)
    share = rng.uniform(0.76, 1.24, (blocks, MOST_ROWS)) * (np.arange(MOST_ROWS) < rows[:, None])
    ends = np.cumsum(share, axis=1) / share.sum(axis=1, keepdims=True)  # [block, row]
    road_u, road_v = (ROAD_KM / width)[block], (ROAD_KM / depth)[block]
    low, high = np.where(row == 0, 0.0, ends[block, row - 1]), ends[block, row]
    span = np.stack(
        [
            road_u + (1 - 2 * road_u) * start[block, row, strip],
            road_u + (1 - 2 * road_u) * edge[block, row, strip],
            np.where(row == 0, road_v, low),
            np.where(row == rows[block] - 1, 1 - road_v, high),
        ],
        axis=1,
    )
    return Cadastre(corners, block.astype(np.int64), (MOST_ROWS * block + row).astype(np.int64), span)


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
