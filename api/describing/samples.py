# SPDX-License-Identifier: Apache-2.0
"""Sample values for examples, by the name of a member and the form its schema demands.

The first that the form admits is taken, a sensible one by name before one that only fits. They
are of nothing real.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from domain.schema import ClaimForm

VAGUE: Final = frozenset({"unknown", "none", "other", "not_attempted"})
CODE: Final = r"^[a-z0-9_]{1,40}$"

BY_NAME: Final[Mapping[str, tuple[Any, ...]]] = {
    "acq": ("purchase",),
    "action": ("semi_automatic",),
    "agency": ("POLICE XA",),
    "alg": ("Ed25519",),
    "as_of": ("2026-10",),
    "authority": ("auth.xa.police",),
    "barrel_mm": (102,),
    "calibre": ("9x19",),
    "class": ("event",),
    "condition": ("legible",),
    "counted": (12,),
    "country": ("XA",),
    "destination": ("XB",),
    "expected": (12, True),
    "export_country": ("XA",),
    "field": ("calibre.known",),
    "from_custodian": ("EVIDENCE STORE 1",),
    "id": ("auth.xa.police",),
    "import_country": ("XB",),
    "jur": ("XA",),
    "kind": ("pistol", "manufacture"),
    "late_after_days": (30,),
    "make": ("TESTWERK",),
    "maker": ("TESTWERK",),
    "model": ("TW-9",),
    "name": ("Police of XA",),
    "new": ("9x19",),
    "not_after": (1_890_028_800,),
    "not_before": (1_795_420_800,),
    "offline": (False,),
    "old": ("9x18",),
    "permit_class": ("sport",),
    "policy": ("example-state",),
    "presence": ("XA",),
    "quantity": (1,),
    "register_code": ("old_register",),
    "role": ("POL",),
    "roles": ("POL",),
    "row": ("17",),
    "serial": ("TW9-000042",),
    "station": ("STATION 7",),
    "text": ("TW9-000042",),
    "threshold": (2,),
    "to_custodian": ("LABORATORY 1",),
    "transit_countries": ("XC",),
    "version": ("1.0",),
    "window_to": ("2026-11-01",),
    "year": (2026,),
}
"""Values by the name of the member that holds them."""

_UUID: Final = "01a2076b-4400-7abc-8def-01234567890"
_KINDS: Final = "arm aut auth case cmp ers hld key lic log lot off pol shp trc"
_DIGEST: Final = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCg"
_DAY: Final = "2026-11-01"
_LATER_DAY: Final = "2027-10-31"
_LATER: Final = re.compile(r"expir|until|due|_to$|_end$|^ends?_|not_after|_by$")
_TEXTS: Final = (
    "XA",
    "XA-NW",
    "auth.xa.police",
    _DAY,
    "2026-11",
    "2026",
    "2026-11-01T12:00:00Z",
    "12:30",
    "9302",
    "930200",
    "1",
    "1.0",
    "A" * 22,
    "0123456789abcdef" * 4,
    "A",
)
"""Values by form alone, tried in this order."""


def sample(part: Mapping[str, Any], name: str, number: int = 0, *, listed: bool = False) -> Any:
    """Give a value for a part of a JSON schema that is no object and no list.

    Args:
        part: The part.
        name: Name of the member that holds it.
        number: Its place among others of its list, from 0; identifiers differ by it.
        listed: Whether it stands in that list by itself, and so differs by all means.
    """
    if "const" in part:
        return part["const"]
    if "enum" in part and not listed:
        number = 0
    named = BY_NAME.get(name, ()) if not (listed and number) else ()
    candidates = (*named, *_candidates(part, name, number))
    return next((each for each in candidates if _admits(part, each)), "")


def sample_claim(name: str, form: ClaimForm) -> str | int | bool:
    """Give a value for a personal datum; it is of nobody."""
    if form == "integer":
        return 1
    if form == "boolean":
        return True
    if "date" in name:
        return "1980-01-31"
    if "address" in name:
        return "EXAMPLE STREET 1"
    return "EXAMPLE PERSON" if "name" in name else "X0000001"


def _candidates(part: Mapping[str, Any], name: str, number: int) -> Iterator[Any]:
    if "enum" in part:
        clear = [each for each in part["enum"] if each not in VAGUE]
        yield from (clear or part["enum"])[number:]
    elif part.get("type") == "boolean":
        yield True
    elif part.get("type") == "integer":
        yield from (1 + number, 2026 + number, part.get("minimum", 0) + number)
    else:
        yield from _texts(part, name, number)


def _texts(part: Mapping[str, Any], name: str, number: int) -> Iterator[str]:
    pattern = part.get("pattern", "")
    if "maxLength" not in part:
        yield _LATER_DAY if _LATER.search(name) else _DAY
    if "[0-9a-f]{8}" in pattern:
        yield from (f"{kind}.{_UUID}{number:x}" for kind in _KINDS.split())
        yield f"{_UUID}{number:x}"
    if "{43}" in pattern:
        yield _DIGEST + "gcko48"[number % 6]
    if "maxLength" in part:
        yield f"{name.replace('_', ' ').upper()} {17 + number}"
    if pattern == CODE:
        yield f"{name}_{1 + number}"
    yield from (f"X{chr(ord('A') + number % 26)}",) if number else ()
    yield from _TEXTS


def _admits(part: Mapping[str, Any], value: Any) -> bool:
    """Tell whether a part of a schema admits a value, as far as the schema tells."""
    if "enum" in part:
        return value in part["enum"]
    kinds = {"string": str, "integer": int, "boolean": bool}
    if type(value) is not kinds.get(part.get("type", ""), str):
        return False
    if isinstance(value, str):
        return _admits_text(part, value)
    return bool(part.get("minimum", value) <= value <= part.get("maximum", value))


def _admits_text(part: Mapping[str, Any], value: str) -> bool:
    if not part.get("minLength", 0) <= len(value) <= part.get("maxLength", len(value)):
        return False
    return re.search(part.get("pattern", ""), value) is not None
