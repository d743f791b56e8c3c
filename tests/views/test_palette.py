import tomllib
from pathlib import Path

import pytest

from engine.views import palette

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [value / 255 for value in palette.rgb(colour)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_light_nine_have_dark_twins_and_others_stay() -> None:
    assert palette.crop_colour("#88CCBB", dark=True) == "#007777"
    assert palette.crop_colour("#88ccbb", dark=True) == "#007777"
    assert palette.crop_colour("#88CCBB", dark=False) == "#88CCBB"
    assert palette.crop_colour("#123456", dark=True) == "#123456"
    assert len(set(palette.CROPS_DARK)) == len(set(palette.CROPS_LIGHT)) == 9


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(dark: bool) -> None:
    colours = palette.scheme(dark)
    for ground in (colours.paper, colours.panel):
        assert contrast(colours.ink, ground) > 7
        assert contrast(colours.muted, ground) > 4.5
        assert contrast(colours.accent, ground) > 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_app_has_the_same_colours(dark: bool) -> None:
    theme, colours = CONFIG["theme"]["dark" if dark else "light"], palette.scheme(dark)
    assert theme["primaryColor"] == colours.accent
    assert theme["linkColor"] == colours.accent
    assert theme["backgroundColor"] == colours.paper
    assert theme["secondaryBackgroundColor"] == colours.panel
    assert theme["textColor"] == colours.ink
    assert theme["borderColor"] == colours.line
    assert tuple(theme["chartCategoricalColors"]) == (palette.CROPS_DARK if dark else palette.CROPS_LIGHT)
