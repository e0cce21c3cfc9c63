# SPDX-License-Identifier: Apache-2.0
"""What goes between a process of the service and the one that appends: frames of octets.

A frame is its length in four octets and its content. One way it holds submissions, octet for octet
as they came; the other way it holds what became of each, as JSON. Both ends are one program, and
meet at a socket that nobody else may open.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

import domain.errors
from api.gate.effects import Appended
from domain.errors import MunimentError

FRAME_OCTETS_MAX: Final = 64 * 1024 * 1024
"""More than a whole batch of the largest events; who sends more speaks another protocol."""

Answers = Sequence[Appended | MunimentError]
"""What became of submissions, in their order."""

_LENGTH: Final = struct.Struct(">I")
_KINDS: Final[Mapping[str, type[MunimentError]]] = {
    name: kind
    for name, kind in vars(domain.errors).items()
    if isinstance(kind, type) and issubclass(kind, MunimentError)
}


def packed(submissions: Sequence[bytes]) -> bytes:
    """Put submissions into a frame."""
    lengths = struct.pack(f">{len(submissions) + 1}I", len(submissions), *map(len, submissions))
    return _framed(lengths + b"".join(submissions))


def unpacked(content: bytes) -> list[bytes]:
    """Take submissions out of the content of a frame."""
    (count,) = _LENGTH.unpack_from(content)
    lengths = struct.unpack_from(f">{count}I", content, _LENGTH.size)
    submissions, at = [], _LENGTH.size * (count + 1)
    for length in lengths:
        submissions.append(content[at : at + length])
        at += length
    return submissions


def answered(answers: Answers) -> bytes:
    """Put what became of submissions into a frame."""
    return _framed(orjson.dumps([_told(each) for each in answers]))


def read_answers(content: bytes) -> Answers:
    """Take what became of submissions out of the content of a frame."""
    return [_read(each) for each in orjson.loads(content)]


def frames(received: bytearray) -> Iterator[bytes]:
    """Take the contents of all whole frames out of what was received.

    Raises:
        ConnectionAbortedError: The other end speaks another protocol.
    """
    while len(received) >= _LENGTH.size:
        end = _LENGTH.size + _length(received)
        if len(received) < end:
            return
        content = bytes(received[_LENGTH.size : end])
        del received[:end]
        yield content


async def next_frame(reader: asyncio.StreamReader) -> bytes:
    """Wait for the content of the next frame.

    Raises:
        EOFError: The other end is gone.
        OSError: It broke off, or speaks another protocol.
    """
    return await reader.readexactly(_length(await reader.readexactly(_LENGTH.size)))


def _framed(content: bytes) -> bytes:
    return _LENGTH.pack(len(content)) + content


def _length(head: bytes | bytearray) -> int:
    (length,) = _LENGTH.unpack_from(head)
    if length > FRAME_OCTETS_MAX:
        raise ConnectionAbortedError
    return int(length)


def _told(answer: Appended | MunimentError) -> dict[str, Any]:
    if isinstance(answer, Appended):
        return {"sub": answer.sub, "record": answer.record}
    kind = next(each for each in type(answer).__mro__ if each.__name__ in _KINDS)
    return {
        "error": kind.__name__,
        "sentence": answer.sentence,
        "slug": answer.slug,
        "next_step": answer.next_step,
    }


def _read(told: dict[str, Any]) -> Appended | MunimentError:
    if "record" in told:
        return Appended(told["sub"], told["record"])
    kind = _KINDS[told["error"]]
    return kind(told["sentence"], slug=told["slug"], next_step=told["next_step"])
