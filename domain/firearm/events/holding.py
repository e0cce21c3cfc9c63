# SPDX-License-Identifier: Apache-2.0
"""How a firearm changes hands: government stock and transfers.

Implements StateStockIssued, StateStockReceived and Transferred of the domain facts,
section 5. The permit behind a transfer is checked against its licence once licences are
streams of their own.
"""

from __future__ import annotations

from typing import Literal

from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.schema import Code, HoldingId, Stated, Text


class StockIssued(Fact):
    """``firearm.stock-issued``: out of government stock to an agency, still State property.

    Attributes:
        agency: Agency that receives it.
        unit: Part of that agency.
        programme: Code of the programme under which it is issued.
        stock: Stock that it leaves.
        reference: Reference of the issue or requisition.
    """

    agency: Text
    unit: Maybe[Text] = None
    programme: Maybe[Code] = None
    stock: Maybe[Text] = None
    reference: Maybe[Text] = None


class StockReceived(Fact):
    """``firearm.stock-received``: into government stock.

    Attributes:
        stock: Stock that receives it.
        origin: Agency or unit that it comes from, unknown or none.
        reference: Reference of the receipt.
    """

    stock: Text
    origin: Maybe[Stated] = None
    reference: Maybe[Text] = None


class Transferred(Fact):
    """``firearm.transferred``: to a holder entitled to it.

    Attributes:
        acq: How it was acquired, for example ``purchase``.
        hld: Opaque holding of the receiver; the person is a disclosure.
        permit_class: Class of the permit shown.
        from_hld: Opaque holding it leaves.
        holder: Class of the receiver; a civilian where absent.
    """

    acq: Code
    hld: HoldingId
    permit_class: Code
    from_hld: Maybe[HoldingId] = None
    holder: Maybe[Literal["dealer", "civilian", "estate", "museum"]] = None
