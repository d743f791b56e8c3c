"""Without a departure trips start where parcels are."""

from shapely.affinity import translate

from tests.studies.ingest.foreign import PARCELS, ingested, parcels, series


def test_the_middle_of_the_parcels_is_the_usual_departure(tmp_path):
    frame = parcels()
    frame["geometry"] = list(frame.geometry[:PARCELS]) * 2
    made = ingested(tmp_path, frame, series())
    assert made.study.departure.name == "Middle of the parcels"


def test_where_nothing_lies_near_the_middle_it_is_the_thickest_of_the_last_season(tmp_path):
    frame = parcels()  # the seasons lie 111 km apart
    far = [
        translate(shape, xoff=3.0) if row == PARCELS else shape for row, shape in enumerate(frame.geometry)
    ]
    made = ingested(tmp_path, frame.set_geometry(far, crs=4326), series())
    assert made.study.departure.name == "Most parcels of 2020"
    assert abs(made.study.departure.lat - 46) < 0.1
    assert made.study.departure.lon < 20
    assert any("with 8 parcels around" in note for note in made.notes)
