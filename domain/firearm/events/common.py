# SPDX-License-Identifier: Apache-2.0
"""What the schemas of firearm events share: the place, the source and the description.

Implements the members that every event of the domain facts, section 5, may carry beyond
the envelope (legal basis, case, documents, confidence), the place, and the description by
which a firearm is identified (International Tracing Instrument, paragraph 8). Persons never
occur here; they are disclosures under an opaque holding identifier.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.codes import Confidence, GunAction, GunKind, Maybe, When
from domain.licence.codes import Category
from domain.markings import Markings, Serial
from domain.schema import CaseId, Closed, Code, Country, Digest, Jurisdiction, Stated, Text, Year

NUMBERS_MAX: Final = 8
DOCUMENTS_MAX: Final = 8
PHOTOS_MAX: Final = 16

Documents = Annotated[
    tuple[Digest, ...], Field(strict=False, min_length=1, max_length=DOCUMENTS_MAX)
]
"""SHA-256 of each document; the documents are kept elsewhere."""

Photos = Annotated[tuple[Digest, ...], Field(strict=False, min_length=1, max_length=PHOTOS_MAX)]
"""SHA-256 of each photograph; the pictures are kept elsewhere."""

Geohash = Annotated[str, StringConstraints(pattern=r"^[0-9b-hjkmnp-z]{1,6}$")]
"""A square of the map; six characters are about a kilometre wide, and no more are admitted."""

PlaceKind = Literal[
    "dwelling",
    "business",
    "dealer_premises",
    "official_premises",
    "storage",
    "public_place",
    "vehicle",
    "vessel",
    "aircraft",
    "border_crossing",
    "port",
    "airport",
    "post_or_parcel",
    "online",
    "other",
    "unknown",
]
"""Place or means of transport (domain facts, section 3: IAFQ); own list, version 1."""


class Source(Closed):
    """The record from which an event was taken over.

    Attributes:
        register_code: Code of the register or file.
        as_of: State of the register that was read.
        row: Reference of the row there, as that register counts.
    """

    register_code: Code
    as_of: When
    row: Maybe[Text] = None


class Fact(Closed):
    """Members that every event may carry.

    Attributes:
        jur: Jurisdiction in which it happened, by default the whole of the authority's; the
            mandate of each who signs must cover it.
        source: The record it was taken over from, for imports.
        legal_basis: Code of the rule of law on which it rests.
        case: Case that it belongs to.
        documents: Digests of the documents behind it.
        confidence: How sure the signer is of what is stated.
    """

    jur: Maybe[Jurisdiction] = None
    source: Maybe[Source] = None
    legal_basis: Maybe[Code] = None
    case: Maybe[CaseId] = None
    documents: Documents = ()
    confidence: Maybe[Confidence] = None


class Place(Closed):
    """Where something happened, no closer than a town or a square of about a kilometre.

    Attributes:
        region: Country, or part of one.
        locality: Town or district as written in the source, never an address.
        kind: Kind of place, or means of transport.
        geohash: Square of the map.
    """

    region: Maybe[Jurisdiction] = None
    locality: Maybe[Text] = None
    kind: Maybe[PlaceKind] = None
    geohash: Maybe[Geohash] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a place states at least one of its members")
        return self


class Number(Closed):
    """A further number of a firearm, such as an inventory or control number.

    Attributes:
        scheme: Code of the numbering.
        value: The number, ``unknown``, or ``none`` where the firearm has no such number.
    """

    scheme: Code
    value: Stated


class Reference(Closed):
    """The key of a model in a reference table kept elsewhere, for example an NSN.

    Attributes:
        scheme: Code of the table.
        key: Key in that table; it names a model, never an object.
    """

    scheme: Code
    key: Text


class Description(Fact):
    """By what a firearm is identified, each member known, unknown or none.

    Attributes:
        make: Manufacturer or brand as written in the source.
        model: Model or type designation.
        kind: Kind of gun.
        action: How it works.
        calibre: Calibre as written in the source.
        year: Year of manufacture.
        country: ISO code of the country of manufacture.
        serial: Serial number on the frame or receiver.
        antique: Whether the law of the jurisdiction treats it as an antique.
        category: Category by law, of the European Union or a national one.
        reference: Key of the model in an external table.
        numbers: Further numbers.
        markings: Marks on it.
    """

    make: Stated
    model: Stated
    kind: GunKind
    action: GunAction
    calibre: Stated
    year: Year | Literal["unknown"]
    country: Country | Literal["unknown"]
    serial: Serial
    antique: Maybe[bool] = None
    category: Maybe[Category] = None
    reference: Maybe[Reference] = None
    numbers: Annotated[
        tuple[Number, ...], Field(strict=False, min_length=1, max_length=NUMBERS_MAX)
    ] = ()
    markings: Markings = ()


class Observation(Closed):
    """How a firearm was described when it came to hand; only what was stated.

    Attributes:
        make: Manufacturer or brand as then written.
        model: Model as then written.
        kind: Kind of gun as then judged.
        calibre: Calibre as then written.
        serial: Serial as then read.
    """

    make: Maybe[Stated] = None
    model: Maybe[Stated] = None
    kind: Maybe[GunKind] = None
    calibre: Maybe[Stated] = None
    serial: Maybe[Serial] = None
