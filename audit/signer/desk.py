# SPDX-License-Identifier: Apache-2.0
"""Turns request lines into answer lines, with the signer behind them.

The last stop of every error inside the signer process: what the caller can act on
goes into the answer, and a refusal is written to the signer's log as well.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from audit.signer.identity import Identity
from audit.signer.protocol import (
    SIGN,
    STATUS,
    decode,
    encode,
    error_answer,
    fingerprint,
    sign_request,
    unknown_request,
)
from audit.signer.rows import CommittedRows
from audit.signer.service import CheckpointSigner
from audit.signer.state import StateFile
from domain.errors import MunimentError


class Desk:
    """Answers the requests of all clients, one after the other."""

    def __init__(self, identity: Identity, state: StateFile, conninfo: str) -> None:
        """Bind the key and the state; the database is connected to when first needed."""
        self._origin = identity.origin
        self._database = fingerprint(conninfo)
        self._rows = CommittedRows(conninfo)
        self._state = state
        self._signer = CheckpointSigner(identity, state, self._rows)

    def answer(self, line: bytes) -> bytes:
        """Answer one request line."""
        try:
            return encode(self._answer(decode(line)))
        except MunimentError as error:
            print(f"{error.slug}: {error}", file=sys.stderr, flush=True)  # noqa: T201 - its log
            return encode(error_answer(error))

    def close(self) -> None:
        """Close the connection and the state."""
        self._rows.close()
        self._state.close()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if request.get("op") == SIGN:
            return {"note": self._signer.sign(*sign_request(request)).decode()}
        if request.get("op") == STATUS:
            return self._status()
        raise unknown_request()

    def _status(self) -> dict[str, Any]:
        refusal = self._signer.refusal
        return {
            "origin": self._origin,
            "database": self._database,
            "size": self._signer.signed.size,
            "root": self._signer.signed.root().hex(),
            "pid": os.getpid(),
            "refusal": None if refusal is None else refusal.sentence,
        }
