# SPDX-License-Identifier: Apache-2.0
"""A traced firearm in memory: real keys, real signatures, real proofs, and its bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from api.tracing.inquiry import Trace, _steps
from audit.export.times import NOTHING_KNOWN
from audit.proof.checkpoint import read_body
from audit.proof.merkle import CompactRange, inclusion_path, leaf_hash
from audit.proof.timestamps.terms import Terms
from audit.proof.verify.container import pack
from audit.proof.verify.registry import RegistryFold, may_be_registry
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.firearm.history import View
from domain.identifiers import parse_stream_id
from domain.occurrence import Occurrence
from projections.fact import read_event
from projections.timeline.prover import Anchor, ProvenHistory
from projections.timeline.proving import Grounds, prove
from projections.timeline.queries import History, Line
from tests.unit.audit.verify.log_builder import AUDIENCE, DESCRIPTION, NOW, LogBuilder, new_id
from tests.unit.audit.verify.test_verify_bundle import evidence
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.lives import DATA

HOLDER = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"


@dataclass
class Life:
    """A firearm in a log of its own.

    Attributes:
        log: The log.
        stream: The firearm.
    """

    log: LogBuilder = field(default_factory=LogBuilder.founded)
    stream: str = field(default_factory=lambda: new_id("arm"))

    def register(self, occ: str = "2018-03-01", **described: Any) -> Life:
        """Take it over from an older record."""
        return self.add("registered", occ, {**DESCRIPTION, **described})

    def transfer(self, occ: str = "2019-05-20", hld: str = HOLDER) -> Life:
        """Let it change hands."""
        return self.add("transferred", occ, {**DATA["firearm.transferred"], "hld": hld})

    def steal(self, occ: str = "2023-08-05") -> Life:
        """Report it stolen."""
        return self.add("stolen-reported", occ, LOSS)

    def seize(self, occ: str = "2026-11-20T21:40:00Z") -> Life:
        """Let the police seize it."""
        return self.add("seized", occ, DATA["firearm.seized"])

    def add(self, name: str, occ: str, dat: Mapping[str, Any]) -> Life:
        """Record something."""
        self.log.append(f"firearm.{name}", self.stream, dat, occ=occ)
        return self

    def bundle(self) -> bytes:
        """Give its evidence."""
        return b"".join(pack(evidence(self.log, self.stream).files()))

    def trace(
        self, *, as_at: Occurrence | None = None, known: int | None = None, view: View = "corrected"
    ) -> Trace:
        """Trace it, every proof verified."""
        proof = self._proof()
        steps = _steps(proof, as_at=as_at, known=known, view=view)
        return Trace(
            firearm=parse_stream_id(self.stream),
            steps=steps,
            proof=proof,
            as_at=as_at,
            known_index=known,
            left_out=len(proof.entries) - len(steps),
            view=view,
        )

    def _proof(self) -> ProvenHistory:
        entries, note = self.log.entries, self.log.note()
        read = {index: _readable(jws) for index, jws in enumerate(entries)}
        own = {index: event for index, event in read.items() if str(event.sub) == self.stream}
        lines = [
            Line(index, event.seq, f"{event.evt}/1", _recorded(index), entries[index], None)
            for index, event in own.items()
        ]
        history = History(
            stream=UUID(self.stream.partition(".")[2]), size=len(entries), lines=tuple(lines)
        )
        grounds = self._grounds(history, note)
        return ProvenHistory(
            history=history,
            entries=prove(history, own, grounds),
            anchor=Anchor(checkpoint=read_body(note), note=note),
            registry=grounds.registry,
            times=NOTHING_KNOWN,
            terms=Terms(),
            remark=None,
        )

    def _grounds(self, history: History, note: bytes) -> Grounds:
        entries = self.log.entries
        leaves = [leaf_hash(each) for each in entries]
        fold = RegistryFold(self.log.trust(), CATALOGUE)
        for index, jws in enumerate(entries):
            if may_be_registry(jws):
                fold.add(index, jws)

        def node(level: int, index: int) -> bytes:
            return CompactRange().extend(leaves[index << level : (index + 1) << level]).root()

        size = len(entries)
        paths = {each.index: inclusion_path(each.index, size, node=node) for each in history.lines}
        return Grounds(
            audience=AUDIENCE,
            registry=fold.registry,
            doubt=None,
            size=size,
            root=read_body(note).root,
            paths=paths,
        )


def stolen() -> Life:
    """Give a firearm that was registered, transferred, stolen and seized."""
    return Life().register().transfer().steal().seize()


def unanchored(trace: Trace) -> Trace:
    """Give the same trace where the log has signed nothing."""
    return replace(trace, proof=replace(trace.proof, anchor=None))


def _recorded(index: int) -> datetime:
    return datetime.fromtimestamp(NOW + index, UTC)


def _readable(jws: bytes) -> Event:
    event = read_event(jws)
    assert event is not None
    return event
