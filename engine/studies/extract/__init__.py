"""Parcels and a stack of images made into a table of series that `ingest` reads."""

from engine.studies.extract.extraction import extract
from engine.studies.extract.images import ExtractError
from engine.studies.extract.request import Extraction, ExtractRequest

__all__ = ["ExtractError", "ExtractRequest", "Extraction", "extract"]
