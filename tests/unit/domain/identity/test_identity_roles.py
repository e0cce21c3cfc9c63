# SPDX-License-Identifier: Apache-2.0
"""Who may record what about the identity of a firearm and about its parts."""

from __future__ import annotations

import pytest

from domain.catalogue import CATALOGUE
from tests.unit.domain.least.altering import ALTERING
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.least.identifying import IDENTIFYING

ROLES = {
    "firearm.production-planned": "MFR",
    "firearm.proof-tested": "PRF",
    "firearm.converted": "DLR MFR",
    "firearm.component-replaced": "DLR MFR",
    "firearm.leading-component-replaced": "DLR MFR",
    "firearm.dismantled": "DLR MFR",
    "firearm.deactivation-performed": "DEA",
    "firearm.deactivation-verified": "VER",
    "firearm.reactivated-illicitly": "LAB POL",
    "firearm.converted-illicitly": "LAB POL",
    "firearm.obliteration-discovered": "LAB LIC POL",
    "firearm.mark-restored": "LAB",
    "firearm.re-marked": "LIC POL STK",
    "firearm.admin-serial-assigned": "LIC POL STK",
    "firearm.duplicate-flagged": "STW TRC",
    "firearm.duplicate-resolved": "STW TRC",
    "firearm.identity-merged": "STW TRC",
    "firearm.identity-split": "STW TRC",
    "firearm.conflict-settled": "STW TRC",
    "component.manufactured": "MFR",
    "component.registered": "DLR LIC POL STK",
    "component.marked": "IMX LAB MFR POL STK VER",
    "component.installed": "DLR MFR",
    "component.removed": "DEA DLR DST LAB MFR",
    "component.destroyed": "DST",
    "component.transferred": "DLR LIC",
    "component.lost-reported": "DLR LIC POL STK",
    "component.stolen-reported": "DLR LIC POL STK",
    "component.alert-cleared": "LIC POL",
    "component.found": "POL",
    "component.seized": "CUS POL",
    "component.forfeited": "CRT",
    "component.returned": "CRT POL",
    "component.exported": "CUS IMX",
    "component.imported": "CUS IMX",
    "component.deactivated": "VER",
    "component.hold-placed": "CRT POL LIC TRC STW",
    "component.hold-released": "CRT POL LIC TRC STW",
    "component.corrected": "STW MFR LIC STK DLR POL IMX VER LAB DEA DST CRT CUS TRC",
}


def test_every_event_of_this_group_has_its_roles_here() -> None:
    assert set(ROLES) == {*ALTERING, *IDENTIFYING, *COMPONENT}


@pytest.mark.parametrize(("evt", "roles"), ROLES.items())
def test_an_event_is_recorded_by_the_roles_of_the_domain_and_no_other(evt: str, roles: str) -> None:
    assert CATALOGUE.find(evt, 1).roles == frozenset(roles.split())
