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

Floats = npt.NDArray[np.float64]

DEPARTURE = Departure(19.845, 45.255, "Novi Sad")
CRS = "EPSG:32634"  # UTM zone 34 N
WAVES = 48  # of a random field

# Drawn by hand along the Danube, the Tisa's plain and the borders; longitude, latitude in degrees.
OUTLINE = (
    (18.83, 45.91), (19.06, 45.99), (19.30, 46.00), (19.42, 46.05), (19.57, 46.17), (19.70, 46.18),
    (19.82, 46.13), (20.05, 46.16), (20.18, 46.16), (20.35, 46.05), (20.55, 45.90), (20.70, 45.75),
    (20.80, 45.74), (20.78, 45.50), (21.03, 45.32), (21.20, 45.27), (21.48, 45.18), (21.47, 45.05),
    (21.37, 45.02), (21.54, 44.91), (21.36, 44.84), (21.00, 44.70), (20.76, 44.66), (20.63, 44.78),
    (20.62, 44.90), (20.38, 45.08), (20.30, 44.96), (20.17, 44.90), (20.12, 44.74), (19.97, 44.67),
    (19.70, 44.77), (19.74, 44.91), (19.35, 44.89), (19.02, 44.87), (19.14, 44.96), (19.09, 45.13),
    (19.20, 45.20), (19.42, 45.18), (19.42, 45.23), (19.00, 45.37), (19.02, 45.49), (18.93, 45.55),
    (18.96, 45.66), (18.85, 45.80),
)  # fmt: skip


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
    return shapely.Polygon(np.column_stack(to_km(*np.array(OUTLINE).T)))


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
    banat = expit((x - (25 + 0.03 * y)) / 6)  # east of the Tisa
    srem = expit(-(y + 4 + 0.1 * x) / 4) * (1 - banat)
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
