# SPDX-License-Identifier: Apache-2.0
"""A small nation's record: a bit of everything that lists are about, in one ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from api.registrar import Act, perform
from domain.identifiers import StreamId, parse_stream_id
from tests.integration.projections.conftest import Desk
from tests.unit.domain.least.authorization import AUTHORIZATION, ITEM
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.least.disposing import DISPOSING
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.least.tracing import TRACING
from tests.unit.domain.lives import DATA

ROLES = [
    *("MFR", "DLR", "LIC", "POL", "CRT", "STK", "EVC"),
    *("STW", "CUS", "IMX", "DST", "TRC", "LAB", "AUD"),
]
TAKES_TWO = ("firearm.destroyed", "lot.destroyed", "erasure.approved")
BUYER = "hld.5f0c3b1e-8a77-4c1d-9b2e-00000000b001"
HOLDER = "hld.5f0c3b1e-8a77-4c1d-9b2e-00000000b002"
DEALER = "hld.5f0c3b1e-8a77-4c1d-9b2e-00000000b003"


@dataclass(slots=True)
class Nation:
    """The ledger, and what in it tests speak of by name."""

    desk: Desk
    streams: dict[str, StreamId] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def new(self, kind: str, name: str) -> StreamId:
        """Choose an identifier, to be found again by a name."""
        number = next(self.numbers)
        found = parse_stream_id(f"{kind}.01a2076b-4018-7111-9333-{number:012x}")
        self.streams[name] = found
        return found

    def __getitem__(self, name: str) -> str:
        """Give the identifier of a name."""
        return str(self.streams[name])

    def did(self, evt: str, name: str, occ: str, **dat: Any) -> tuple[int, str]:
        """Record an event; members given replace or widen the least data of its type."""
        data = {**_LEAST.get(evt, {}), **dat}
        act = Act(
            evt=evt,
            dat={key: value for key, value in data.items() if value != "absent"},
            sub=self.streams[name],
            occ=occ,
        )
        endorsers = [self.desk.second] if evt in TAKES_TWO else []
        receipt = perform(self.desk.office, act, self.desk.key, endorsers=endorsers)
        return receipt.index, receipt.eid

    def gun(self, name: str, occ: str = "2015-03-02", **more: Any) -> StreamId:
        """Record a new firearm whose serial is its name."""
        found = self.new("arm", name)
        described = {"serial": {"known": f"TW9-{name}"}, "year": int(occ[:4])}
        dat = {**DATA["firearm.manufactured"], **described, **more}
        self.did("firearm.manufactured", name, occ, **dat)
        return found


_LEAST = {**DATA, **DISPOSING, **LICENCE, **AUTHORIZATION, **TRACING}


def told(nation: Nation) -> None:
    """Record everything."""
    _licensed(nation)
    _traded(nation)
    _missing(nation)
    _abroad(nation)
    _traced(nation)
    _destroyed(nation)
    _misfitting(nation)


def _licensed(nation: Nation) -> None:
    """Somebody's licence is revoked; one firearm names it, another only its holding."""
    nation.new("lic", "LICENCE")
    nation.did(
        "licence.registered",
        "LICENCE",
        "2018",
        hld=HOLDER,
        kind="possession",
        valid_from="2018-01-01",
    )
    nation.gun("UNDER")
    nation.gun("BESIDE")
    nation.did("firearm.transferred", "UNDER", "2019-01-10", hld=HOLDER, licence=nation["LICENCE"])
    nation.did("firearm.transferred", "BESIDE", "2019-02-10", hld=HOLDER)
    nation.did("licence.revoked", "LICENCE", "2020-06-01", effective_on="2020-06-01")
    nation.new("lic", "REFUSED")
    nation.did("licence.applied", "REFUSED", "2021-01-01", hld=BUYER)
    nation.did("licence.refused", "REFUSED", "2021-02-01")
    nation.new("lic", "BANNED")
    nation.did(
        "licence.registered", "BANNED", "2018", hld=BUYER, valid_from="2018", valid_to="2030-12-31"
    )
    nation.did("licence.ban-imposed", "BANNED", "2019-06-01", effective_on="2019-06-01")
    nation.did("licence.ban-lifted", "BANNED", "2021-06-01", effective_on="2021-06-01")


