# SPDX-License-Identifier: Apache-2.0
"""Builds policies, entries and events of policies for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from domain.aggregate.recorded import Entry
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.event import Event, read_event
from domain.occurrence import parse_occurrence
from domain.policy.duties import Duty, duties
from domain.policy.model import Policy
from domain.policy.parsing import parse_policy
from tests.unit.domain.lives import NOW, digest, happened, life

HEAD = """
id = "test-policy"
title = "A policy to test with"
jurisdiction = "XA"
version = "1.0"
valid_from = 2010-01-01
source = "No law at all"
"""

IMPORT = """
[[duty]]
code = "import_mark"
sentence = "Mark it."
source = "Firearms Protocol, article 8(1)(b)"
opens = { event = "firearm.imported", when = { country = "XA" } }
closes = [
    {event="itself", when={markings.kind="import"}, same={markings.country="country"}},
    {event="firearm.marked", when={mark.kind="import"}, same={mark.country="country"}},
    "firearm.destroyed",
]
days = 30
counts_from = "occ"
who = "IMX"
severity = "normal"
"""

LOSS = """
[[duty]]
code = "loss_to_report"
sentence = "Report it."
source = "27 CFR 478.39a"
opens = { event = "firearm.lost-reported" }
closes = [{ event = "itself", at = "iat" }]
days = 2
counts_from = "discovered_on"
who = "HLD"
severity = "high"
"""

REPAIR = """
[[duty]]
code = "repair_return"
sentence = "Give it back."
source = "WaffG 37e"
opens = { event = "firearm.custody-received", when = { purpose = ["repair", "test"] } }
closes = ["firearm.custody-returned"]
days = 30
counts_from = "occ"
due = "due_on"
who = "DLR"
severity = "normal"
"""

PLACING = """
[[duty]]
code = "placing"
sentence = "Place it."
source = "WaffG 46"
opens = { event = "licence.revoked" }
through = "licence"
closes = ["licence.reinstated", "firearm.transferred", "firearm.surrendered"]
days = 30
counts_from = "effective_on"
due = "place_by"
who = "HLD"
severity = "high"
"""


DATA: dict[str, dict[str, Any]] = {
    "policy.adopted": {
        "jur": "XA",
        "policy": "example-state",
        "version": "1.0",
        "digest": "D" * 43,
        "effective_on": "2026-12-01",
    },
    "policy.withdrawn": {"jur": "XA", "effective_on": "2027-01-01", "ground": "repealed"},
}
"""The least data of every event of a policy."""


def policy(*parts: str, head: str = HEAD) -> Policy:
    """Read a policy of some duties."""
    return parse_policy((head + "".join(parts)).encode(), CATALOGUE)


def signed(event: Event, text: str) -> Event:
    """Give an event as if it was signed at another time."""
    return replace(event, iat=parse_occurrence(text).earliest)


def entries(*events: Event) -> tuple[Entry, ...]:
    """Give the entries of a firearm's stream, in the order in which they count."""
    return life(*events).entries


def told(rules: Policy, on: str, *events: Event) -> list[tuple[str, str, str | None]]:
    """Give code, state and deadline of each duty of a firearm."""
    found = duties(entries(*events), rules, on=parse_occurrence(on))
    return [(each.rule.code, each.state, each.due_on) for each in found]


def only(rules: Policy, on: str, *events: Event) -> Duty:
    """Give the one duty of a firearm."""
    (found,) = duties(entries(*events), rules, on=parse_occurrence(on))
    return found


def recorded(evt: str, dat: dict[str, Any], *, sub: str, occ: str = "2026-11-20") -> Event:
    """Build an event of any stream."""
    payload = {
        "_sd": [],
        "_sd_alg": "sha-256",
        "aud": "ledger.xa-test",
        "dat": dat,
        "evt": evt,
        "iat": NOW,
        "iss": "auth.xa.lic",
        "jti": "01a2076b-4400-7abc-8def-0123456789ab",
        "occ": occ,
        "prev": "A" * 43,
        "seq": 1,
        "sub": sub,
        "ver": 1,
    }
    eid = digest(f"{evt} {occ} {sorted(map(str, dat.items()))}")
    return read_event(payload, kid="k" * 43, eid=eid, catalogue=CATALOGUE)


def in_log_order(events: Sequence[Event]) -> tuple[Entry, ...]:
    """Fold events of a stream that counts in log order, and give its entries."""
    aggregate, state = AGGREGATES[events[0].sub.kind], None
    for index, event in enumerate(events):
        state = aggregate.evolve(state, event, index)
    found: tuple[Entry, ...] = getattr(state, "entries", ())
    return found


def imported(occ: str, **dat: Any) -> Event:
    return happened("imported", occ, **dat)


def marked(occ: str, **mark: Any) -> Event:
    members = {"kind": "import", "text": {"known": "XA"}, "country": "XA", "condition": "legible"}
    return happened("marked", occ, name=occ, mark={**members, **mark})
