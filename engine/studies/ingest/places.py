"""Where foreign parcels lie: their reference system in degrees, axes that are swapped, and distances."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj.exceptions import CRSError

from engine.domain import Departure
from engine.geodesy import DEGREES, geodesic_km, utm_crs
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.request import IngestRequest

Marks = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

FAR_KM, NEAR_KM = 1000.0, 400.0  # parcels so far with axes as they are, and so near with axes swapped
GLOBE = (180, 90, 180, 90)


def in_degrees(
    frame: gpd.GeoDataFrame, name: str, request: IngestRequest, findings: Findings
) -> gpd.GeoDataFrame:
    """The same parcels in EPSG:4326; untouched where their reference system is not known.

    The reference system of the request is believed where a file states none, and where the coordinates are
    off the globe with the one that it states, or that its format implies.

    Parameters
    ----------
    frame
        Parcels with ``parcel_id`` and ``season``.
    name
        Of the file and layer.
    request
        Reference system and seasons.
    findings
        Takes the faults and notes.
    """
    # GeoPackages state an "undefined" engineering CRS where they mean none.
    stated = frame.crs is not None and not frame.crs.is_engineering
    if not stated and request.crs is None:
        shapes = frame.geometry.to_numpy()
        if not _off_globe(shapes).any():
            cure = "Give it: the coordinates may be degrees, --crs EPSG:4326."
        else:
            cure = f"Give it: the coordinates look like metres, for example --crs {_utm(shapes, request)}."
        where = None if _off_globe(shapes).any() else {"crs": DEGREES}
        findings.fault(f"{name} does not state its coordinate reference system", cure, changes=where)
        return frame.set_crs(DEGREES, allow_override=True)
    try:
        read = frame if stated else frame.set_crs(request.crs, allow_override=True)
        placed = read.to_crs(DEGREES)
        degrees = stated and frame.crs.is_projected and not _off_globe(frame.geometry.to_numpy()).any()
        if degrees and request.crs is None:
            findings.fault(
                f"{name} states {frame.crs.to_string()[:40]}, which is in metres, but its coordinates look "
                "like degrees",
                "Say so with --crs EPSG:4326; it is believed over what the file states.",
                changes={"crs": DEGREES},
            )
            return frame.set_crs(DEGREES, allow_override=True)
        if stated and request.crs is not None and (degrees or _off_globe(placed.geometry.to_numpy()).any()):
            read = frame.set_crs(request.crs, allow_override=True)
            placed = read.to_crs(DEGREES)
            findings.note(
                f"{name}: read as {request.crs}, since its coordinates make no sense as "
                f"{frame.crs.to_string()[:40]}."
            )
    except CRSError:
        findings.fault(f'The coordinate reference system "{request.crs}" is unknown', "Try --crs EPSG:4326.")
        return frame.set_crs(DEGREES, allow_override=True)
    off = _off_globe(placed.geometry.to_numpy())
    if request.swap_axes and off.any():  # swapped further on
        return placed
    if request.seasons is not None:
        off &= frame["season"].isin(request.seasons).to_numpy()
    if off.any():
        _say_off_globe(frame, read, off, name, request, findings)
    return placed


def _say_off_globe(
    frame: gpd.GeoDataFrame,
    read: gpd.GeoDataFrame,
    off: Marks,
    name: str,
    request: IngestRequest,
    findings: Findings,
) -> None:
    shapes = frame.geometry.to_numpy()
    names = tuple(frame["parcel_id"][off].fillna("?"))
    what = f"Parcels of {name} off the globe when read as {read.crs.to_string()[:40]}"
    if not _off_globe(_swapped(shapes[off])).any():
        findings.fault(
            what, "With their axes swapped they lie on it: --swap-axes.", names, {"swap_axes": True}
        )
        return
    crs = _utm(shapes, request)
    findings.fault(
        what,
        "The coordinates look like metres. Give the reference system in which they were drawn, for example "
        f"--crs {crs}; it is believed over what the file states.",
        names,
        {"crs": crs} if request.crs is None and request.departure is not None else None,
    )


def turned(parcels: gpd.GeoDataFrame, request: IngestRequest, findings: Findings) -> gpd.GeoDataFrame:
    """The parcels, those turned round that stand latitude first where the request says so; others are found.

    Parcels are compared with the departure, without one with the first parcel.

    Parameters
    ----------
    parcels
        In EPSG:4326, with ``parcel_id`` and ``sound``.
    request
        Departure, and whether to swap.
    findings
        Takes the faults and notes.
    """
    shapes = parcels.geometry.to_numpy()
    some = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not some.any():
        return parcels
    from_departure = request.departure is not None
    centre = _centres(shapes)
    origin = request.departure or _on_globe(centre[np.flatnonzero(some)[0]])
    if origin is None:  # metres, which is already said
        return parcels
    km, swapped_km = _km(origin, centre), _km(origin, centre[:, ::-1])
    mirrored = some & (swapped_km < NEAR_KM) & ~(km < FAR_KM)
    if not from_departure and mirrored.sum() > some.sum() / 2:  # then it is the first that stands otherwise
        origin = Departure(origin.lat, origin.lon)
        km, swapped_km = _km(origin, centre), _km(origin, centre[:, ::-1])
        mirrored = some & (swapped_km < NEAR_KM) & ~(km < FAR_KM)
    if request.swap_axes:
        turn = mirrored if from_departure or mirrored.any() else some
        shapes[turn] = _swapped(shapes[turn])
        findings.note(f"Swapped the axes of {turn.sum():,} parcels.")
        return parcels.set_geometry(shapes, crs=DEGREES)
    far = some & (km > NEAR_KM)
    if mirrored.any() and mirrored.sum() == some.sum():
        findings.note(
            f"The parcels lie {np.median(km[some]):,.0f} km from the departure. With their axes swapped they "
            f"lie {np.median(swapped_km[some]):,.0f} km from it: are they written latitude first? "
            "Then ingest again with --swap-axes."
        )
    elif mirrored.any():
        whose = "the departure" if from_departure else "the others"
        findings.fault(
            f"Parcels {np.median(km[mirrored]):,.0f} km from {whose}, but only "
            f"{np.median(swapped_km[mirrored]):,.0f} km with their axes swapped",
            "They look written latitude first: --swap-axes turns them round.",
            tuple(parcels["parcel_id"][mirrored].fillna("?")),
            {"swap_axes": True},
        )
        parcels["sound"] &= ~mirrored
    elif far.any() and from_departure:
        findings.note(
            f"{far.sum():,} of {len(parcels):,} parcels lie more than {NEAR_KM:,.0f} km from the departure "
            f"({np.median(km[far]):,.0f} km): check --departure, which is longitude, latitude, and --crs."
        )
    return parcels


def _centres(shapes: Shapes) -> Floats:
    """Middle of each shape's bounds, ``[parcel, 2]``, NaN where there is none."""
    bounds = shapely.bounds(shapes)
    return np.asarray((bounds[:, :2] + bounds[:, 2:]) / 2)


