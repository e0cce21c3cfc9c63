# SPDX-License-Identifier: Apache-2.0
"""Exit codes of the command line: the only place that maps errors to them.

Follows the console conventions, section 2: 0 ok, 1 verification failed, 2 usage,
3 refused by a rule, 4 unreachable, 5 internal.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from domain.errors import (
    ConflictError,
    EnvelopeError,
    InvalidValueError,
    MunimentError,
    ProofError,
    RefusedError,
    ThrottledError,
    UnauthenticatedError,
    UnreachableError,
    UnsafeError,
    UsageError,
)


class ExitCode(IntEnum):
    """What the shell is told."""

    OK = 0
    NOT_VERIFIED = 1
    USAGE = 2
    REFUSED = 3
    UNREACHABLE = 4
    INTERNAL = 5


CODES: Final[dict[type[MunimentError], ExitCode]] = {
    ProofError: ExitCode.NOT_VERIFIED,
    UnsafeError: ExitCode.NOT_VERIFIED,
    UsageError: ExitCode.USAGE,
    InvalidValueError: ExitCode.USAGE,
    EnvelopeError: ExitCode.REFUSED,
    RefusedError: ExitCode.REFUSED,
    ConflictError: ExitCode.REFUSED,
    UnauthenticatedError: ExitCode.REFUSED,
    UnreachableError: ExitCode.UNREACHABLE,
    ThrottledError: ExitCode.UNREACHABLE,
    MunimentError: ExitCode.INTERNAL,
}


def exit_code(error: MunimentError) -> ExitCode:
    """Give the exit code of an error: that of its nearest class in the table."""
    for kind in type(error).__mro__:
        if kind in CODES:
            return CODES[kind]
    return ExitCode.INTERNAL
