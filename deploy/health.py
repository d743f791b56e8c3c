"""Whether the app answers, for Docker: it fails where not."""

import os
import urllib.request

base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
port = os.environ.get("STREAMLIT_SERVER_PORT", "8501")
urllib.request.urlopen(
    "/".join(filter(None, (f"http://127.0.0.1:{port}", base, "_stcore/health"))), timeout=4
)
