# SPDX-License-Identifier: Apache-2.0
"""Which time-stamping authorities an auditor believes: their root certificates, by name.

Implements the rule of the log specification, section 2.9, that what is trusted never comes
with the evidence: a folder of the auditor's own, one PEM file an authority. The file's name
is the authority's name in every report; two names for one root would be one witness twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.x509 import Certificate, load_pem_x509_certificates

from audit.proof.timestamps.token import FOREIGN, strictly
from domain.errors import UsageError

ROOTS_OCTETS_MAX: Final = 262_144
AUTHORITIES_MAX: Final = 64
AUTHORITY_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedAuthority:
    """An authority whose clock is believed.

    Attributes:
        name: What it is called here.
        roots: Its self-signed root certificates.
    """

    name: str
    roots: tuple[Certificate, ...]


def read_authorities(folder: Path) -> tuple[TrustedAuthority, ...]:
    """Read every ``<name>.pem`` of a folder.

    Raises:
        UsageError: ``tsa_roots``, the folder cannot be read, or a file in it is not what
            it should be.
    """
    try:
        paths = sorted(folder.glob("*.pem"))
        if not 0 < len(paths) <= AUTHORITIES_MAX:
            raise _unusable(f"{folder} holds {len(paths)} files that end in .pem")
        return trusted_authorities((path.stem, _read(path)) for path in paths)
    except OSError as error:
        raise _unusable(f"{folder} cannot be read: {error.strerror}") from error


def trusted_authorities(files: Iterable[tuple[str, bytes]]) -> tuple[TrustedAuthority, ...]:
    """Read authorities from their names and PEM texts.

    Raises:
        UsageError: ``tsa_roots``, one of them is not what it should be.
    """
    found = tuple(
        TrustedAuthority(name=name, roots=_roots(name, pem)) for name, pem in sorted(files)
    )
    roots = list(chain.from_iterable(each.roots for each in found))
    if len(set(roots)) != len(roots):
        raise _unusable("one root certificate stands under two names")
    return found


def is_self_signed(certificate: Certificate) -> bool:
    """Tell whether a certificate's own key signed it."""
    try:
        certificate.verify_directly_issued_by(certificate)
    except (*FOREIGN, InvalidSignature):
        return False
    return True


def _roots(name: str, pem: bytes) -> tuple[Certificate, ...]:
    if not AUTHORITY_NAME.fullmatch(name):
        raise _unusable(f"{name!r} is no name in lower-case letters, digits and hyphens")
    try:
        with strictly():
            roots = tuple(load_pem_x509_certificates(pem))
    except FOREIGN as error:
        raise _unusable(f"{name} holds no PEM certificates") from error
    if not all(map(is_self_signed, roots)):
        raise _unusable(f"{name} holds a certificate that is not self-signed, so no root")
    return roots


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        octets = file.read(ROOTS_OCTETS_MAX + 1)
    if len(octets) > ROOTS_OCTETS_MAX:
        raise _unusable(f"{path.name} has more than {ROOTS_OCTETS_MAX} octets")
    return octets


def _unusable(reason: str) -> UsageError:
    return UsageError(
        f"The roots of the time-stamping authorities cannot be used: {reason}.",
        slug="tsa_roots",
        next_step="Name a folder with the root certificates of each authority in <name>.pem.",
    )
