"""Crops stay apart under colour-vision deficiencies, and each has one hue in both themes.

References
----------
G. Sharma, W. Wu and E. N. Dalal (2005), "The CIEDE2000 color-difference formula", Color Research and
Application 30, 21-30. G. M. Machado, M. M. Oliveira and L. A. F. Fernandes (2009), "A physiologically-based
model for simulation of color vision deficiency", IEEE Transactions on Visualization and Computer Graphics 15,
1291-1298. B. Ottosson (2020), "A perceptual color space for image processing".
"""

import numpy as np
import pytest

from engine.views import palette

VISIONS = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
OK = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(colours):
    values = np.array([palette.rgb(colour) for colour in colours]) / 255  # [colour, rgb]
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab_of(light):
    t = np.clip(light, 0, 1) @ XYZ.T / WHITE
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=-1)


def ciede2000(first, second):
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(first, -1, 0), np.moveaxis(second, -1, 0)
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    more = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25**7))
    c1, c2 = np.hypot(more * a1, b1), np.hypot(more * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, more * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    hue = h1 + turn / 2
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    cosine = [np.cos(np.radians(k * hue + shift)) for k, shift in ((1, -30), (2, 0), (3, 6), (4, -63))]
    t = 1 + np.array([-0.17, 0.24, 0.32, -0.20]) @ np.array(cosine).reshape(4, -1)
    rotation = (
        -2
        * np.sqrt(chroma**7 / (chroma**7 + 25**7))
        * np.sin(np.radians(60 * np.exp(-((((hue - 275 + 180) % 360 - 180) / 25) ** 2))))
    )
    of_light = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    of_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    of_hue = (
        2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2) / (1 + 0.015 * chroma * t.reshape(chroma.shape))
    )
    return np.sqrt(of_light**2 + of_chroma**2 + of_hue**2 + rotation * of_chroma * of_hue)


def hues(colours):
    _, a, b = (np.cbrt(linear(colours) @ CONES.T) @ OK.T).T
    return np.degrees(np.arctan2(b, a))


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ],
)
def test_the_difference_of_two_colours_is_that_of_its_authors(first, second, difference):
    assert ciede2000(np.array([first]), np.array([second]))[0] == pytest.approx(difference, abs=1e-4)


@pytest.mark.parametrize(("colours", "least"), [(palette.CROPS_LIGHT, 18.9), (palette.CROPS_DARK, 19.5)])
@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_crops_stay_apart_for_everybody(colours, least, vision):
    seen = lab_of(linear(colours) @ np.array(VISIONS[vision]).T)
    here, there = np.triu_indices(len(colours), 1)
    assert ciede2000(seen[here], seen[there]).min() > least


def test_a_crop_has_one_hue_in_both_themes():
    turned = (hues(palette.CROPS_DARK) - hues(palette.CROPS_LIGHT) + 180) % 360 - 180
    assert np.abs(turned).max() < 13, dict(zip(palette.CROPS_LIGHT, turned.round(1), strict=True))
