"""The legends are whole: ten digits a code, a name a code."""

import pandas as pd
import pytest

from engine.studies.ingest.dialects.maps import fields
from engine.studies.ingest.dialects.naming import legend, named
from engine.studies.ingest.foreign import ForeignFile


@pytest.mark.parametrize(("name", "classes"), [("hcat", 394), ("ewoc", 585)])
def test_a_legend_has_ten_digits_a_code_and_a_name_for_each(name, classes):
    names = legend(name)
    assert len(names) == classes
    assert all(len(code) == 10 and code.isdigit() for code in names)
    assert all(text == text.strip() and text for text in names.values())


def test_nothing_stays_nothing_and_an_unknown_code_stays_as_it_is():
    texts = named(pd.Series(["3301060500", None, "abc"]), "hcat")
    assert list(texts[[0, 2]]) == ["sunflower", "abc"]
    assert pd.isna(texts[1])


def test_a_file_that_is_no_map_has_no_columns_of_one(tmp_path):
    (tmp_path / "a.csv").write_text("EC_hcat_n,b\n1,2\n")
    assert fields(ForeignFile(tmp_path / "a.csv")) == ()
