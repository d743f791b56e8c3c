"""Which parcels to visit, and which are kept for testing.

A design is one file here and one entry in `DESIGNS`; commands, pages and plans read the table when they run.
"""

from __future__ import annotations

from engine.domain import entry
from engine.sampling.balanced import Balanced
from engine.sampling.clusters import Clusters
from engine.sampling.disagreement import Disagreement
from engine.sampling.embedding import Embedding
from engine.sampling.listed import ListedParcels
from engine.sampling.no_visit import NoVisit
from engine.sampling.protocol import Design, SizedDesign
from engine.sampling.radius import Radius
from engine.sampling.random import Random
from engine.sampling.stratified import Stratified
from engine.sampling.transects import Transects

DESIGNS: dict[str, type[SizedDesign]] = {
    design.name: design
    for design in (Radius, Random, Balanced, Stratified, Transects, Clusters, Disagreement, Embedding)
}
# Ids of earlier versions, which commands, links and stored plans still use.
OLD_NAMES = {"corridors": Transects.name, "none": NoVisit.name, "given": ListedParcels.name}


def current_name(name: str) -> str:
    """The id of a design today, where an earlier version called it otherwise.

    Parameters
    ----------
    name
        Id of a design, today's or an earlier one.

    Examples
    --------
    >>> current_name("corridors")
    'transects'
    """
    return OLD_NAMES.get(name, name)


def design_by_name(name: str, equivalent_radius_km: float) -> SizedDesign:
    """The sized design of that name, also of its old one.

    Parameters
    ----------
    name
        Id of the design, today's or an earlier one.
    equivalent_radius_km
        Its size: the radius of the circle that holds as many parcels, km.

    Raises
    ------
    PlanError
        Where no design has this name, or the size is no radius.

    Examples
    --------
    >>> design_by_name("radius", 20)
    Radius(equivalent_radius_km=20.0)
    """
    return entry("design", DESIGNS, name, OLD_NAMES)(equivalent_radius_km)


def design_order(design: Design) -> int:
    """Its place in tables: no visit first, then the designs in the order of `DESIGNS`, then lists.

    Parameters
    ----------
    design
        Of any kind, also no visit or a list.
    """
    names = [NoVisit.name, *DESIGNS, ListedParcels.name]
    return names.index(design.name) if design.name in names else len(names)
