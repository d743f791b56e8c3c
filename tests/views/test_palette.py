import colorsys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.views import palette

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())


def contrast(first: str, second: str) -> float:
    light, dark = sorted((palette.luminance(first), palette.luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_luminance_runs_from_black_to_white() -> None:
    assert palette.luminance("#000000") == 0
    assert palette.luminance("#FFFFFF") == pytest.approx(1)
    assert palette.luminance("#777777") == pytest.approx(0.184, abs=1e-3)


def test_the_light_nine_have_dark_twins_of_their_own() -> None:
    assert palette.crop_colour("#88CCBB", dark=True) == palette.CROPS_DARK[0]
    assert palette.crop_colour("#88ccbb", dark=True) == palette.CROPS_DARK[0]
    assert palette.crop_colour("#88CCBB", dark=False) == "#88CCBB"
    assert len(set(palette.CROPS_DARK)) == len(set(palette.CROPS_LIGHT)) == 9


@given(st.text("0123456789abcdefABCDEF", min_size=6, max_size=6))
def test_any_crop_stands_out_on_the_dark_paper_and_keeps_its_hue(digits: str) -> None:
    colour = f"#{digits}"
    dark = palette.crop_colour(colour, dark=True)
    assert contrast(dark, palette.DARK.paper) >= 3
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in palette.rgb(colour)))
    new_hue, new_light, _ = colorsys.rgb_to_hls(*(part / 255 for part in palette.rgb(dark)))
    if saturation > 0.3 and 0.05 < light < 0.95 and colour.upper() not in palette.TWIN:
        assert abs((new_hue - hue + 0.5) % 1 - 0.5) < 0.02
    if colour.upper() not in palette.TWIN:
        assert new_light >= light - 1e-9


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
