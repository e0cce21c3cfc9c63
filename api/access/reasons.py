# SPDX-License-Identifier: Apache-2.0
"""Reading the headers by which a request says why it is made.

Their texts go into the access log, so that they have to be short, printable and of one line
(ASVS 5.0, 16.4.1).
"""

from __future__ import annotations

import re
from typing import Final, cast, get_args

from api.access.caller import Reason
from api.access.message import CASE, LEGAL_BASIS, PURPOSE, RECIPIENT, HttpRequest
from domain.access.events import Purpose
from domain.errors import InvalidValueError
from domain.identifiers import is_authority_id

CASE_CHARS_MAX: Final = 64
PURPOSES: Final[frozenset[str]] = frozenset(get_args(Purpose))

_STATE: Final = re.compile(r"[A-Z]{2}")
_BASIS: Final = re.compile(r"[a-z0-9_]{1,40}")
_CASE: Final = re.compile(rf"[\x21-\x7e]([\x20-\x7e]{{0,{CASE_CHARS_MAX - 2}}}[\x21-\x7e])?")


def reason_of(request: HttpRequest) -> Reason | None:
    """Read why a request is made; nothing where it does not say.

    Raises:
        InvalidValueError: ``reason_invalid``, the headers are there and cannot be read, or purpose
            and legal basis are not both there.
    """
    return read_reason(
        request.field(PURPOSE),
        request.field(LEGAL_BASIS),
        request.field(CASE),
        recipient=request.field(RECIPIENT),
    )


def read_reason(
    purpose: str | None, legal_basis: str | None, case: str | None, *, recipient: str | None = None
) -> Reason | None:
    """Read purpose, legal basis, case and recipient as given; nothing where none is.

    Raises:
        InvalidValueError: As for ``reason_of``.
    """
    if purpose is legal_basis is case is recipient is None:
        return None
    if purpose not in PURPOSES:
        raise _invalid(f"A purpose is one of {', '.join(sorted(PURPOSES))}.")
    if not _BASIS.fullmatch(legal_basis or ""):
        raise _invalid("A legal basis is a code of up to 40 small letters, digits and _.")
    if case is not None and not _CASE.fullmatch(case):
        raise _invalid(f"A case is a reference of up to {CASE_CHARS_MAX} ASCII characters.")
    if not (recipient is None or _STATE.fullmatch(recipient) or is_authority_id(recipient)):
        raise _invalid("A recipient is a State, such as XB, or the identifier of an authority.")
    return Reason(
        purpose=cast("Purpose", purpose),
        legal_basis=legal_basis or "",
        case=case or "",
        recipient=recipient or "",
    )


def _invalid(sentence: str) -> InvalidValueError:
    return InvalidValueError(sentence, slug="reason_invalid")
