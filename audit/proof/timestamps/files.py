# SPDX-License-Identifier: Apache-2.0
"""Where time-stamps lie beside the checkpoints they date, in a folder and in a bundle alike.

Implements ``checkpoints/*.note`` and ``tsa/*`` of the log specification, section 2.9. A name
says the size of the checkpoint, the authority asked and the generation: 0 dates the note,
and each later one dates the token before it together with all that this one dated. Where the
checkpoint has got further signatures since, the note as it was dated lies beside the tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal, get_args

from audit.proof.timestamps.verifying import Papers

Suffix = Literal["tsr", "tsq", "pem", "crl", "ocsp"]
"""Answer, request, certificates in between, revocation list, OCSP answer."""

SUFFIXES: Final[tuple[Suffix, ...]] = get_args(Suffix)
GENERATIONS_MAX: Final = 64

_NAME: Final = re.compile(
    r"tsa/(0|[1-9][0-9]{0,15})\.([a-z0-9][a-z0-9-]{0,31})\.(0|[1-9][0-9]?)"
    rf"\.({'|'.join(SUFFIXES)})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class StampName:
    """Which time-stamp it is.

    Attributes:
        size: Size of the checkpoint.
        series: Name of the authority that was asked first; the evidence's own word for it.
        generation: 0 for the checkpoint itself, one more each time it was stamped again.
    """

    size: int
    series: str
    generation: int = 0

    def path(self, suffix: Suffix) -> str:
        """Give the name of one of its files, relative to the bundle."""
        return f"tsa/{self}.{suffix}"

    def __str__(self) -> str:
        """Give what its files' names have in common."""
        return f"{self.size}.{self.series}.{self.generation}"


def note_path(size: int) -> str:
    """Give the name of a checkpoint's file, relative to the bundle."""
    return f"checkpoints/{size}.note"


def dated_path(size: int) -> str:
    """Give the name under which a checkpoint's note lies as it was dated, if it was another."""
    return f"tsa/{size}.note"


def parse_stamp_path(path: str) -> tuple[StampName, Suffix] | None:
    """Read the name of a file in ``tsa``; nothing for any other name."""
    found = _NAME.fullmatch(path)
    if not found or int(found[3]) >= GENERATIONS_MAX:
        return None
    suffix = next(each for each in SUFFIXES if each == found[4])
    return StampName(int(found[1]), found[2], int(found[3])), suffix


def stamp_names(paths: Iterable[str]) -> tuple[StampName, ...]:
    """Give every time-stamp whose answer is among these files, in order."""
    found = filter(None, map(parse_stamp_path, paths))
    return tuple(sorted(name for name, suffix in found if suffix == "tsr"))


def all_series(names: Iterable[StampName]) -> tuple[Sequence[StampName], ...]:
    """Give the time-stamps that follow one another, oldest first, series by series."""
    grouped = groupby(sorted(names), key=lambda name: (name.size, name.series))
    return tuple(tuple(group) for _, group in grouped)


def papers_of(name: StampName, files: Mapping[str, bytes]) -> Papers:
    """Give a time-stamp with what lies beside it.

    Raises:
        KeyError: Its answer is not among the files.
    """
    return Papers(
        answer=files[name.path("tsr")],
        request=files.get(name.path("tsq")),
        chain=files.get(name.path("pem"), b""),
        crl=files.get(name.path("crl")),
    )


def stamped_octets(note: bytes, older: Sequence[bytes]) -> bytes:
    """Give what the next token of a series has to date.

    Args:
        note: The checkpoint note.
        older: The answers of the series so far, oldest first. DER says where each ends, so
            the newest before the older ones before the note can be read in one way only.
    """
    return b"".join([*reversed(older), note])