def _traded(nation: Nation) -> None:
    """One buyer takes many within days, and a dealer's sales turn up soon."""
    for number in range(6):
        nation.gun(f"MANY{number}")
        nation.did("firearm.transferred", f"MANY{number}", f"2021-04-0{number + 1}", hld=BUYER)
    for number in range(3):
        name = f"SOON{number}"
        nation.gun(name)
        nation.did("firearm.dealer-acquired", name, "2021-01-05", to_hld=DEALER)
        nation.did(
            "firearm.dealer-disposed", name, f"2021-02-0{number + 1}", hld=HOLDER, from_hld=DEALER
        )
        nation.did("firearm.seized", name, f"2021-06-1{number}")
    nation.gun("ELSEWHERE")
    nation.did("firearm.transferred", "ELSEWHERE", "2022-04-01", hld=DEALER)
    nation.gun("ONESIDED")
    nation.did(
        "firearm.dealer-disposed", "ONESIDED", "2022-05-01", holder="dealer", hld=DEALER,
        from_hld="absent",
    )  # fmt: skip
    nation.gun("BOTHSIDES")
    nation.did("firearm.dealer-disposed", "BOTHSIDES", "2022-05-01", holder="dealer", hld=DEALER)
    nation.did("firearm.dealer-acquired", "BOTHSIDES", "2022-05-03", to_hld=DEALER)


def _missing(nation: Nation) -> None:
    """Losses are reported late, and a count finds one missing."""
    nation.gun("LOST")
    nation.did("firearm.lost-reported", "LOST", "2019", **LOSS)
    nation.gun("COUNTED", "2016")
    nation.new("stk", "COUNT")
    nation.did(
        "stocktake.recorded", "COUNT", "2023-01-15", count_no="2023-1", stock="DEPOT 1",
        expected=12, counted=11, missing=[nation["COUNTED"]],
    )  # fmt: skip
    nation.gun("QUIET", "1990")
    nation.did("firearm.found", "QUIET", "2024-03-01")


def _abroad(nation: Nation) -> None:
    """Twenty are authorized to leave: ten are drawn and never arrive; ten are left."""
    nation.new("aut", "EXPORT")
    nation.did("authorization.applied", "EXPORT", "2023-01-02")
    licence = {"issued_on": "2023-01-01", "expires_on": "2024-12-31"}
    nation.did("authorization.import-licence-recorded", "EXPORT", "2023-01-03", **licence)
    nation.did(
        "authorization.transit-no-objection-recorded", "EXPORT", "2023-01-04", on="2023-01-04"
    )
    days = {"issued_on": "2023-02-01", "expires_on": "2024-01-31"}
    nation.did(
        "authorization.issued", "EXPORT", "2023-02-01", items=[{**ITEM, "quantity": 20}], **days
    )
    nation.new("shp", "SHIPMENT")
    nation.did("authorization.drawn", "EXPORT", "2023-03-01", shipment=nation["SHIPMENT"])
    nation.did(
        "shipment.declared", "SHIPMENT", "2023-03-02", authorization=nation["EXPORT"],
        items=[ITEM], exit_point="PORT XA", exit_on="2023-03-05", transit_countries=["XC"],
    )  # fmt: skip
    nation.new("aut", "IMPORT")
    nation.did(
        "authorization.applied", "IMPORT", "2023-05-01", kind="import",
        export_country="XB", import_country="XA",
    )  # fmt: skip
    nation.did(
        "authorization.issued", "IMPORT", "2023-06-01", number="XA-IMP-1", export_country="XB",
        import_country="XA", transit_countries="none", items=[{**ITEM, "quantity": 2}],
        issued_on="2023-06-01", expires_on="2030-05-31",
    )  # fmt: skip
    nation.new("shp", "ARRIVAL")
    portions = [{"line": 1, "quantity": 2}]
    nation.did(
        "authorization.drawn", "IMPORT", "2023-06-10", shipment=nation["ARRIVAL"], portions=portions
    )
    nation.did(
        "shipment.declared", "ARRIVAL", "2023-06-11", authorization=nation["IMPORT"],
        items=[{**ITEM, "quantity": 2}], exit_point="PORT XB", exit_on="2023-06-12",
        transit_countries="none",
    )  # fmt: skip
    nation.did("shipment.received", "ARRIVAL", "2023-06-20", counts=[{"line": 1, "quantity": 1}])
    nation.new("aut", "WAITING")
    nation.did("authorization.applied", "WAITING", "2024-01-02")


