"""The app for Streamlit Community Cloud: it shows stored outcomes, runs nothing and needs no torch.

Community Cloud starts it from the root of the repository and installs the requirements beside this file.
Streamlit looks for pages and static files beside it as well, hence the two links.
"""

import os
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
os.environ.setdefault("GROUNDPLAN_READONLY", "1")
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
