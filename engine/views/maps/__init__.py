"""Maps: the parcels drawn from a file published once, all else from a few numbers."""

from engine.views.maps.base import BASE_MAPS
from engine.views.maps.crop_maps import PublishedMap, crop_map_map, publish_crop_map
from engine.views.maps.deck import Map
from engine.views.maps.ground import ground_of
from engine.views.maps.marks import marks_of
from engine.views.maps.parcels import circle_map, parcels_map, trip_map
from engine.views.maps.publish import (
    PublishedGround,
    PublishedParcels,
    PublishedPlaces,
    publish_ground,
    publish_parcels,
    publish_places,
)
from engine.views.maps.selection import clicked, inside, parcel_named
from engine.views.maps.tours import day_name, tour_map

__all__ = [
    "BASE_MAPS",
    "Map",
    "PublishedGround",
    "PublishedMap",
    "PublishedParcels",
    "PublishedPlaces",
    "circle_map",
    "clicked",
    "crop_map_map",
    "day_name",
    "ground_of",
    "inside",
    "marks_of",
    "parcel_named",
    "parcels_map",
    "publish_crop_map",
    "publish_ground",
    "publish_parcels",
    "publish_places",
    "tour_map",
    "trip_map",
]
