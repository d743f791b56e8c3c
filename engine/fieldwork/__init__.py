"""Where to go, and what going costs."""
