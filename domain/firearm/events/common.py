# SPDX-License-Identifier: Apache-2.0
"""What the schemas of firearm events share: the place, the source and the description.

Implements the members that every event of the domain facts, section 5, may carry beyond
the envelope, and the description by which a firearm is identified (International Tracing
Instrument, paragraph 8). Persons never occur here; they are disclosures under an opaque
holding identifier.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import GunAction, GunKind, Maybe, When
from domain.markings import Markings, Serial
from domain.schema import Closed, Code, Country, Jurisdiction, Stated, Text, Year

NUMBERS_MAX: Final = 8


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
    """Members that every event about a firearm may carry.

    Attributes:
        jur: Jurisdiction in which it happened; the signer's mandate must cover it.
        source: The record it was taken over from, for imports.
    """

    jur: Maybe[Jurisdiction] = None
    source: Maybe[Source] = None


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