def _on_globe(place: Floats) -> Departure | None:
    """The place as a departure, with its axes swapped where it is off the globe as it is."""
    for lon, lat in (place, place[::-1]):
        if abs(lon) <= GLOBE[0] and abs(lat) <= GLOBE[1]:
            return Departure(float(lon), float(lat))
    return None


def _km(origin: Departure, places: Floats) -> Floats:
    """Distance of each place from the departure, infinite where it is off the globe, ``[parcel]``."""
    on = np.isfinite(places).all(axis=1) & (np.abs(places) <= (180, 90)).all(axis=1)
    km = np.full(len(places), np.inf)
    if on.any() and abs(origin.lon) <= 180 and abs(origin.lat) <= 90:
        km[on] = geodesic_km(origin.lon, origin.lat, places[on, 0], places[on, 1])
    return km


def _off_globe(shapes: Shapes) -> Marks:
    with np.errstate(invalid="ignore"):
        inside = (np.abs(shapely.bounds(shapes)) <= GLOBE).all(axis=1)
    return np.asarray(~inside & ~(shapely.is_empty(shapes) | shapely.is_missing(shapes)))


def _swapped(shapes: Shapes) -> Shapes:
    return np.asarray(shapely.transform(shapes, lambda places: places[:, ::-1]), object)


def _utm(shapes: Shapes, request: IngestRequest) -> str:
    """The UTM zone of the departure where one is given, as the likeliest reference system of metres."""
    if request.departure is None:
        return "EPSG:32634"
    place = request.departure
    return utm_crs((place.lon, place.lat, place.lon, place.lat))
