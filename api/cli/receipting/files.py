# SPDX-License-Identifier: Apache-2.0
"""Receipts as files: read with their time-stamps beside them, and replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from audit.files import replace_changed
from audit.proof.envelope.token import SEPARATOR
from audit.proof.inclusion import PROOF_OCTETS_MAX, TlogProof, parse_tlog_proof
from audit.proof.limits import BODY_OCTETS_MAX
from audit.proof.verify.beside.folder import Folder
from audit.proof.verify.fraud import read_capped
from audit.proof.verify.receipts.level import Held
from domain.errors import UnreachableError

STAMPS: Final = "tsa"


def read_receipt(path: Path) -> TlogProof:
    """Read a receipt.

    Raises:
        UsageError: The file cannot be read.
        ProofError: It is no receipt.
    """
    return parse_tlog_proof(read_capped(path, PROOF_OCTETS_MAX))


def read_entry(path: Path) -> bytes:
    """Read a token out of a file that holds it or the submission that it came with.

    Raises:
        UsageError: The file cannot be read.
    """
    return read_capped(path, BODY_OCTETS_MAX).strip().partition(SEPARATOR)[0]


def stamps_beside(path: Path) -> Mapping[str, bytes]:
    """Give the time-stamps that lie beside a receipt, in ``tsa``."""
    return Folder(path.parent, (STAMPS,))


def write_proof(path: Path, octets: bytes) -> None:
    """Write a proof of growth.

    Raises:
        UnreachableError: The disk refuses.
    """
    try:
        replace_changed(path, octets)
    except OSError as error:
        raise _unwritable(path, error) from error


def keep(path: Path, held: Held) -> None:
    """Replace a receipt by a better one, its time-stamps first.

    Raises:
        UnreachableError: The disk refuses; the old receipt is as it was.
    """
    try:
        for name, octets in held.stamps.items():
            (path.parent / name).parent.mkdir(exist_ok=True)
            replace_changed(path.parent / name, octets)
        replace_changed(path, held.receipt.encode())
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> UnreachableError:
    return UnreachableError(
        f"{path} cannot be written: {error.strerror}.",
        slug="receipt_unwritable",
        next_step="Free space, and run it again; what was there is as it was.",
    )
