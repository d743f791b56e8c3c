"""What the tests of the command line share."""

from tests.once import short_trial_trips

__all__ = ["short_trial_trips"]  # a fixture of them all
