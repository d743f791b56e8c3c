"""The province: its outline, its coordinates, its soils, and random fields over it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import shapely
from scipy.special import expit

from engine.domain import Departure
from engine.geodesy import project_m, unproject_m
from engine.simulation.backdrop import drawn

Floats = npt.NDArray[np.float64]

DEPARTURE = Departure(19.845, 45.255, "Novi Sad")
CRS = "EPSG:32634"  # UTM zone 34 N
WAVES = 48  # of a random field
VUKOVAR_KM = 15.0  # north of Novi Sad; to there the Danube flows south, from there on east
AWAY_KM = 300.0  # beyond the province
BANAT_KM, SREM_KM = 6.0, 4.0  # over which one region passes into the next


def stream(seed: int, name: str, *numbers: int) -> np.random.Generator:
    """The random generator of one thing: draws for one never shift the draws for another.

    Parameters
    ----------
    seed
        Of the landscape.
    name
        Of the thing that is drawn.
    *numbers
        Which thing of that name, such as season and class.
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode()), *numbers])


def to_km(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Kilometres east and north of Novi Sad, in UTM zone 34 N.

    Parameters
    ----------
    lon, lat
        Degrees, ``[place]`` each.
    """
    east, north = project_m(CRS, lon, lat)
    own_east, own_north = project_m(CRS, DEPARTURE.lon, DEPARTURE.lat)
    return (east - own_east) / 1000, (north - own_north) / 1000


def to_degrees(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Longitude and latitude of kilometres from Novi Sad; the inverse of `to_km`.

    Parameters
    ----------
    x, y
        Kilometres east and north of Novi Sad, ``[place]`` each.
    """
    own_east, own_north = project_m(CRS, DEPARTURE.lon, DEPARTURE.lat)
    return unproject_m(CRS, own_east + 1000 * np.asarray(x, float), own_north + 1000 * np.asarray(y, float))


@cache
def outline() -> shapely.Polygon:
    """The province's border, in km from Novi Sad."""
    return shapely.Polygon(np.column_stack(to_km(*drawn("outline", "Vojvodina").T)))


@cache
def _river(name: str) -> Floats:
    """Course of a river in km from Novi Sad, ``[point, xy]``."""
    return np.column_stack(to_km(*drawn("river", name).T))


@cache
def _banat() -> tuple[shapely.LineString, shapely.Polygon]:
    """What bounds the land east of the Tisa and north of the Danube below its mouth, and that land."""
    danube, tisa = _river("Danube"), _river("Tisa")
    below = np.flatnonzero((danube == tisa[-1]).all(axis=1))[0]
    return _land_beyond(np.concatenate([tisa, danube[below + 1 :]]), ((AWAY_KM, -50), (AWAY_KM, AWAY_KM)))


@cache
def _srem() -> tuple[shapely.LineString, shapely.Polygon]:
    """What bounds the land south of the Danube from Vukovar on, and that land."""
    danube = _river("Danube")
    corners = (AWAY_KM, -AWAY_KM), (-AWAY_KM, -AWAY_KM), (-AWAY_KM, VUKOVAR_KM)
    return _land_beyond(danube[danube[:, 1] < VUKOVAR_KM], corners)


def _land_beyond(
    course: Floats, corners: tuple[tuple[float, float], ...]
) -> tuple[shapely.LineString, shapely.Polygon]:
    land = shapely.Polygon([*course, *corners])
    shapely.prepare(land)
    return shapely.LineString(course), land


def _inside(region: tuple[shapely.LineString, shapely.Polygon], x: Floats, y: Floats) -> Floats:
    """Kilometres from a river into the land beyond it, negative on this side, ``[place]``."""
    course, land = region
    distance = shapely.distance(course, shapely.points(x, y))
    signed: Floats = np.where(shapely.contains_xy(land, x, y), distance, -distance)
    return signed


@dataclass(frozen=True, eq=False)
class RandomField:
    """A smooth random surface of mean 0 and variance 1: a sum of random waves.

    ``sqrt(2 / n) sum cos(w . x + phi)`` with ``w ~ N(0, 1 / length)``, whose covariance tends to a
    Gaussian of that length as the number of waves grows (Rahimi & Recht 2007, "Random features for
    large-scale kernel machines").

    Parameters
    ----------
    waves
        ``[wave, xy]`` radians per km.
    phase
        ``[wave]`` radians.
    """

    waves: Floats
    phase: Floats

    def at(self, x: Floats, y: Floats) -> Floats:
        """The surface at places in km, ``[place]``."""
        angle = x[:, None] * self.waves[:, 0] + y[:, None] * self.waves[:, 1] + self.phase  # [place, wave]
        height: Floats = np.sqrt(2 / len(self.phase)) * np.cos(angle).sum(axis=1)
        return height


def random_field(rng: np.random.Generator, length_km: float) -> RandomField:
    """Draw a random field of that length.

    Parameters
    ----------
    rng
        Of the field.
    length_km
        Distance in km over which places are alike.
    """
    return RandomField(rng.normal(0, 1 / length_km, (WAVES, 2)), rng.uniform(0, 2 * np.pi, WAVES))


@dataclass(frozen=True, eq=False)
class Ground:
    """What a place is like, ``[place]`` each.

    Parameters
    ----------
    x, y
        Kilometres east and north of Novi Sad.
    banat, srem
        How much a place belongs to the region east of the Tisa or south of the Danube, 0..1.
    sand
        Share of sand lands, 0..1.
    solonetz
        Index of salt-affected soils, 0..1.
    elevation
        Metres above the sea.
    clay
        Share of the topsoil, 0..1.
    arable
        Share of the land that is cropped, 0..1.
    """

    x: Floats
    y: Floats
    banat: Floats
    srem: Floats
    sand: Floats
    solonetz: Floats
    elevation: Floats
    clay: Floats
    arable: Floats

    def __getitem__(self, rows: npt.NDArray[np.int64] | slice) -> Ground:
        """Some of the places."""
        return Ground(*(values[rows] for values in vars(self).values()))


def ground(seed: int, place_soil: float, x: Floats, y: Floats) -> Ground:
    """Soils and relief at places in km: sands of Deliblato and Subotica, the ridge of Fruška gora,
    heavier and salt-affected soils in the Banat.

    Parameters
    ----------
    seed
        Of the landscape.
    place_soil
        Strength of the regional differences in soil texture.
    x, y
        Kilometres east and north of Novi Sad, ``[place]`` each.
    """
    banat = expit(_inside(_banat(), x, y) / BANAT_KM)
    srem = expit(_inside(_srem(), x, y) / SREM_KM) * (1 - banat)
    deliblato = np.exp(-(((x - 95) / 22) ** 2) - ((y + 35) / 16) ** 2)
    subotica = np.exp(-(((x - 5) / 30) ** 2) - ((y - 97) / 12) ** 2)
    sand = np.clip(deliblato + subotica, 0, 1)
    ridge = np.exp(-(((x + 12) / 40) ** 2) - ((y + 11) / 7) ** 2)
    texture = random_field(stream(seed, "clay"), 15).at(x, y)
    salt = random_field(stream(seed, "solonetz"), 10).at(x, y)
    clay = 0.24 + place_soil * (0.13 * banat * (1 - sand) + 0.04 * texture - 0.14 * sand)
    return Ground(
        x,
        y,
        banat,
        srem,
        sand,
        np.clip(0.5 * banat + 0.35 * salt, 0, 1),
        80 + 420 * ridge,
        np.clip(clay, 0.05, 0.5),
        np.where((ridge > 0.55) | (deliblato > 0.6), 0.06, 1.0),
    )
