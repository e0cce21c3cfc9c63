# SPDX-License-Identifier: Apache-2.0
"""Events of one batch that speak against each other: the order of the batch is what counts."""

from __future__ import annotations

import pytest

from audit.appending.admission import AdmittedEvent
from domain.judgement import Accepted
from tests.unit.domain.bad.office import Office

ARM, OTHER_ARM = (f"arm.01a2076b-4018-7111-8222-33333333333{number}" for number in (3, 4))
LICENCE = "lic.01a2076b-4018-7111-8222-666666666666"
SOLD_ON, REVOKED_ON, LONG_BEFORE = "2026-11-20", "2026-11-19", "2026-11-01"


@pytest.fixture
def office() -> Office:
    """Give an office with a firearm and a valid licence on record."""
    opened = Office()
    batch = (
        opened.signed("firearm.registered", ARM, "2016", holder="civilian"),
        opened.signed("licence.applied", LICENCE),
        opened.signed("licence.issued", LICENCE),
    )
    assert opened.record(*batch) == [5, 6, 7]
    return opened


def sale(office: Office, on: str = SOLD_ON) -> AdmittedEvent:
    return office.signed("firearm.transferred", ARM, on, licence=LICENCE)


def revocation(office: Office) -> AdmittedEvent:
    return office.signed("licence.revoked", LICENCE, effective_on=REVOKED_ON)


def test_a_transfer_before_the_revocation_of_its_licence_in_one_batch_is_recorded(
    office: Office,
) -> None:
    assert office.record(sale(office), revocation(office)) == [8, 9]


def test_a_transfer_after_the_revocation_of_its_licence_in_one_batch_is_refused_alone(
    office: Office,
) -> None:
    assert office.record(revocation(office), sale(office)) == [8, "licence_not_valid"]


@pytest.mark.parametrize("revoked_first", [True, False])
def test_a_transfer_from_before_the_revocation_is_legal_in_either_order(
    office: Office, revoked_first: bool
) -> None:
    pair = [revocation(office), sale(office, LONG_BEFORE)]
    assert office.record(*(pair if revoked_first else reversed(pair))) == [8, 9]


def test_a_transfer_to_a_licence_that_its_batch_brings_needs_it_first(office: Office) -> None:
    new = "lic.01a2076b-4018-7111-8222-777777777777"
    applied, issued = (office.signed(f"licence.{evt}", new) for evt in ("applied", "issued"))
    sold = office.signed("firearm.transferred", ARM, SOLD_ON, licence=new)
    assert office.record(sold, applied, issued) == ["licence_unknown", 8, 9]
    assert office.record(sold) == [10]


def test_a_firearm_reported_stolen_earlier_in_a_batch_is_not_sold_later_in_it(
    office: Office,
) -> None:
    stolen = office.signed("firearm.stolen-reported", ARM, "2026-11-10")
    assert office.record(stolen, sale(office)) == [8, "alert_open"]


def test_a_hit_is_told_in_the_batch_that_brings_the_listing(office: Office) -> None:
    stolen = office.signed("firearm.stolen-reported", ARM, "2026-11-10")
    found = office.signed("firearm.found", ARM, "2026-11-12")
    listed, hit = office.ledger.record([stolen, found])
    assert isinstance(listed, Accepted)
    assert isinstance(hit, Accepted)
    assert (listed.hits, [each.alert for each in hit.hits]) == ((), ["stolen"])


def test_two_registrations_of_one_number_in_a_batch_claim_it_once(office: Office) -> None:
    twins = [
        office.signed("firearm.registered", OTHER_ARM, "2016"),
        office.signed("licence.varied", LICENCE, valid_to="2030-01-01"),
    ]
    assert office.record(*twins) == ["marking_claimed", 8]
