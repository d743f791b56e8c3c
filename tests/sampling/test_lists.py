"""Lists of parcels as people keep them."""

import pytest

from engine.domain import PlanError
from engine.sampling.lists import read_ids

LISTS = (
    "p1\np2\n",
    "\ufeffp1\n\n p2 \n",
    "parcel_id,crop\np1,maize\np2,wheat\n",
    "crop,parcel_id\n,p1\n,p2\n,p1\n",
)


@pytest.mark.parametrize("text", LISTS)
def test_ids_are_read_from_lines_or_from_their_column_each_once(tmp_path, text):
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    assert read_ids(tmp_path / "list.csv") == ("p1", "p2")


def test_a_list_that_cannot_be_read_or_names_nothing_is_refused(tmp_path):
    with pytest.raises(PlanError, match="cannot be read"):
        read_ids(tmp_path / "missing.csv")
    (tmp_path / "empty.csv").write_text("parcel_id\n")
    with pytest.raises(PlanError, match="names no parcel"):
        read_ids(tmp_path / "empty.csv")
