# SPDX-License-Identifier: Apache-2.0
"""Which other streams may open duties in one, so that whoever judges it knows what to read.

Serves "rules across streams" of the domain facts, section 5 (WaffG 46): a revoked licence makes
its holder's firearms due to be placed, and a stocktake what it lists as missing. Whether a duty is
open is the concern of ``matching``; too much that is read here changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from domain.aggregate.naming import linked
from domain.aggregate.recorded import Entry
from domain.catalogue import CATALOGUE
from domain.identifiers import StreamId
from domain.policy.matching import causes
from domain.policy.members import values_at
from domain.policy.model import DutyRule, Policy

FIREARM: Final = "arm"


def across(policy: Policy) -> tuple[DutyRule, ...]:
    """Give the duties that an event of one stream opens in another."""
    return tuple(rule for rule in policy.duty if rule.through or rule.naming)


def subject_of(rule: DutyRule) -> str:
    """Give the kind of stream whose events open a duty."""
    return CATALOGUE.latest(rule.opens.event).subject


def family_of(rule: DutyRule) -> str:
    """Give what the names of the events of that stream begin with, for example ``licence.``."""
    return f"{rule.opens.event.partition('.')[0]}."


def named_streams(entries: Iterable[Entry], policy: Policy) -> Iterator[UUID]:
    """Give the streams that some entries name and whose events may open a duty where they are."""
    opening = {subject_of(rule) for rule in policy.duty if rule.through}
    return (other.uuid for other in _linked(entries) if other.kind in opening)


def holdings_of(entries: Iterable[Entry], policy: Policy) -> tuple[frozenset[str], list[str]]:
    """Give the families of events about a holding that count, and the holdings of a firearm."""
    families = frozenset(family_of(rule) for rule in policy.duty if rule.holding)
    held = {each.state.holding for each in causes(entries) if each.state} if families else set()
    return families, sorted(filter(None, held))


def naming_families(policy: Policy) -> frozenset[str]:
    """Give the families of events that may open a duty in the firearms that they name."""
    return frozenset(family_of(rule) for rule in policy.duty if rule.naming)


def opens_elsewhere(stream: StreamId, policy: Policy) -> bool:
    """Tell whether the events of a stream may open duties in firearms."""
    return any(subject_of(rule) == stream.kind for rule in across(policy))


def named_firearms(entries: Iterable[Entry]) -> Iterator[UUID]:
    """Give the firearms that some entries name."""
    return (other.uuid for other in _linked(entries) if other.kind == FIREARM)


def reaching_tags(stream: StreamId, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Give the references by which events of firearms name a stream, or a holding of its."""
    holdings = (value for each in entries for value in values_at(each.effective.dat, ["hld"]))
    return tuple(dict.fromkeys((str(stream), *map(str, holdings))))


def _linked(entries: Iterable[Entry]) -> Iterator[StreamId]:
    return (other for entry in entries for other in linked(entry.effective))
