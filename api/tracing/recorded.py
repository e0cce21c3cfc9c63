# SPDX-License-Identifier: Apache-2.0
"""The proved history of one record that is no firearm: a licence, authorization, request or lot.

Implements "every step is a signed event" of the console conventions, section 3, and proves each
entry as the timeline of a firearm does. Entries stand in the order of the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from api.tracing import words
from api.tracing.record import data_of, proof_text
from domain.aggregate.history import Moment, replay
from domain.aggregate.recorded import Contradiction, Entry, RecordState
from domain.catalogue import AGGREGATES
from domain.errors import InvalidValueError
from domain.event import Event
from domain.identifiers import StreamId
from domain.registry.state import Registry
from projections.queries import Queries
from projections.timeline.prover import ProvenHistory
from projections.timeline.proving import ProofState, Proven, weakest


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Whose key stands for an event.

    Attributes:
        kid: Thumbprint of the key.
        authority: Identifier of its authority.
        name: Name of that authority.
        roles: Roles by which the key could sign; of a second person who held none of these, all
            that it held.
        first: Whether it signed the event itself, and not the word of a second person in it.
    """

    kid: str
    authority: str
    name: str
    roles: tuple[str, ...]
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStep:
    """One entry of a record.

    Attributes:
        number: Its place, from 1.
        proven: The entry and how far it is proved.
        moment: What it means; none where its bytes cannot be read.
        signatures: Who signed it, the signer first.
        misfits: What does not fit in it.
    """

    number: int
    proven: Proven
    moment: Moment[Any] | None
    signatures: tuple[Signature, ...]
    misfits: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One record with everything that happened to it.

    Attributes:
        stream: Which record.
        steps: Its entries.
        state: What it has come to.
        proof: What the proofs rest on.
    """

    stream: StreamId
    steps: tuple[RecordStep, ...]
    state: RecordState
    proof: ProvenHistory

    @property
    def headline(self) -> ProofState | None:
        """The weakest proof state of its entries."""
        return weakest(step.proven.state for step in self.steps)

    @property
    def events(self) -> list[Event]:
        """The events that can be read, as signed."""
        return [step.moment.entry.event for step in self.steps if step.moment]


def recorded(queries: Queries, stream: StreamId) -> Recorded:
    """Read and prove the history of a record.

    Raises:
        InvalidValueError: ``record_unknown``.
        UnreachableError: The database does not answer.
    """
    history = queries.timeline.record(stream.uuid)
    events = history.readable().items()
    entries = [Entry(index, event) for index, event in events if event.sub == stream]
    aggregate = AGGREGATES.get(stream.kind)
    if aggregate is None or not entries:
        raise InvalidValueError(
            f"The ledger holds no record {stream}.",
            slug="record_unknown",
            next_step="Check the identifier, or find the record in its list.",
        )
    moments = {each.entry.index: each for each in replay(aggregate, entries)}
    state: RecordState = moments[entries[-1].index].state_after
    proof = queries.prover.prove(history)
    return Recorded(
        stream=stream, steps=tuple(_steps(proof, moments, state)), state=state, proof=proof
    )


def _steps(
    proof: ProvenHistory, moments: dict[int, Moment[Any]], state: RecordState
) -> Iterator[RecordStep]:
    for number, proven in enumerate(proof.entries, start=1):
        index = proven.line.index
        yield RecordStep(
            number=number,
            proven=proven,
            moment=moments.get(index),
            signatures=tuple(_signatures(proof.registry, proven)),
            misfits=tuple(each for each in state.contradictions if each.index == index),
        )


def _signatures(registry: Registry, proven: Proven) -> Iterator[Signature]:
    event, index = proven.event, proven.line.index
    if event is None:
        return
    yield _signature(registry, event.kid, words.roles(registry, event, index), first=True)
    for kid in sorted(event.attested - {event.kid}):
        key = registry.keys.get(kid)
        held = {each.role for each in (key.grants if key else ()) if each.stands(index, event.iat)}
        fitting = held & event.type.roles or held
        yield _signature(registry, kid, tuple(sorted(fitting)), first=False)


def _signature(registry: Registry, kid: str, roles: tuple[str, ...], *, first: bool) -> Signature:
    key = registry.keys.get(kid)
    authority = registry.authorities.get(key.authority) if key else None
    return Signature(
        kid=kid,
        authority=key.authority if key else "",
        name=authority.name if authority else "",
        roles=roles,
        first=first,
    )


def recorded_record(found: Recorded) -> dict[str, Any]:
    """Give the history of a record as JSON values, with everything that proves it."""
    anchor = found.proof.anchor
    return {
        "log_size": found.proof.history.size,
        "proof": found.headline,
        "proof_remark": found.proof.remark,
        "checkpoint": anchor.note.decode() if anchor else None,
        "entries": [_entry(step, found) for step in found.steps],
    }


def _entry(step: RecordStep, found: Recorded) -> dict[str, Any]:
    line, proven = step.proven.line, step.proven
    return {
        "number": step.number,
        "index": line.index,
        "seq": line.seq,
        "type": line.kind,
        "name": words.event_name(line.kind.partition("/")[0]),
        "recorded": line.at.astimezone(UTC).isoformat(),
        **_said(step),
        "proof": proven.state,
        "failed": proven.reason,
        "jws": line.raw.decode("ascii", "backslashreplace") if line.raw else None,
        "tlog_proof": proof_text(proven, found.proof.anchor),
    }


def _said(step: RecordStep) -> dict[str, Any]:
    """Give what was signed and, beside it, how corrections read it."""
    if step.moment is None:
        return {"happened": None, "signed": None, "counts_as": None}
    signed, counts = step.moment.entry.event, step.moment.event
    return {
        "happened": counts.occ.text,
        "eid": signed.eid,
        "authority": signed.iss,
        "signatures": [
            {"key": each.kid, "authority": each.authority, "roles": list(each.roles)}
            for each in step.signatures
        ],
        "signed": {"occ": signed.occ.text, "dat": data_of(signed)},
        "counts_as": {"occ": counts.occ.text, "dat": data_of(counts)},
        "corrected_by": list(step.moment.entry.corrected_by),
        "contradictions": [each.refusal.rule for each in step.misfits],
    }
