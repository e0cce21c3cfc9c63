# SPDX-License-Identifier: Apache-2.0
"""One spelling for every value: strict base64url, strict JSON, canonical JSON.

Implements the encodings of the envelope specification, sections 4.2 to 4.5: base64url
of RFC 7515 without padding and with zero trailing bits, JSON of RFC 8259 narrowed to
the profile of RFC 7493 without floats, canonical form of RFC 8785. What the values mean
is left to the envelope; errors here have no code of section 4.10 except base64url's.
"""

from __future__ import annotations

import json
import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Any, Final
from unicodedata import category, is_normalized

import orjson

from audit.proof.limits import JSON_DEPTH_MAX
from domain.errors import EnvelopeError, InvalidValueError
from domain.event import INTEGER_MAX


class NotCanonicalError(InvalidValueError):
    """JSON of the strict profile in another spelling than the canonical one."""


DIGEST_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
"""32 octets in base64url: 43 characters, the last one with two zero trailing bits."""


def encode(octets: bytes) -> bytes:
    """Give base64url without padding, as ASCII."""
    return b2a_base64(octets, newline=False).rstrip(b"=").translate(_TO_URL)


def decode(text: bytes) -> bytes:
    """Read base64url in its one spelling: no padding, no other alphabet, zero trailing bits.

    Raises:
        EnvelopeError: ``b64url_invalid``, also for no octets at all.
    """
    surplus = len(text) & 3
    # A second spelling of the same octets would be a second identity of the same event.
    if text and text[-1] in _LAST_CHARACTERS[surplus]:
        try:
            return a2b_base64(text.translate(_FROM_URL) + _PADDING[surplus], strict_mode=True)
        except Base64Error:
            pass
    raise EnvelopeError(
        "A segment is not base64url without padding and with zero trailing bits.",
        slug="b64url_invalid",
    )


def strict_json(data: bytes) -> Any:
    """Read JSON that every reader understands alike.

    UTF-8 without byte order mark, no duplicate members, no floats, no NaN or infinity,
    integers within +-(2**53 - 1), at most ``JSON_DEPTH_MAX`` containers deep.

    Raises:
        InvalidValueError: The octets are not such JSON; the sentence echoes nothing.
    """
    try:
        value = _DECODER.decode(data.decode())
    except (ValueError, RecursionError):
        raise InvalidValueError("The text is not JSON of the strict profile.") from None
    if is_deep(value):
        raise InvalidValueError("The JSON text is nested too deeply.")
    return value


def known_json(data: bytes) -> Any:
    """Read JSON as ``strict_json`` does, faster where it is canonical and was read before.

    What comes out again as it went in has no duplicate members. How deep it is was seen to
    when it was read first, and the fast encoder has a bound of its own.

    Raises:
        InvalidValueError: The octets are not JSON of the strict profile.
    """
    try:
        value = orjson.loads(data)
        if orjson.dumps(value, option=_CANONICAL) == data and not _may_hold_fractions(data):
            return value
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return strict_json(data)


def canonical_json(data: bytes) -> Any:
    """Read JSON that is canonical, the one spelling of RFC 8785.

    What comes out again as it went in has no duplicate members and no second spelling of
    a number. Whatever does not is read once more by the strict reader, to say what is wrong.

    Raises:
        InvalidValueError: Not JSON of the strict profile.
        NotCanonicalError: Such JSON, in another spelling.
    """
    try:
        value = orjson.loads(data)
        again = orjson.dumps(value, option=_CANONICAL)
        if again == data and _is_strict(value):
            return value
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    value = strict_json(data)
    if not is_canonical(data, value):
        raise NotCanonicalError("The JSON text is not in canonical form.")
    return value


def canonical(value: object) -> bytes:
    """Give the bytes of RFC 8785 for a value of our profile.

    The profile has ASCII member names and no floats; there both encoders used here give
    the same bytes as RFC 8785 at a fraction of the time. Only one of them refuses what has
    no JSON form, so it has the last word wherever the other may have glossed over a float.

    Raises:
        InvalidValueError: The value has no JSON form, a lone surrogate for example.
    """
    try:
        text = orjson.dumps(value, option=_CANONICAL)
        if b"null" not in text and not _may_hold_fractions(text):
            return text
    except orjson.JSONEncodeError:
        pass
    try:
        return _encode_json(value).encode()
    except (TypeError, ValueError, RecursionError):
        raise InvalidValueError("The value has no canonical JSON form.") from None


def is_canonical(data: bytes, value: object) -> bool:
    """Tell whether the bytes are the canonical form of the value that was read from them."""
    try:
        return canonical(value) == data
    except InvalidValueError:
        return False


def is_plain(data: bytes) -> bool:
    """Tell whether canonical JSON holds only printable ASCII, so that no string can hide more.

    Control characters below 0x20 need an escape in JSON; DEL does not.
    """
    return data.isascii() and b"\\" not in data and b"\x7f" not in data


def is_clean(text: str) -> bool:
    """Tell whether a text is NFC without control, format, surrogate or unassigned characters."""
    return is_normalized("NFC", text) and not any(category(each)[0] == "C" for each in text)


def is_deep(value: object, *, containers_max: int = JSON_DEPTH_MAX) -> bool:
    """Tell whether a value nests more containers in each other than allowed."""
    if not isinstance(value, (dict, list)):
        return False
    if containers_max == 0:
        return True
    for child in value.values() if isinstance(value, dict) else value:
        if type(child) in _CONTAINERS and is_deep(child, containers_max=containers_max - 1):
            return True
    return False


def _is_strict(value: object, containers_max: int = JSON_DEPTH_MAX) -> bool:
    """Tell whether what was read from JSON holds no fraction, and is not nested too deeply."""
    if not isinstance(value, (dict, list)):
        return not isinstance(value, float)
    if containers_max == 0:
        return False
    for child in value.values() if isinstance(value, dict) else value:
        kind = type(child)
        if kind is float or (kind in _CONTAINERS and not _is_strict(child, containers_max - 1)):
            return False
    return True


def _may_hold_fractions(data: bytes) -> bool:
    """Tell whether canonical JSON has a number with a fraction or exponent outside its texts.

    Where an escape hides which quotation marks end a text, the answer is a cautious yes.
    """
    return b"\\" in data or _FRACTION.search(b"".join(data.split(b'"')[::2])) is not None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _integer(digits: str) -> int:
    if (
        len(digits) > _INTEGER_CHARS_MAX
        or not -INTEGER_MAX <= (value := int(digits)) <= INTEGER_MAX
    ):
        raise ValueError
    return value


def _refuse(_: str) -> object:
    raise ValueError


_CONTAINERS: Final = frozenset({dict, list})
_INTEGER_CHARS_MAX: Final = len(str(-INTEGER_MAX))
_URL_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes(
    {0x2D: 0x2B, 0x5F: 0x2F}.get(octet, octet) if octet in _URL_ALPHABET else 0
    for octet in range(256)
)
_PADDING: Final = (b"", b"", b"==", b"=")
_LAST_CHARACTERS: Final = (
    frozenset(_URL_ALPHABET),
    frozenset[int](),
    frozenset(_URL_ALPHABET[::16]),
    frozenset(_URL_ALPHABET[::4]),
)
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse
)
_FRACTION: Final = re.compile(rb"\d[.eE]")
_CANONICAL: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_encode_json: Final = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
).encode
