# SPDX-License-Identifier: Apache-2.0
"""What the schemas of authorizations and shipments share: days, parties, routes, lines.

Implements the contents that article 10(3) of the Firearms Protocol demands of a licence and its
documents. Persons never occur here; they are opaque holdings, disclosed under the event's
own. A public authority may be named.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from domain.authorization.codes import Goods, TransportMeans
from domain.codes import GunKind, Maybe
from domain.occurrence import parse_occurrence
from domain.schema import Closed, Code, Country, FirearmId, HoldingId, Stated, Text

ITEMS_MAX: Final = 24
COUNTRIES_MAX: Final = 16
FIREARMS_MAX: Final = 100
PARTIES_MAX: Final = 8
QUANTITY_MAX: Final = 10**9


def _as_day(text: str) -> str:
    parse_occurrence(text)
    return text


Day = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_as_day)
]
"""A day of the calendar; a licence has no vaguer dates."""

LineNumber = Annotated[int, Field(ge=1, le=999)]
Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
Count = Annotated[int, Field(ge=0, le=QUANTITY_MAX)]


class Agency(Closed):
    """A public authority that is a party, and no person.

    Attributes:
        agency: Its name.
        country: State that it belongs to.
    """

    agency: Text
    country: Country


Party = HoldingId | Agency
"""Who takes part: an opaque holding, or a public authority."""

Parties = Annotated[tuple[Party, ...], Field(strict=False, min_length=1, max_length=PARTIES_MAX)]

Countries = (
    Annotated[tuple[Country, ...], Field(strict=False, min_length=1, max_length=COUNTRIES_MAX)]
    | Literal["none"]
)
"""Countries on the way, or ``none`` where it goes straight; never left open (rule 6)."""

Firearms = Annotated[
    tuple[FirearmId, ...], Field(strict=False, min_length=1, max_length=FIREARMS_MAX)
]


class Carriage(Closed):
    """How goods are moved (Directive (EU) 2021/555, article 16; Delegated Regulation 2019/686).

    Attributes:
        means: Means of transfer.
        carrier: Who carries them.
        leaves_on: Day of departure.
        arrives_on: Day on which they are expected.
    """

    means: TransportMeans
    carrier: Maybe[Party] = None
    leaves_on: Maybe[Day] = None
    arrives_on: Maybe[Day] = None


class Item(Closed):
    """One line of goods: description and quantity.

    Attributes:
        line: Number of the line, unique within the document.
        goods: Firearms, components or ammunition.
        calibre: Calibre as written.
        quantity: Pieces; rounds for ammunition.
        kind: Kind of gun, for firearms and their components.
        category: Legal category by the law of the issuing State.
    """

    line: LineNumber
    goods: Goods
    calibre: Stated
    quantity: Quantity
    kind: Maybe[GunKind] = None
    category: Maybe[Code] = None


Items = Annotated[tuple[Item, ...], Field(strict=False, min_length=1, max_length=ITEMS_MAX)]


class Portion(Closed):
    """A quantity of one line.

    Attributes:
        line: Number of the line.
        quantity: How many of it.
    """

    line: LineNumber
    quantity: Quantity


Portions = Annotated[tuple[Portion, ...], Field(strict=False, min_length=1, max_length=ITEMS_MAX)]


class Counted(Closed):
    """What was counted of one line; it may be nothing.

    Attributes:
        line: Number of the line.
        quantity: How many were there.
    """

    line: LineNumber
    quantity: Count


Counts = Annotated[tuple[Counted, ...], Field(strict=False, min_length=1, max_length=ITEMS_MAX)]


def countries(stated: tuple[str, ...] | Literal["none"] | None) -> tuple[str, ...]:
    """Give the countries, of which there may be none."""
    return () if stated is None or stated == "none" else stated
