# SPDX-License-Identifier: Apache-2.0
"""The access policy once more, written role by role as an oracle of the table by actions.

A right is ``action@where``, with ``:purposes`` where one is needed, ``!`` where a session has to
prove a fresh factor, and ``=groups`` of personal data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

EVERYBODY = "log.read@all registry.read@all"
KNOWN = "event.append@all! statistics.read@all"
OFFICIAL = "entries.read@place firearm.read@place duties.read@place"
TRADE = "firearm.read@firm duties.read@firm"
CENTRAL = (
    "entries.read@all firearm.read@all holdings.read@all authorizations.read@all"
    " licences.read@all duties.read@all findings.read@all feed.read@all"
)
FILES = "holdings.read@place authorizations.read@place licences.read@place"
KEYS = "webhook.manage@firm! metrics.read@all findings.read@all"
OFFICERS = "person.reveal@place:maintenance!=officer"

RIGHTS = {
    "AUD": f"{CENTRAL} marking.search@all:audit requests.read@all:audit access.read@all:audit!"
    " erasure.approve@place! person.reveal@all:audit!=officer",
    "BRK": f"{TRADE} authorizations.read@firm licences.read@firm",
    "CRT": f"{OFFICIAL} {FILES} marking.search@place:prosecution,court"
    " requests.read@place:prosecution,court erasure.approve@place!"
    " person.reveal@place:prosecution,court!=holder,person,trade,officer",
    "CUS": f"{OFFICIAL} {FILES} feed.read@place marking.search@all:customs_control"
    " person.reveal@place:customs_control!=trade",
    "DEA": TRADE,
    "DLR": f"{TRADE} holdings.read@firm authorizations.read@firm licences.read@place"
    " person.reveal@firm:inspection!=holder",
    "DST": TRADE,
    "EVC": f"{OFFICIAL} marking.search@place:tracing,criminal_investigation",
    "IMX": f"{TRADE} holdings.read@firm authorizations.read@firm licences.read@firm",
    "LAB": f"{OFFICIAL} marking.search@place:tracing,criminal_investigation",
    "LIC": f"{OFFICIAL} {FILES} feed.read@place findings.read@place erasure.approve@place!"
    " marking.search@place:licensing,inspection,public_safety"
    " person.reveal@place:licensing,inspection!=holder,trade"
    " person.reveal@place:public_safety!=holder",
    "MFR": f"{TRADE} holdings.read@firm authorizations.read@firm licences.read@firm",
    "POL": f"{OFFICIAL} {FILES} feed.read@place findings.read@place"
    " marking.search@all:tracing,criminal_investigation,public_safety"
    " requests.read@place:tracing,criminal_investigation"
    " person.reveal@place:tracing,criminal_investigation!=holder,person,trade"
    " person.reveal@place:public_safety!=holder",
    "PRF": TRADE,
    "STK": f"{OFFICIAL} feed.read@place holdings.read@firm marking.search@firm:inspection",
    "STW": f"{CENTRAL} marking.search@all:maintenance,data_subject_request"
    " person.reveal@place:data_subject_request!=holder,person,trade,officer"
    " person.reveal@place:maintenance!=holder,person,trade"
    " person.file@place:data_subject_request!=holder,person,trade,officer"
    " erasure.propose@place! erasure.approve@place!",
    "TRC": f"{CENTRAL} marking.search@all:tracing,criminal_investigation requests.read@all:tracing"
    " person.reveal@all:tracing,criminal_investigation!=holder,person,trade",
    "VER": TRADE,
    "registry-admin": f"{KEYS} {OFFICERS} people.invite@place!",
    "root": f"{KEYS} {OFFICERS} people.invite@place!",
    "service": f"{KEYS} entries.read@all feed.read@all",
    "supervisor": f"findings.read@place {OFFICERS} people.invite@firm!",
}
"""What each role may do, beyond what everybody and every known caller may."""

GROUPS = {
    "holder": {"holder_name", "holder_birth_date", "holder_doc_no", "permit_no"},
    "person": {"person_name", "person_birth_date", "person_doc_no"},
    "trade": {
        *("broker_name", "broker_address", "exporter_name", "exporter_address"),
        *("importer_name", "importer_address"),
        *("final_recipient_name", "final_recipient_address"),
    },
    "officer": {"officer_name"},
}
HIDING = [
    *("entries.read", "firearm.read", "holdings.read", "authorizations.read", "licences.read"),
    *("requests.read", "person.reveal", "person.file", "erasure.propose", "erasure.approve"),
]
"""Where a caller without the right is not told that the thing exists."""

RIGHT = re.compile(r"([a-z.]+)@(all|place|firm)(?::([a-z_,]+))?(!?)(?:=([a-z,]+))?")


@dataclass(frozen=True)
class Right:
    """One right of one role."""

    action: str
    where: str
    purposes: tuple[str, ...]
    step_up: bool
    claims: frozenset[str]


@cache
def rights_of(role: str) -> list[Right]:
    """Give what a role may do."""
    return [_right(text) for text in f"{EVERYBODY} {KNOWN} {RIGHTS[role]}".split()]


def _right(text: str) -> Right:
    match = RIGHT.fullmatch(text)
    assert match, text
    action, where, purposes, step_up, groups = match.groups()
    names = [name for group in (groups or "").split(",") if group for name in GROUPS[group]]
    wanted = tuple(purposes.split(",")) if purposes else ()
    return Right(action, where, wanted, bool(step_up), frozenset(names))
