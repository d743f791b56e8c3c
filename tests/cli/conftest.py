"""What the tests of the command line share."""

from tests.once import short_trainings, short_trial_trips

__all__ = ["short_trainings", "short_trial_trips"]  # fixtures of them all
