"""Series of parcels from an openEO service, as a table that `groundplan ingest` reads.

Needs `pip install openeo geopandas`, in an environment of its own, and an account at the service.
Each parcel gives one series: its mean, a pixel away from its border.

    python openeo_series.py parcels.gpkg 2021-03-01 2021-10-31 series.csv
"""

import csv
import math
import sys

SERVICE = "openeo.dataspace.copernicus.eu"
BANDS = ["VV", "VH"]
PIXEL_M = 10


def cube(connection, parcels, start, end):
    """Mean backscatter (linear power, gamma nought) of each feature of a GeoJSON collection on each day."""
    images = connection.load_collection("SENTINEL1_GRD", temporal_extent=[start, end], bands=BANDS)
    return images.sar_backscatter(coefficient="gamma0-terrain").aggregate_spatial(parcels, reducer="mean")


def rows(answer, parcels):
    """Rows of the table from the service's JSON: by time, then by parcel, then by band."""
    for time, of_parcels in sorted(answer.items()):
        for feature, powers in zip(parcels["features"], of_parcels, strict=True):
            if any(power for power in powers):  # none where no image shows the parcel
                about = feature["properties"]
                yield {
                    "parcel_id": about["parcel_id"],
                    "season": about["season"],
                    "date": time[:10],
                    **{band: decibels(power) for band, power in zip(BANDS, powers, strict=True)},
                }


def decibels(power):
    """Backscatter in dB; empty where there is none."""
    return round(10 * math.log10(power), 3) if power and power > 0 else ""


def shrunken(path):
    """Parcels as GeoJSON in degrees, a pixel smaller on each side; those that vanish keep their outline."""
    import geopandas as gpd

    parcels = gpd.read_file(path)
    metres = parcels.to_crs(parcels.estimate_utm_crs())
    inner = metres.buffer(-PIXEL_M)
    outline = inner.where(~inner.is_empty, metres.geometry)
    return parcels[["parcel_id", "season"]].set_geometry(outline).to_crs("EPSG:4326").to_geo_dict()


def write(table, path):
    """The table as CSV."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["parcel_id", "season", "date", *BANDS])
        writer.writeheader()
        writer.writerows(table)


def main(parcels_path, start, end, out):
    """Ask the service, wait, and write the table."""
    import openeo

    connection = openeo.connect(SERVICE).authenticate_oidc()
    parcels = shrunken(parcels_path)
    job = cube(connection, parcels, start, end).execute_batch(out_format="JSON", title="Groundplan series")
    answer = next(asset for asset in job.get_results().get_assets() if asset.name.endswith(".json"))
    write(rows(answer.load_json(), parcels), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
