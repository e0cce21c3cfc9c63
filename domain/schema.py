# SPDX-License-Identifier: Apache-2.0
"""What an event type is: a closed, versioned schema with its roles and disclosures.

Implements ``dat``, ``_sd`` and the disclosure claims of the envelope specification,
sections 4.3 and 4.5: closed pydantic models, no free text, no floats, no null. Every
event type is one line of a catalogue built from ``EventType``; the rules that judge
events live with the aggregate they concern.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from domain.country.codes import check_place
from domain.errors import EnvelopeError, InvalidValueError

TEXT_MAX_CHARS: Final = 64

Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=TEXT_MAX_CHARS, pattern=r"^\S(?:[^\r\n]*\S)?$"),
]
"""A short text as found in the source, no line breaks, no space at either end."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
"""A code of a list that jurisdictions may extend."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(check_place)]
"""ISO 3166-1 alpha-2, that of a State that ended, or a user-assigned code such as XA."""

Jurisdiction = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"), AfterValidator(check_place)
]
"""A country or one of its parts, as in ISO 3166-2."""

Year = Annotated[int, Field(ge=1300, le=2200)]
Digest = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""32 octets in base64url without padding, for example an event id."""

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
HoldingId = Annotated[str, StringConstraints(pattern=rf"^hld\.{_UUID}$")]
OfficerId = Annotated[str, StringConstraints(pattern=rf"^off\.{_UUID}$")]
CaseId = Annotated[str, StringConstraints(pattern=rf"^case\.{_UUID}$")]
FirearmId = Annotated[str, StringConstraints(pattern=rf"^arm\.{_UUID}$")]
ComponentId = Annotated[str, StringConstraints(pattern=rf"^cmp\.{_UUID}$")]
LotId = Annotated[str, StringConstraints(pattern=rf"^lot\.{_UUID}$")]
LicenceId = Annotated[str, StringConstraints(pattern=rf"^lic\.{_UUID}$")]
AuthorizationId = Annotated[str, StringConstraints(pattern=rf"^aut\.{_UUID}$")]
ShipmentId = Annotated[str, StringConstraints(pattern=rf"^shp\.{_UUID}$")]
PolicyId = Annotated[str, StringConstraints(pattern=rf"^pol\.{_UUID}$")]
TracingRequestId = Annotated[str, StringConstraints(pattern=rf"^trc\.{_UUID}$")]
PersonsId = Annotated[str, StringConstraints(pattern=rf"^(arm|cmp|lot|lic|aut|trc|off)\.{_UUID}$")]
"""A record whose events disclose persons, or an officer of the registry."""
DataKeyId = Annotated[str, StringConstraints(pattern=rf"^(hld|off)\.{_UUID}$")]
"""What a data key of the vault is named by: a holding, or an officer."""

ClaimForm = Literal["string", "integer", "boolean"]
DigestCount = Literal[4, 8, 16]


class Closed(BaseModel):
    """A schema that admits exactly its own members, in their exact types."""

    # Of some 230 schemas a run needs few; each is made when its first value is checked.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Known(Closed):
    """A value that is known; the counterpart of ``unknown`` and ``none``."""

    known: Text


Stated = Known | Literal["unknown", "none"]
"""A known text, ``unknown`` (not found with reasonable effort) or ``none`` (does not exist)."""


def value_of(stated: Stated) -> str | None:
    """Give the known text, or nothing where it is unknown or does not exist."""
    return stated.known if isinstance(stated, Known) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """One line of the catalogue.

    Attributes:
        evt: Stable public name, ``<subject>.<past participle>``.
        ver: Version of the schema.
        subject: Kind of the stream it belongs to, for example ``arm``.
        dat: The closed model of its public data.
        roles: Role codes that may append it.
        claims: Closed list of the names and forms of its disclosures.
        digests: Length of ``_sd``: real digests and decoys together.
        links: Members of ``dat`` that name other streams, one each or several.
        named_by: Kinds of streams, among its own and those that it names, of which its rules ask
            who names them, each with what the names of the events begin with that do.
        source: Instrument and article that it implements.
    """

    evt: str
    subject: str
    dat: type[Closed]
    roles: frozenset[str]
    ver: int = 1
    claims: Mapping[str, ClaimForm] = field(default_factory=lambda: MappingProxyType({}))
    digests: DigestCount = 4
    links: tuple[str, ...] = ()
    named_by: tuple[tuple[str, str], ...] = ()
    source: str = ""

    @property
    def kind(self) -> str:
        """Stable name with version, as stored: ``firearm.transferred/1``."""
        return f"{self.evt}/{self.ver}"


class Catalogue:
    """Every event type a ledger admits, found by name and version."""

    def __init__(self, types: Iterable[EventType]) -> None:
        self._types = {(each.evt, each.ver): each for each in types}

    def __iter__(self) -> Iterator[EventType]:
        """Iterate in the order of the table."""
        return iter(self._types.values())

    def find(self, evt: Any, ver: Any) -> EventType:
        """Give the type of an event.

        Raises:
            EnvelopeError: ``schema_unknown``, no such type or version.
        """
        try:
            return self._types[evt, ver]
        except (KeyError, TypeError):
            raise EnvelopeError(
                "This ledger knows no event type of that name and version.",
                slug="schema_unknown",
                next_step="List the types with `muniment events`.",
            ) from None

    def latest(self, evt: str) -> EventType:
        """Give the newest version of a named type.

        Raises:
            InvalidValueError: No such name.
        """
        versions = [each for each in self if each.evt == evt]
        if not versions:
            raise InvalidValueError(f"There is no event type {evt}.", slug="schema_unknown")
        return max(versions, key=lambda each: each.ver)
