# SPDX-License-Identifier: Apache-2.0
"""The invented firearm of the demonstration: its life, and what the ledger must refuse.

Nothing here happened. Maker, serial, places, case numbers and the person are made up, and
say so wherever text allows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

SERIAL: Final = "EXW-18B0457"
MISREAD: Final = "EXW-1880457"
UNSURE: Final = "EXW-18?0457"
MAKE: Final = "EXAMPLE WORKS"
PERSON: Final = "EXAMPLE PERSON (invented)"
DEALER_HOLDING: Final = "hld.00000000-0000-4000-8000-00000000d001"
OWNER_HOLDING: Final = "hld.00000000-0000-4000-8000-00000000c001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One event of the example's life.

    Attributes:
        key: Name of the test key that signs.
        evt: Event type.
        occ: When it is said to have happened.
        words: What happened, for the reader.
        dat: Public data.
        disclosures: Personal data, which goes to the vault and never into the log.
    """

    key: str
    evt: str
    occ: str
    words: str
    dat: MappingProxyType[str, Any]
    disclosures: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))


def _dat(**members: Any) -> MappingProxyType[str, Any]:
    return MappingProxyType({"jur": "XA", **members})


EXEMPTION: Final = "not_required"
"""XA is no State: nobody there issues licences that the example could show."""


MADE: Final = Chapter(
    key="maker",
    evt="firearm.manufactured",
    occ="2019-03-11",
    words="made",
    dat=_dat(
        make={"known": MAKE},
        model={"known": "EX-9"},
        kind="pistol",
        action="semi_automatic",
        calibre={"known": "9x19"},
        year=2019,
        country="XA",
        serial={"known": SERIAL},
        leading_part="frame",
        exemption=EXEMPTION,
        markings=[
            {
                "kind": "manufacture",
                "text": {"known": SERIAL},
                "condition": "legible",
                "location": "frame_or_lower",
                "maker": MAKE,
                "country": "XA",
            }
        ],
    ),
)
SOLD_TO_DEALER: Final = Chapter(
    key="licensing",
    evt="firearm.transferred",
    occ="2019-05-20",
    words="sold to a dealer",
    dat=_dat(
        acq="purchase",
        hld=DEALER_HOLDING,
        permit_class="dealer",
        holder="dealer",
        exemption=EXEMPTION,
    ),
)
SOLD: Final = Chapter(
    key="licensing",
    evt="firearm.transferred",
    occ="2020-02-14",
    words="sold; the buyer's name is sealed",
    dat=_dat(
        acq="purchase",
        hld=OWNER_HOLDING,
        from_hld=DEALER_HOLDING,
        permit_class="sport",
        exemption=EXEMPTION,
    ),
    disclosures=MappingProxyType({"holder_name": PERSON}),
)
STOLEN: Final = Chapter(
    key="police",
    evt="firearm.stolen-reported",
    occ="2023-08-05",
    words="reported stolen",
    dat=_dat(
        discovered_on="2023-08-05",
        window_from="2023-07-29",
        window_to="2023-08-05",
        cause="burglary",
        hld=OWNER_HOLDING,
        report_no="EXAMPLE 23/0815",
    ),
)
SEIZED: Final = Chapter(
    key="police",
    evt="firearm.seized",
    occ="2026-11-20T21:40:00Z",
    words="seized",
    dat=_dat(
        ground="illicit_possession",
        proceeding="criminal",
        case_no="EXAMPLE 26/0118",
        station="EXAMPLE STATION 7",
        loaded=True,
    ),
)
LIFE: Final = (MADE, SOLD_TO_DEALER, SOLD, STOLEN, SEIZED)
"""The example's life, in order."""

SALE_WHILE_STOLEN: Final = Chapter(
    key="licensing",
    evt="firearm.transferred",
    occ="2024-01-10",
    words="a sale while it is reported stolen",
    dat=_dat(acq="purchase", hld=DEALER_HOLDING, permit_class="dealer", holder="dealer"),
)
MAKER_SEIZES: Final = Chapter(
    key="maker",
    evt="firearm.seized",
    occ="2024-01-10",
    words="a seizure signed with the maker's key",
    dat=SEIZED.dat,
)
REFUSED: Final = (SALE_WHILE_STOLEN, MAKER_SEIZES)
"""What must be refused after it was reported stolen."""
