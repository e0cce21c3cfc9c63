# SPDX-License-Identifier: Apache-2.0
"""A shorter way to accept a plain entry, for logs of millions.

Implements the envelope specification, section 4.6, for what nearly every entry is: printable
ASCII, about a firearm, nothing wrong. One pattern fixes the members of the payload, their
order and their forms at once, so that only ``dat`` is looked into. It never refuses: what
it does not accept is judged by ``open_stored``, which alone gives the reason. What it
accepts, ``open_stored`` accepts with the same values; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from operator import lt
from typing import Any, Final, NamedTuple

from audit.proof.encoding import decode
from audit.proof.envelope.payload import DIGEST_ALGORITHM
from audit.proof.envelope.token import EVENT_TYPE, event_id
from audit.proof.keys import PublicKey
from audit.proof.limits import (
    CLOCK_SKEW_SECONDS_MAX,
    HEADER_SEGMENT_OCTETS_MAX,
    JSON_DEPTH_MAX,
    JWS_OCTETS_MAX,
)
from audit.proof.verify.log.members import MemberReader, is_memberwise
from domain.errors import EnvelopeError
from domain.identifiers import REGISTRY_KINDS, is_authority_id
from domain.occurrence import Occurrence, parse_occurrence
from domain.schema import Catalogue, Closed, EventType

FindKey = Callable[[str], PublicKey | None]


class Signing(NamedTuple):
    """The members of an event that say whether its key may sign it.

    Attributes:
        kid: Thumbprint of the key.
        iss: Authority that answers for it.
        iat: When it was signed, Unix seconds.
        type: Its line in the catalogue.
        dat: Its data, or its jurisdiction alone.
    """

    kid: str
    iss: str
    iat: int
    type: EventType
    dat: Closed


class PlainEntry(NamedTuple):
    """A verified entry, as far as a log is checked; texts are ASCII octets.

    Attributes:
        signing: What says whether its key may sign it.
        sub: Its stream.
        seq: Its place there.
        prev: Event id of the one before.
        eid: Its event id.
        jti: Identifier of the request that it came by.
        occ: When it happened.
        taken_over: Whether it was taken over from an older record.
    """

    signing: Signing
    sub: bytes
    seq: int
    prev: bytes
    eid: bytes
    jti: bytes
    occ: Occurrence
    taken_over: bool


class Claim(NamedTuple):
    """An entry that is right in everything but perhaps its signature.

    Attributes:
        entry: What it says.
        key: The key it names.
        signature: 64 octets, not verified yet.
        message: What they sign.
    """

    entry: PlainEntry
    key: PublicKey
    signature: bytes
    message: bytes

    def holds(self) -> bool:
        """Verify the signature."""
        try:
            self.key.verify(self.signature, self.message)
        except EnvelopeError:
            return False
        return True


class Shortcut:
    """Accepts plain entries of one ledger, or says nothing about them."""

    def __init__(self, *, keys: FindKey, catalogue: Catalogue, audience: str) -> None:
        """Bind what an entry is judged against."""
        self._keys = keys
        self._types = {
            (each.evt.encode(), b"%d" % each.ver): each
            for each in catalogue
            if each.subject not in REGISTRY_KINDS
        }
        self._audience = audience.encode()

    def accept(self, jws: bytes) -> PlainEntry | None:
        """Verify an entry in full, key validity at its index excepted.

        Returns:
            What was verified, or nothing if the long way has to decide.
        """
        claim = self.read(jws)
        return claim.entry if claim and claim.holds() else None

    def read(self, jws: bytes) -> Claim | None:
        """Check all but the signature; nothing may be believed before ``holds`` says so.

        Apart, both run faster than in turn: each keeps the processor's caches to itself.
        """
        try:
            return self._read(jws)
        except (ValueError, KeyError, RecursionError, EnvelopeError):
            return None

    def _read(self, jws: bytes) -> Claim | None:
        header, body, mark = jws.split(b".")
        found = _PAYLOAD.fullmatch(decode(body))
        if found is None or len(jws) > JWS_OCTETS_MAX:
            return None
        digests, aud, dat, evt, iat, iss, jti, occ, prev, seq, sub, ver = found.groups()
        kind = self._types[evt, ver]
        reader = _reader(kind.dat)
        if reader is None:
            return None
        message = jws[: len(header) + 1 + len(body)]
        kid, key = self._key(header)
        place, taken_over = reader.read(dat)
        signing = Signing(kid, _authority(iss), int(iat), kind, place)
        when = parse_occurrence(occ.decode())
        if (
            aud != self._audience
            or sub[: sub.index(b".")] != kind.subject.encode()
            or not _are_digests(digests, kind.digests)
            or when.earliest > signing.iat + CLOCK_SKEW_SECONDS_MAX
        ):
            return None
        eid = event_id(message).encode()
        entry = PlainEntry(signing, sub, int(seq), prev, eid, jti, when, taken_over)
        return Claim(entry, key, decode(mark), message)

    def _key(self, header: bytes) -> tuple[str, PublicKey]:
        alg, kid = _read_header(header)
        key = self._keys(kid)
        if key is None or key.alg != alg:
            raise ValueError
        return kid, key


@cache
def _reader(model: type[Closed]) -> MemberReader | None:
    """Prepare a schema when its first event is met; nothing if it cannot be read this way."""
    if not is_memberwise(model) or _depth(model) >= JSON_DEPTH_MAX:
        return None
    return MemberReader(model)


@lru_cache(maxsize=4_096)
def _read_header(segment: bytes) -> tuple[str, str]:
    found = _HEADER.fullmatch(decode(segment))
    if found is None or len(segment) > HEADER_SEGMENT_OCTETS_MAX:
        raise ValueError
    return found[1].decode(), found[2].decode()


@lru_cache(maxsize=4_096)
def _authority(iss: bytes) -> str:
    text = iss.decode()
    if not is_authority_id(text):
        raise ValueError
    return text


def _are_digests(joined: bytes, count: int) -> bool:
    digests = joined.split(b'","')
    return len(digests) == count and all(map(lt, digests, digests[1:]))


def _depth(model: type[Closed]) -> int:
    """Count the containers inside one another that a schema admits at most."""
    schema = model.model_json_schema()
    return _schema_depth(schema, schema.get("$defs", {}), JSON_DEPTH_MAX + 1)


def _schema_depth(node: Any, definitions: Mapping[str, Any], limit: int) -> int:
    """Count downwards through references; a schema that refers to itself reaches the limit."""
    if limit == 0 or not isinstance(node, dict):
        return 0
    if "$ref" in node:
        return _schema_depth(definitions[node["$ref"].rpartition("/")[2]], definitions, limit)
    own = node.get("type") in ("object", "array") or "properties" in node
    below = [*node.get("properties", {}).values(), *node.get("prefixItems", ())]
    below += [node[name] for name in ("items", "additionalProperties") if name in node]
    beside = [each for name in ("anyOf", "oneOf", "allOf") for each in node.get(name, ())]
    inside = max((_schema_depth(each, definitions, limit - 1) for each in below), default=0)
    return max([own + inside, *(_schema_depth(each, definitions, limit) for each in beside)])


_DIGEST: Final = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
_THUMBPRINT: Final = r"[A-Za-z0-9_-]{43}"
_NAME: Final = r"[a-z0-9.-]{1,64}"
_NUMBER: Final = r"[1-9][0-9]{0,14}"
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID7: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_HEADER: Final = re.compile(
    rf'\{{"alg":"([A-Za-z0-9]+)","kid":"({_THUMBPRINT})","typ":"{re.escape(EVENT_TYPE)}"\}}'.encode()
)
_PAYLOAD: Final = re.compile(
    (
        rf'\{{"_sd":\["({_DIGEST}(?:","{_DIGEST})*)"\],"_sd_alg":"{DIGEST_ALGORITHM}"'
        rf',"aud":"({_NAME})","dat":(\{{[ -\[\]-~]*\}}),"evt":"([^"]*)","iat":({_NUMBER})'
        rf',"iss":"({_NAME})","jti":"({_UUID7})","occ":"([0-9A-Z:-]{{4,20}}|unknown)"'
        rf',"prev":"({_THUMBPRINT})"(?:,"seen":"(?:0|[1-9][0-9]{{0,15}}):{_THUMBPRINT}")?'
        rf',"seq":({_NUMBER}),"sub":"([a-z]{{3,4}}\.{_UUID})","ver":({_NUMBER})\}}'
    ).encode()
)
