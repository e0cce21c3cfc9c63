# SPDX-License-Identifier: Apache-2.0
"""What is recorded of a stocktake.

Implements StocktakeRecorded of the domain facts, section 5, for the count as a whole (MOSAIC
05.20: regular counts by serial, a discrepancy reported at once; Firearms Act 1968, Schedule 4:
annual stocktaking of a dealer). What a count says of one firearm is in that firearm's own stream
too, where somebody records it there; a policy may want a missing one reported lost.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from domain.codes import Maybe
from domain.firearm.events.common import Fact, Observation
from domain.firearm.events.correcting import Corrected
from domain.schema import FirearmId, HoldingId, LicenceId, Text

LISTED_MAX: Final = 256
"""Firearms that one list names; a stock in which more is wrong is counted in parts."""

COUNTED_MAX: Final = 1_000_000

Count = Annotated[int, Field(ge=0, le=COUNTED_MAX)]
"""A number of firearms."""

Listed = Annotated[tuple[FirearmId, ...], Field(strict=False, min_length=1, max_length=LISTED_MAX)]
"""Firearms of this ledger."""


class Recorded(Fact):
    """``stocktake.recorded``: a stock was counted, serial by serial.

    Attributes:
        count_no: Number of the count.
        stock: Stock that was counted.
        licence: Licence of the business whose stock it is.
        hld: Opaque holding whose stock it is.
        expected: Firearms that should have been there, by the books.
        counted: Firearms that were there.
        missing: Those that were expected and were not there.
        surplus: Those of this ledger that were there and were not expected.
        unidentified: Those that were there and that no record fits, each as it was seen.
    """

    count_no: Text
    stock: Maybe[Text] = None
    licence: Maybe[LicenceId] = None
    hld: Maybe[HoldingId] = None
    expected: Count
    counted: Count
    missing: Listed = ()
    surplus: Listed = ()
    unidentified: Annotated[
        tuple[Observation, ...], Field(strict=False, min_length=1, max_length=LISTED_MAX)
    ] = ()


class StocktakeCorrected(Corrected):
    """``stocktake.corrected``: an earlier event of this stocktake was wrong."""
