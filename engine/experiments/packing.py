"""Tables and lists as short text: a check sum and LZMA, in base64.

Reading runs no code, and no more is unpacked than was announced.
"""

from __future__ import annotations

import base64
import binascii
import json
import lzma
import math
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.parsing import json_of

WIDTH = 4  # bytes of a number
CHECK = 4  # bytes of the check sum, CRC-32, little-endian
FILTERS = [{"id": lzma.FILTER_LZMA1, "preset": 6 | lzma.PRESET_EXTREME, "dict_size": 1 << 20, "pb": 0}]

Table = npt.NDArray[np.int64]


def packed_bytes(content: bytes) -> str:
    """Bytes as text.

    Parameters
    ----------
    content
        Of any length.
    """
    stream = lzma.compress(content, format=lzma.FORMAT_RAW, filters=FILTERS)
    return base64.b64encode(zlib.crc32(content).to_bytes(CHECK, "little") + stream).decode()


def unpacked_bytes(text: str, most: int) -> bytes:
    """The bytes that `packed_bytes` wrote.

    Parameters
    ----------
    text
        As `packed_bytes` wrote it.
    most
        Length at most; no more is unpacked.

    Raises
    ------
    ValueError
        Where the text holds anything else, or more.
    """
    try:
        whole = base64.b64decode(text, validate=True)
        stream = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=FILTERS)
        content = stream.decompress(whole[CHECK:], most + 1)
    except (binascii.Error, lzma.LZMAError) as error:
        raise ValueError(f"packed text that cannot be unpacked ({error})") from error
    if len(content) > most:
        raise ValueError(f"packed text that holds more than {most:,} bytes")
    check = zlib.crc32(content).to_bytes(CHECK, "little")
    if check != whole[:CHECK] or not stream.eof or stream.unused_data:
        raise ValueError("packed text that was cut or altered")
    return content


def packed_table(table: Table) -> str:
    """A table of whole numbers from 0 to 2³² - 1 as text.

    The lowest bytes of all numbers come first, then all second ones and so on.

    Parameters
    ----------
    table
        Of any shape, which the text does not tell.

    Examples
    --------
    >>> unpacked_table(packed_table(np.array([[3, 0], [0, 70_000]])), (2, 2)).tolist()
    [[3, 0], [0, 70000]]
    """
    if table.size and not 0 <= table.min() <= table.max() < 1 << 8 * WIDTH:
        raise ValueError(f"numbers from {table.min()} to {table.max()} do not fit in {WIDTH} bytes")
    return packed_bytes(np.ascontiguousarray(table, "<u4").reshape(-1, 1).view(np.uint8).T.tobytes())


def unpacked_table(text: str, shape: tuple[int, ...]) -> Table:
    """The table that `packed_table` wrote.

    Parameters
    ----------
    text
        As `packed_table` wrote it.
    shape
        Of the table.

    Raises
    ------
    ValueError
        Where the text holds anything else.
    """
    size = math.prod(shape) * WIDTH
    content = unpacked_bytes(text, size)
    if len(content) != size:
        raise ValueError(f"a packed table that does not hold {'x'.join(map(str, shape))} numbers")
    planes = np.frombuffer(content, np.uint8).reshape(WIDTH, -1)
    return np.ascontiguousarray(planes.T).view("<u4").reshape(shape).astype(np.int64)


def packed_json(value: Any) -> str:
    """JSON values as text.

    Parameters
    ----------
    value
        Of what JSON can hold; numbers must be finite.
    """
    return packed_bytes(json.dumps(value, separators=(",", ":"), allow_nan=False).encode())


def unpacked_json(text: str, most: int) -> Any:
    """The values that `packed_json` wrote.

    Parameters
    ----------
    text
        As `packed_json` wrote it.
    most
        Bytes of their JSON at most.

    Raises
    ------
    ValueError
        Where the text holds anything else.
    """
    return json_of(unpacked_bytes(text, most))
