"""Foreign files made into a study, or all their faults listed at once."""

from engine.studies.ingest.assemble import Ingested, ingest
from engine.studies.ingest.faults import Fault, IngestError
from engine.studies.ingest.request import IngestRequest

__all__ = ["Fault", "IngestError", "IngestRequest", "Ingested", "ingest"]
