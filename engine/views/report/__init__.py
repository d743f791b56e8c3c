"""The report: what was decided and why, as files for those who were not there.

`compose` says what it says; `files.made` makes the files. What draws and prints is imported when files are
made and not before, so that nobody else pays for it.
"""

from engine.views.report.content import Report, compose

__all__ = ["Report", "compose"]
