# SPDX-License-Identifier: Apache-2.0
"""What goes over the signer's socket: one line of JSON each way.

A request names an operation, ``sign`` (with ``at_least``, and with ``lines``, the types of
signature line that the note shall carry) or ``status``. Without ``lines`` the note carries
Ed25519 alone, which is for the receipt of an append: an ML-DSA-44 signature takes as long as a
third of the append itself. Whoever keeps or publishes the note asks for both types. An answer has
the members asked for, or one member ``error`` with slug, sentence and next step, so that the
caller raises the same error that the signer raised.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

from audit.signer.keys.lines import ED25519_LINE, LINES, Line
from domain.errors import MunimentError, UnreachableError, UnsafeError

SIGN: Final = "sign"
STATUS: Final = "status"
REQUEST_OCTETS_MAX: Final = 1_024
ANSWER_OCTETS_MAX: Final = 65_536

RECEIPT_LINES: Final[tuple[Line, ...]] = (ED25519_LINE,)
"""What the note of a receipt carries at least: what costs next to nothing to sign."""

KEPT_LINES: Final[tuple[Line, ...]] = LINES
"""What every note carries that is kept or published."""

CONNINFO_VARIABLE: Final = "MUNIMENT_SIGNER_CONNINFO"
"""Environment variable by which a signer is told how to reach its database."""

_FINGERPRINT_DIGITS: Final = 16
_UNSAFE: Final = "unsafe"
_UNREACHABLE: Final = "unreachable"
_KINDS: Final[dict[str, type[MunimentError]]] = {
    _UNSAFE: UnsafeError,
    _UNREACHABLE: UnreachableError,
}


def encode(message: dict[str, Any]) -> bytes:
    """Write a message as one line."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Read a message.

    Raises:
        UnreachableError: The line is no message of this protocol.
    """
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreachableError("The signer's socket speaks another protocol.") from error
    if not isinstance(message, dict):
        raise UnreachableError("The signer's socket speaks another protocol.")
    return message


def sign_request(request: dict[str, Any]) -> tuple[int, tuple[Line, ...]]:
    """Read what a request to sign asks for: a least size, and the types of signature line.

    Raises:
        UnreachableError: It asks for something else; at least an Ed25519 line has to be on a note.
    """
    at_least, lines = request.get("at_least"), request.get("lines", list(RECEIPT_LINES))
    if not isinstance(at_least, int) or at_least < 0 or not isinstance(lines, list):
        raise unknown_request()
    if ED25519_LINE not in lines or any(line not in LINES for line in lines):
        raise unknown_request()
    return at_least, tuple(line for line in LINES if line in lines)


def unknown_request() -> UnreachableError:
    """Give the error that answers a request which is none of these."""
    return UnreachableError("The signer does not know this request.", slug="signer_request")


def error_answer(error: MunimentError) -> dict[str, Any]:
    """Put an error into an answer."""
    kind = _UNREACHABLE if isinstance(error, UnreachableError) else _UNSAFE
    return {
        "error": {
            "kind": kind,
            "slug": error.slug,
            "sentence": error.sentence,
            "next_step": error.next_step,
        }
    }


def check(answer: dict[str, Any]) -> dict[str, Any]:
    """Give the answer back, or raise the error that it holds.

    Raises:
        UnsafeError: The signer refuses.
        UnreachableError: The signer cannot reach what it needs.
    """
    error = answer.get("error")
    if error is None:
        return answer
    raise _KINDS[error["kind"]](error["sentence"], slug=error["slug"], next_step=error["next_step"])


def fingerprint(conninfo: str) -> str:
    """Tell connections apart without repeating what may hold a password."""
    return sha256(conninfo.encode()).hexdigest()[:_FINGERPRINT_DIGITS]
