# SPDX-License-Identifier: Apache-2.0
"""The time-stamps of a folder, each file read when it is asked for and never beyond its cap.

Serves the log specification, section 2.9: an export's own ``tsa/`` may hold years of tokens,
which are judged one series after another and need not be in memory together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from audit.proof.timestamps.certificates import CHAIN_OCTETS_MAX, CRL_OCTETS_MAX
from audit.proof.timestamps.files import Suffix, parse_stamp_path
from audit.proof.timestamps.token import TOKEN_OCTETS_MAX
from audit.proof.timestamps.verifying import REQUEST_OCTETS_MAX
from domain.errors import UnreachableError

CAPS: Final[Mapping[Suffix, int]] = {
    "tsr": TOKEN_OCTETS_MAX,
    "tsq": REQUEST_OCTETS_MAX,
    "pem": CHAIN_OCTETS_MAX,
    "crl": CRL_OCTETS_MAX,
    "ocsp": CHAIN_OCTETS_MAX,
}
"""Octets that a file may have, by its suffix."""


class StampFolder(Mapping[str, bytes]):
    """The files of ``tsa/`` by their names relative to a folder; other files are not seen.

    A file that is larger than any may be is given one octet too long, to be refused.

    Raises:
        UnreachableError: A file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        """Look into a folder, which need not hold any."""
        self._folder = folder

    def __getitem__(self, name: str) -> bytes:
        """Read a file."""
        found = parse_stamp_path(name)
        if found is None:
            raise KeyError(name)
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(CAPS[found[1]] + 1)
        except FileNotFoundError as error:
            raise KeyError(name) from error
        except OSError as error:
            raise UnreachableError(f"{name} cannot be read: {error.strerror}.") from error

    def __iter__(self) -> Iterator[str]:
        """Give the names, in order."""
        folder = self._folder / "tsa"
        paths = folder.iterdir() if folder.is_dir() else ()
        return iter(sorted(filter(parse_stamp_path, (f"tsa/{path.name}" for path in paths))))

    def __len__(self) -> int:
        """Count the files."""
        return sum(1 for _ in self)
