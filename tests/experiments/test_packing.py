"""What is packed comes back; what strangers pack is refused before it fills the memory."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.experiments.packing import (
    packed_bytes,
    packed_json,
    packed_table,
    unpacked_bytes,
    unpacked_json,
    unpacked_table,
)


@given(hnp.arrays(np.int64, (2, 3, 2), elements=st.integers(0, 2**32 - 1)))
@settings(max_examples=50, deadline=None)
def test_every_table_of_whole_numbers_survives(table):
    assert np.array_equal(unpacked_table(packed_table(table), table.shape), table)


@given(st.lists(st.lists(st.text(max_size=9), max_size=5), max_size=5))
@settings(max_examples=50, deadline=None)
def test_every_list_survives_as_text_of_plain_characters(lists):
    text = packed_json(lists)
    assert text.isascii()
    assert json.loads(json.dumps(text)) == text
    assert unpacked_json(text, 10_000) == lists


@given(st.binary(min_size=1, max_size=200), st.data())
@settings(max_examples=100, deadline=None)
def test_bytes_of_which_one_is_another_are_never_taken_for_whole(content, data):
    raw = bytearray(base64.b64decode(packed_bytes(content)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    try:
        read = unpacked_bytes(base64.b64encode(raw).decode(), 10_000)
    except ValueError:
        return
    assert read == content  # some bits of a compressed stream mean nothing


@pytest.mark.parametrize("table", [[-1], [2**32]])
def test_a_number_that_does_not_fit_is_refused(table):
    with pytest.raises(ValueError, match="do not fit"):
        packed_table(np.array(table, np.int64))


WHOLE = base64.b64decode(packed_bytes(b"right and wrong" * 9))


@pytest.mark.parametrize(
    "text",
    ["", "no base64!", *(base64.b64encode(raw).decode() for raw in (b"??", WHOLE[:-9], WHOLE + b"more"))],
)
def test_text_that_was_not_packed_or_was_cut_is_refused(text):
    with pytest.raises(ValueError, match="packed text"):
        unpacked_bytes(text, 10_000)


def test_no_more_is_unpacked_than_was_announced():
    bomb = packed_bytes(bytes(50_000_000))
    assert len(bomb) < 20_000
    with pytest.raises(ValueError, match="more than 1,000 bytes"):
        unpacked_bytes(bomb, 1000)
    with pytest.raises(ValueError, match="2x3 numbers"):
        unpacked_table(packed_table(np.zeros(5, np.int64)), (2, 3))
