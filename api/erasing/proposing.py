# SPDX-License-Identifier: Apache-2.0
"""What is to be proposed and approved: acts for data stewards and second persons to sign.

A proposal names every event of the record whose type may disclose a person, whether this one did
or not: a list of those that did would tell real digests from decoys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from api.bootstrap import Office
from api.erasing.recipients import known_erasure
from api.explaining import Question, explain
from api.registrar import Act
from domain.catalogue import CATALOGUE
from domain.erasure.events import EVENTS_MAX, HOLDINGS_MAX
from domain.erasure.officers import Officer
from domain.erasure.rules import named_holdings
from domain.identifiers import StreamId, parse_stream_id
from domain.occurrence import Occurrence
from domain.policy.model import Policy
from domain.refusal import Refusal
from domain.registry.state import Registry
from projections.asking.folded import Folded, at_once, fold_records
from projections.asking.retention import (
    NO_ERASURE,
    erasures_of,
    kept_elsewhere,
    retentions,
)
from projections.asking.snapshot import Snapshot


def due(
    known: Snapshot, policy: Policy, *, registry: Registry, on: Occurrence
) -> list[dict[str, Any]]:
    """Give the retentions that have run out and that nothing holds, by the day of their end.

    A record counts only once every clock that runs for it has run out.

    Args:
        known: The record at a moment.
        policy: Says how long anything is kept.
        registry: Says which officers left.
        on: The day to tell it for.
    """
    ended, running = dict[str, dict[str, Any]](), set[str]()
    for each in retentions(known, policy, registry=registry, on=on):
        if each["state"] == "due":
            ended[each["record"]] = each
        elif each["state"] != "erased":
            running.add(each["record"])
    return [each for record, each in ended.items() if record not in running]


def proposals(
    known: Snapshot,
    ended: Collection[Mapping[str, Any]],
    *,
    registry: Registry,
    leave_out: Collection[str] = (),
    leaving: Collection[str] = (),
) -> Iterator[Act]:
    """Give the proposals for what is due, one or several a record.

    A holding under which another record keeps persons for longer is left out: its data key is
    destroyed with the last of them, while what this record disclosed is deleted now.

    Args:
        known: The record at the same moment.
        ended: What ``due`` gave, or a part of it.
        registry: Says which keys an officer had.
        leave_out: Records whose erasure is under way.
        leaving: Other records that are due.
    """
    going = {each["record"] for each in ended}.union(leaving)
    for part in at_once(each for each in ended if each["record"] not in leave_out):
        streams = [parse_stream_id(each["record"]) for each in part]
        folded = fold_records(known, streams, registry)
        erasures = erasures_of(known, [each["record"] for each in part])
        for each in part:
            record = folded.get(parse_stream_id(each["record"]).uuid)
            if record is None:
                continue
            holdings = _data_keys(record)
            yield from _of_record(
                each,
                erasures.get(each["record"], NO_ERASURE).left(record),
                sorted(holdings - kept_elsewhere(known, holdings, leaving=going)),
            )


def legal(
    office: Office, acts: Iterable[Act], *, tell: Callable[[Act, Refusal], None]
) -> Iterator[Act]:
    """Give those proposals that the ledger would record now.

    Args:
        office: The open ledger.
        acts: The proposals.
        tell: Is told of each other one, and why.
    """
    for act in acts:
        kind = CATALOGUE.latest(act.evt)
        refusal = explain(
            office.ledger, Question(kind=kind, stream=_ANY, dat=act.dat)
        ).foresight.refusal
        if refusal is None:
            yield act
        else:
            tell(act, refusal)


_ANY: Final = parse_stream_id("ers.00000000-0000-7000-8000-000000000000")
"""Stands for the new stream of a proposal, which nothing knows yet."""


def approval(office: Office, erasure: StreamId) -> Act:
    """Give the approval of a proposal that waits for it.

    Raises:
        UsageError: ``erasure_unknown``.
    """
    proposal = known_erasure(office, erasure)
    dat = {"record": proposal.dat.record, "target": proposal.proposal.eid}
    return Act(evt="erasure.approved", dat=dat, sub=erasure)


def _data_keys(record: Folded) -> set[str]:
    """Name the data keys under which a record discloses persons; an officer has one."""
    if isinstance(record.state, Officer):
        return {str(record.stream)}
    return named_holdings(entry.event for entry in record.entries)


def _of_record(
    ended: Mapping[str, Any], eids: Sequence[str], holdings: Sequence[str]
) -> Iterator[Act]:
    """Give as many proposals as the lists of one event need."""
    if not eids:
        return
    pieces = zip_longest(at_once(eids, EVENTS_MAX), at_once(holdings, HOLDINGS_MAX))
    for some, held in pieces:
        yield Act(
            evt="erasure.proposed",
            dat={
                "record": ended["record"],
                "scope": "all",
                "basis": "retention_ended",
                "events": some or [*eids[:1]],
                "holdings": held or [],
                "clock": {
                    "policy": ended["policy"],
                    "version": ended["version"],
                    "rule": ended["rule"],
                    "starts": ended["starts"],
                    "began_on": ended["began_on"],
                    "years": ended["years"],
                },
            },
        )
