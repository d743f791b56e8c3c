"""Settings that all tests share."""

import os

from hypothesis import settings

# Tests run in as many processes as there are cores: threads of matrix libraries would only wait for each
# other. Set before anything imports them.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# Processes that tests start import what others compiled: an environment may forbid to keep that.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Machines are shared: no test fails because it was slow.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
