"""Settings that all tests share."""

from hypothesis import settings

# Machines are shared: no test fails because it was slow.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