def _traced(nation: Nation) -> None:
    """One request goes out and on and is answered; one comes in and waits."""
    nation.new("trc", "OUT")
    nation.did("trace.requested", "OUT", "2024-02-01", firearm=nation["SOON0"])
    nation.did("trace.acknowledged", "OUT", "2024-02-05", due_on="2024-04-01")
    nation.did("trace.forwarded", "OUT", "2024-03-01")
    nation.did("trace.responded", "OUT", "2024-03-20")
    nation.new("trc", "IN")
    nation.did("trace.requested", "IN", "2024-05-01", recipient="XA", requesting_state="XD",
               urgency="urgent",
               urgency_reason="court_date", cause="request_of_another_state")  # fmt: skip
    nation.did("trace.acknowledged", "IN", "2024-05-02", due_on="2024-06-01")
    nation.new("trc", "CLOSED")
    nation.did("trace.requested", "CLOSED", "2024-01-01")
    nation.did("trace.closed", "CLOSED", "2024-09-01", outcome="not_identified", reason="no_reply")


def _destroyed(nation: Nation) -> None:
    """One is destroyed in its lot, by the whole procedure, and another is held back."""
    nation.gun("ENDED")
    nation.did("firearm.transferred", "ENDED", "2016-05-01", hld=HOLDER)
    nation.did("firearm.surrendered", "ENDED", "2016-06-01")
    nation.did("firearm.forfeited", "ENDED", "2016-07-01", ordered_on="2016-07-01")
    nation.did("firearm.disposal-authorised", "ENDED", "2016-08-01", authorised_on="2016-08-01")
    nation.new("lot", "LOT")
    nation.did(
        "lot.scheduled", "LOT", "2016-09-01", place="STEELWORKS 1", basis="forfeiture",
        firearms=[nation["ENDED"]],
    )  # fmt: skip
    nation.did("firearm.destruction-scheduled", "ENDED", "2016-09-01", lot=nation["LOT"])
    nation.did("lot.reconciled", "LOT", "2016-10-01", found=[nation["ENDED"]])
    nation.did(
        "lot.destroyed", "LOT", "2016-10-01", method="melt", destroyed_on="2016-10-01",
        certificate_no="D-1", count=1,
    )  # fmt: skip
    nation.did("firearm.destroyed", "ENDED", "2016-10-01", lot=nation["LOT"])
    nation.did("firearm.hold-placed", "ENDED", "2017-01-01")


def _misfitting(nation: Nation) -> None:
    """What cannot all be true: seen after its end, and one serial on two records."""
    nation.did("firearm.found", "ENDED", "2020-01-01")
    first = {**DATA["firearm.registered"], "serial": {"known": "TWICE-1"}}
    for name, reason in (("TWIN1", {}), ("TWIN2", {"duplicate_reason": "maker_reused_number"})):
        nation.new("arm", name)
        nation.did("firearm.registered", name, "2018", **first, **reason)
    nation.new("arm", "OTHERMAKE")
    other = {**first, "make": {"known": "OTHERWERK"}}
    nation.did("firearm.registered", "OTHERMAKE", "2018", **other)
    nation.new("arm", "TICKET")
    ticket = {**first, "serial": {"known": "2010/00795672961"}}
    nation.did("firearm.registered", "TICKET", "2018", **ticket)
    nation.gun("UNDONE")
    _, sale = nation.did("firearm.transferred", "UNDONE", "2015-05-01", hld=HOLDER)
    nation.did("firearm.reversed", "UNDONE", "2015-05-02", target=sale)
