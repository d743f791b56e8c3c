"""National registers of agricultural parcels (LPIS, GSAA), each with its own names of columns.

Names are compared without case, since they change from year to year, and as Shapefiles cut them to ten
letters. The crop is its name where the register has one beside the code.

References
----------
.. [1] fiboa, converters of national data sets, https://github.com/fiboa/cli
.. [2] EuroCrops, pages of the countries, https://github.com/maja601/EuroCrops/wiki
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import geopandas as gpd
import pandas as pd

from engine.studies.ingest.columns import as_text
from engine.studies.ingest.dialects.maps import each_layer, in_use
from engine.studies.ingest.dialects.naming import filled, found
from engine.studies.ingest.foreign import ForeignFile, Reader

SHAPEFILE_NAME = 10  # letters of a column's name


@dataclass(frozen=True)
class Register:
    """The columns of one register.

    Parameters
    ----------
    signature
        Columns by which it is known, all of them.
    crops
        Columns with the crop, names before codes.
    ids
        Columns that together name a parcel within a year; each group is an alternative.
    """

    signature: tuple[str, ...]
    crops: tuple[str, ...]
    ids: tuple[tuple[str, ...], ...]

    def known(self, names: frozenset[str]) -> bool:
        """Whether its columns are among some, in small letters."""
        return all(_cut(name) in {_cut(other) for other in names} for name in self.signature)


REGISTERS = (
    Register(("ID_PARCEL", "CODE_CULTU"), ("CODE_CULTU",), (("ID_PARCEL",),)),  # France, RPG
    Register(("SNAR_CODE",), ("SNAR_BEZEICHNUNG", "SNAR_CODE"), (("GEO_ID",), ("FS_KENNUNG",))),  # Austria
    Register(("gewas", "gewascode"), ("gewas", "gewascode"), ()),  # Netherlands, BRP
    Register(("Afgkode", "Marknr"), ("Afgroede", "Afgkode"), (("Journalnr", "Marknr"),)),  # Denmark
    Register(("ALVID", "HFDTLT"), ("LBLHFDTLT", "HFDTLT"), (("ALVID",),)),  # Flanders, to 2019
    Register(("REF_ID", "GWSCOD_H"), ("GWSNAM_H", "GWSCOD_H"), (("REF_ID",),)),  # Flanders, from 2020
    Register(("reference_id", "maincrop_code"), ("maincrop_title", "maincrop_code"), (("reference_id",),)),
    Register(("CULT_COD", "CULT_NOM"), ("CULT_NOM", "CULT_COD"), ()),  # Wallonia
    Register(("SIFRA_KMRS",), ("RASTLINA", "SIFRA_KMRS"), (("ID",), ("GERK_PID",))),  # Slovenia
    Register(("grdkod_mar", "skiftesbet"), ("grdkod_mar",), (("blockid", "skiftesbet"),)),  # Sweden
    Register(("KASVIKOODI",), ("KASVIKOODI_SELITE_FI", "KASVIKOODI"), (("PERUSLOHKOTUNNUS",),)),  # Finland
    Register(("pollu_id", "taotletud_kultuur"), ("taotletud_kultuur",), (("pollu_id",),)),  # Estonia
    Register(
        ("PARCEL_ID", "PRODUCT_CODE"), ("PRODUCT_DESCRIPTION", "PRODUCT_CODE"), (("PARCEL_ID",),)
    ),  # Latvia
    Register(("NMA_ID", "GRUPE"), ("GRUPE",), (("NMA_ID",),)),  # Lithuania
    Register(("ZAKRES_ID", "PLODINA_ID"), ("PLOD_NAZE", "PLODINA_ID"), (("ZAKRES_ID",),)),  # Czechia
    Register(("KODKD", "PLODINA"), ("PLODINA",), ()),  # Slovakia
    Register(("OSA_ID", "CUL_CODIGO"), ("CT_português", "CUL_CODIGO"), (("OSA_ID",),)),  # Portugal
    Register(("FLIK", "CODE", "CODE_TXT"), ("CODE_TXT", "CODE"), (("ID",),)),  # North Rhine-Westphalia
    Register(
        ("FLIK", "SCHLAGNR", "KULTURCODE"), ("KULTURCODE",), (("FLIK", "SCHLAGNR", "TEILSCHLAG"),)
    ),  # Lower Saxony
)
# What names a parcel in files of many countries.
USUAL_IDS = ("parcel_id", "field_id", "id_parcel", "fid", "ogc_fid", "objectid", "id", "gid")
YEARS = (
    *("jaar", "arslager", "VUOSI", "taotlusaasta", "CAMPAGNE"),
    *("OSA_CAMPANHA", "PERIOD_CODE", "ROK", "WJ", "ANTRAGSJAHR"),
)


def recognises(file: ForeignFile) -> bool:
    """Whether a map has the columns of a register.

    Parameters
    ----------
    file
        The file to look at.
    """
    names = in_use(file)
    return any(register.known(names) for register in REGISTERS)


def parcels(file: ForeignFile) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    """The parcels of a register with the names that it gives them and their crops.

    Parameters
    ----------
    file
        A map with the columns of a register.
    """
    return each_layer(file, _converted)


def _converted(frame: gpd.GeoDataFrame, file: ForeignFile) -> gpd.GeoDataFrame:
    names = frozenset(str(name).casefold() for name in frame.columns)
    register = next((register for register in REGISTERS if register.known(names)), None)
    if register is None:  # another layer of the file
        return frame
    return filled(
        frame, file, parcel_id=parcel_ids(frame), season=years(frame), crop=_values(frame, register.crops)
    )


def parcel_ids(frame: gpd.GeoDataFrame) -> pd.Series[str] | None:
    """The names of parcels; None where no column has a usual name.

    Parameters
    ----------
    frame
        Parcels with the columns of their register.
    """
    names = frozenset(str(name).casefold() for name in frame.columns)
    groups = [group for register in REGISTERS if register.known(names) for group in register.ids]
    for group in [*groups, *((name,) for name in USUAL_IDS)]:
        parts = [values for name in group if (values := _values(frame, [name])) is not None]
        if len(parts) == len(group):
            texts = [as_text(values) for values in parts]
            return reduce(lambda left, right: left.str.cat(right, sep="-"), texts)
    return None


def years(frame: gpd.GeoDataFrame) -> pd.Series | None:
    """The year of the harvest of each parcel; None where no column has a usual name.

    Parameters
    ----------
    frame
        Parcels with the columns of their register.
    """
    return _values(frame, YEARS)


def _values(frame: gpd.GeoDataFrame, names: Iterable[str]) -> pd.Series | None:
    """The first such column that is not empty, its name whole or as Shapefiles cut it."""
    return found(frame, [form for name in names for form in (name, name[:SHAPEFILE_NAME])])


def _cut(name: str) -> str:
    return name.casefold()[:SHAPEFILE_NAME]


REGISTER = Reader("national parcel register", recognises, parcels)
