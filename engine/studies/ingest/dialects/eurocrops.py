"""EuroCrops: crop registers of Europe with the crop of each parcel in one taxonomy (HCAT).

The files of a country keep their own columns beside ``EC_trans_n`` (the crop in English), ``EC_hcat_n``
(its name in HCAT) and ``EC_hcat_c`` (its code, ten digits). How parcels are named differs by country.
Mostly the year is in the name of the file only.

References
----------
.. [1] M. Schneider et al., EuroCrops, https://github.com/maja601/EuroCrops and its wiki
.. [2] Europe-LAND, Harmonized database of European land use data, https://doi.org/10.5281/zenodo.14230620
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from engine.studies.ingest.dialects.maps import each_layer, in_use
from engine.studies.ingest.dialects.naming import filled, found, named
from engine.studies.ingest.dialects.registers import parcel_ids, years
from engine.studies.ingest.foreign import ForeignFile, Reader

NAME, CODE = "EC_hcat_n", "EC_hcat_c"


def recognises(file: ForeignFile) -> bool:
    """Whether a map has the name or the code of HCAT.

    Parameters
    ----------
    file
        The file to look at.
    """
    return not in_use(file).isdisjoint({NAME.casefold(), CODE.casefold()})


def parcels(file: ForeignFile) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    """The parcels with the names of HCAT as crops, from the file or by their code.

    Parameters
    ----------
    file
        A file of EuroCrops.
    """
    return each_layer(file, _converted)


def _converted(frame: gpd.GeoDataFrame, file: ForeignFile) -> gpd.GeoDataFrame:
    crop, codes = found(frame, [NAME]), found(frame, [CODE])
    if codes is not None:
        by_code = named(codes, "hcat")
        crop = by_code if crop is None else crop.fillna(by_code)
    return filled(frame, file, parcel_id=parcel_ids(frame), season=years(frame), crop=crop)


EUROCROPS = Reader("EuroCrops", recognises, parcels)
