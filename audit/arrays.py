# SPDX-License-Identifier: Apache-2.0
"""Array parameters in PostgreSQL's binary form, written in one pass.

The driver inspects every element of a list to find its type; the columns of a batch
have known types, and one batch has thousands of elements. The wire form is that of
PostgreSQL's ``array_send``: dimensions, null flag, element type, length, lower bound,
then each element with its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Final
from uuid import UUID

from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

_HEADER: Final = Struct(">iiiii")
_EMPTY_HEADER: Final = Struct(">iii")
_LENGTH: Final = Struct(">i")
_INTEGER: Final = Struct(">iq")

_BYTEA, _INT8, _TEXT, _UUID = 17, 20, 25, 2950


class Array(bytes):
    """A one-dimensional array as it goes over the wire."""


class ByteaArray(Array):
    """``bytea[]``."""


class Int8Array(Array):
    """``int8[]``."""


class TextArray(Array):
    """``text[]``."""


class UuidArray(Array):
    """``uuid[]``."""


def bytea_array(values: Sequence[bytes]) -> ByteaArray:
    """Encode octet strings."""
    return ByteaArray(_encode(_BYTEA, values))


def int8_array(values: Sequence[int]) -> Int8Array:
    """Encode integers of 64 bits."""
    items = b"".join([_INTEGER.pack(8, value) for value in values])
    return Int8Array(_header(_INT8, len(values)) + items)


def text_array(values: Sequence[str]) -> TextArray:
    """Encode texts."""
    return TextArray(_encode(_TEXT, [value.encode() for value in values]))


def uuid_array(values: Sequence[UUID]) -> UuidArray:
    """Encode UUIDs."""
    return UuidArray(_encode(_UUID, [value.bytes for value in values]))


def register(adapters: AdaptersMap) -> None:
    """Teach a connection to send these arrays as they are."""
    for kind, dumper in _DUMPERS:
        adapters.register_dumper(kind, dumper)


def _encode(element: int, values: Sequence[bytes]) -> bytes:
    pack = _LENGTH.pack
    parts: Iterable[bytes] = [part for value in values for part in (pack(len(value)), value)]
    return _header(element, len(values)) + b"".join(parts)


def _header(element: int, count: int) -> bytes:
    return _HEADER.pack(1, 0, element, count, 1) if count else _EMPTY_HEADER.pack(0, 0, element)


class _AsIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        return obj


class _ByteaDumper(_AsIs):
    oid = 1001


class _Int8Dumper(_AsIs):
    oid = 1016


class _TextDumper(_AsIs):
    oid = 1009


class _UuidDumper(_AsIs):
    oid = 2951


_DUMPERS: Final = (
    (ByteaArray, _ByteaDumper),
    (Int8Array, _Int8Dumper),
    (TextArray, _TextDumper),
    (UuidArray, _UuidDumper),
)
