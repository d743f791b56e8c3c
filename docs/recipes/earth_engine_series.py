"""Series of parcels from Google Earth Engine, as a table that `groundplan ingest` reads.

Needs `pip install earthengine-api` and a project. First export the means of each parcel, a pixel away from
its border, on each day; the parcels are an asset with the columns parcel_id and season:

    python earth_engine_series.py export my-project projects/my-project/assets/parcels 2021-03-01 2021-10-31

When the task is finished, download the CSV from Drive, and make the table:

    python earth_engine_series.py table groundplan_series.csv series.csv
"""

import csv
import math
import sys
from collections import defaultdict

COLLECTION = "COPERNICUS/S1_GRD_FLOAT"  # linear power, so that means are right; S1_GRD is in dB
BANDS = ["VV", "VH"]
PIXEL_M = 10


def export(project, asset, start, end):
    """Start the export of one row a parcel and image."""
    import ee

    ee.Initialize(project=project)
    outlines = ee.FeatureCollection(asset)
    images = (
        ee.ImageCollection(COLLECTION)
        .filterBounds(outlines)
        .filterDate(start, ee.Date(end).advance(1, "day"))
        .filter(ee.Filter.eq("instrumentMode", "IW"))
        .filter(ee.Filter.listContains("transmitterReceiverPolarisation", "VH"))
    )
    inner = outlines.map(lambda parcel: parcel.buffer(-PIXEL_M))

    def means(image):
        table = image.select(BANDS).reduceRegions(inner, ee.Reducer.mean(), PIXEL_M)
        return table.map(lambda row: row.set("date", image.date().format("YYYY-MM-dd")))

    task = ee.batch.Export.table.toDrive(
        collection=ee.FeatureCollection(images.map(means)).flatten().filter(ee.Filter.notNull(BANDS)),
        description="groundplan_series",
        fileFormat="CSV",
        selectors=["parcel_id", "season", "date", *BANDS],
    )
    task.start()


def rows(exported):
    """Rows of the table from those of the export: images of a day are averaged as power, then in dB."""
    powers = defaultdict(list)
    for row in exported:
        if all(row[band] for band in BANDS):  # empty where the image does not show the parcel
            key = row["parcel_id"], row["season"], row["date"]
            powers[key].append([float(row[band]) for band in BANDS])
    for key, images in sorted(powers.items()):
        means = [sum(values) / len(images) for values in zip(*images, strict=True)]
        if min(means) > 0:
            values = dict(zip(BANDS, (round(10 * math.log10(mean), 3) for mean in means), strict=True))
            yield {**dict(zip(["parcel_id", "season", "date"], key, strict=True)), **values}


def table(exported, out):
    """Make the table from the exported CSV."""
    with open(exported, newline="", encoding="utf-8") as file:
        made = list(rows(csv.DictReader(file)))
    with open(out, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["parcel_id", "season", "date", *BANDS])
        writer.writeheader()
        writer.writerows(made)


if __name__ == "__main__":
    {"export": export, "table": table}[sys.argv[1]](*sys.argv[2:])
