"""How numbers are written."""

from engine.decisions.texts import points
from engine.domain import Estimate


def test_a_difference_that_rounds_to_zero_has_no_minus_sign():
    assert points(Estimate(0.017, -0.0004, 0.034, 0.9)) == "+1.7 points (+0.0 to +3.4)"
