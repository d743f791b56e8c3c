"""What a report looks like before it is downloaded: its first page as a picture, and what is in it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

from engine.decisions.texts import counted

SCALE = 2.0  # pixels a point of 1/72 inch: sharp on screens of two pixels a point


@dataclass(frozen=True)
class Preview:
    """A report at a glance.

    Parameters
    ----------
    page
        The first page of ``report.pdf``, PNG.
    pages
        How many pages there are.
    sections
        Their headings, in order.
    sizes
        Of every file by its name, bytes.
    """

    page: bytes
    pages: int
    sections: tuple[str, ...]
    sizes: tuple[tuple[str, int], ...]

    @property
    def title(self) -> str:
        """How long it is, and where the picture is from."""
        return f"The first of {counted(self.pages, 'page')}"


def preview_of(files: Mapping[str, bytes]) -> Preview:
    """Look into the files of a report.

    Parameters
    ----------
    files
        By name, with ``report.pdf``, as `engine.views.report.files.made` gives them.
    """
    import pypdfium2

    with pypdfium2.PdfDocument(files["report.pdf"]) as document:
        picture = io.BytesIO()
        document[0].render(scale=SCALE).to_pil().save(picture, "PNG", optimize=True)
        sections = tuple(str(entry.get_title()) for entry in document.get_toc())
        pages = len(document)
    return Preview(picture.getvalue(), pages, sections, tuple((name, len(files[name])) for name in files))


def size_text(size: int) -> str:
    """A size as people read it.

    Parameters
    ----------
    size
        Bytes.
    """
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(size / 1e3, 1):,.0f} kB"
