"""Maps: the parcels drawn from a file published once, all else from a few numbers."""

from engine.views.maps.layers import Map
from engine.views.maps.parcels import circle_map, trip_map
from engine.views.maps.publish import PublishedParcels, PublishedPlaces, publish_parcels, publish_places
from engine.views.maps.scales import HEIGHT
from engine.views.maps.selection import clicked
from engine.views.maps.tours import tour_map

__all__ = [
    "HEIGHT",
    "Map",
    "PublishedParcels",
    "PublishedPlaces",
    "circle_map",
    "clicked",
    "publish_parcels",
    "publish_places",
    "tour_map",
    "trip_map",
]
