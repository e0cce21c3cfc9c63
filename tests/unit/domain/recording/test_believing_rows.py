# SPDX-License-Identifier: Apache-2.0
"""The ledger believes no key because a row says that it is enrolled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from api.client.signer import Draft
from audit.appending.admission import AdmittedEvent
from domain.errors import UnsafeError
from tests.contract.test_ledger_recorder import insert
from tests.unit.domain.signed_ledger import MAKER, ROOTS, STRANGER, Pen, admitted, empty_ledger


def signed_by_nobody(pen: Pen) -> list[AdmittedEvent]:
    """Approve a key under one that was never enrolled."""
    founded, proposed, _ = pen.founding()
    return [founded, proposed, admitted(_approval(pen, proposed), STRANGER)]


def approved_by_one(pen: Pen) -> list[AdmittedEvent]:
    """Approve a key by the root that proposed it, under a valid signature."""
    founded, proposed, _ = pen.founding()
    return [founded, proposed, admitted(_approval(pen, proposed), ROOTS[0])]


@pytest.mark.parametrize("forged", [signed_by_nobody, approved_by_one])
def test_nothing_is_recorded_while_a_row_about_keys_contradicts_the_log(
    forged: Callable[[Pen], list[AdmittedEvent]],
) -> None:
    pen, ledger = Pen(), empty_ledger()
    rows = forged(pen)
    insert(ledger.store, *rows)
    for _ in range(2):
        with pytest.raises(UnsafeError, match="Entry 2 says who may sign") as refusal:
            ledger.record([admitted(pen.born("S1"))])
        assert refusal.value.slug == "registry_contradicts"
    assert ledger.store.refresh() == len(rows)
    assert set(ledger.registry.keys) == {each.kid for each in (*ROOTS, MAKER)}


def _approval(pen: Pen, proposed: AdmittedEvent) -> Draft:
    event = proposed.event
    dat = {"target": event.eid}
    return pen.draft("key.enrol-approved", str(event.sub), dat, seq=2, prev=event.eid)
