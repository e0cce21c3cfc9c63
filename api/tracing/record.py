# SPDX-License-Identifier: Apache-2.0
"""A trace as one JSON object for a program, with everything that proves it.

Times are as signed; hashes and signed bytes are base64url or ASCII as on the wire, so that
whoever receives the object can verify it without asking again.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import Any

from api.tracing import words
from api.tracing.inquiry import Choice, Step, Trace
from api.tracing.pending import Pending
from audit.export.times import Witnessed
from audit.proof.inclusion import TlogProof
from audit.proof.timestamps.bracket import bracket_record
from domain.authorization.border import ImportDue, Stay
from domain.event import Event
from domain.firearm.history import Moment
from domain.firearm.identity import Identity
from domain.firearm.state import Contradiction, Handover, State
from domain.identifiers import short_form
from projections.timeline.prover import Anchor
from projections.timeline.proving import Proven


def trace_record(trace: Trace) -> dict[str, Any]:
    """Give a history as JSON values."""
    anchor = trace.anchor
    return {
        "firearm": str(trace.firearm),
        "short_form": short_form(trace.firearm.uuid),
        "found_by": list(trace.chosen.reasons) if trace.chosen else None,
        "as_at": trace.as_at.text if trace.as_at else None,
        "as_known_on": trace.known_index,
        "view": trace.view,
        "left_out": trace.left_out,
        "log_size": trace.proof.history.size,
        "proof": trace.headline,
        "proof_remark": trace.proof.remark,
        "checkpoint": anchor.note.decode() if anchor else None,
        "witnessed": _witnessed(trace.proof.times.witnessed),
        "state": state_record(trace.state),
        "pending": [_pending(each) for each in trace.pending],
        "merged_into": [str(each) for each in trace.kin.merged_into],
        "suspected_by": [str(each) for each in trace.kin.suspected_by],
        "entries": [_step(step, trace, anchor) for step in trace.steps],
    }


def choice_record(choice: Choice) -> dict[str, Any]:
    """Give the firearms to choose from as JSON values."""
    return {
        "log_size": choice.size,
        "more": choice.more,
        "candidates": [
            {
                "firearm": str(each.firearm),
                "short_form": short_form(each.firearm.uuid),
                "text": each.candidate.text if each.candidate else None,
                "score": each.candidate.score if each.candidate else None,
                "likeness": each.candidate.likeness.tier.name.lower() if each.candidate else None,
                "make": each.candidate.make if each.candidate else None,
                "reasons": list(each.candidate.reasons) if each.candidate else [],
                "state": state_record(each.state),
            }
            for each in choice.possible
        ],
    }


def state_record(state: State) -> dict[str, Any]:
    """Give a state as JSON values, axis by axis, in the ledger's own codes."""
    described = state.description
    return {
        "technical": state.technical,
        "holder": state.holder,
        "custody": state.custody,
        "alerts": sorted(state.alerts),
        "marks": state.marks,
        "country": state.country,
        "custodian": state.custodian,
        "holding": state.holding,
        "seals": list(state.seals),
        "deposit_no": state.deposit_no,
        "handover": _handover(state.handover),
        "import_due": _members(state.import_due),
        "stay": _members(state.stay),
        "discrepancy": state.discrepancy,
        "lot": state.lot,
        "shipment": state.shipment,
        "identity": _identity(state.identity),
        "description": described.model_dump(mode="json", exclude_unset=True) if described else None,
    }


def _witnessed(found: Witnessed | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"size": found.size, "quorum": found.quorum, "witnesses": list(found.names)}


def _pending(each: Pending) -> dict[str, Any]:
    return {
        "code": each.code,
        "since": each.since.event.occ.text,
        "index": each.since.entry.index,
        "days": each.days,
        "sentence": each.sentence,
    }


def _handover(handover: Handover | None) -> dict[str, Any] | None:
    if handover is None:
        return None
    described = handover.described
    return {
        "type": handover.evt,
        "awaits": handover.awaits,
        "holder": handover.holder,
        "holding": handover.holding,
        "described": described.model_dump(mode="json", exclude_unset=True) if described else None,
    }


def _members(value: ImportDue | Stay | None) -> dict[str, Any] | None:
    return asdict(value) if value else None


def _identity(identity: Identity) -> dict[str, Any]:
    return {
        "leading_part": identity.leading_part,
        "leading_component": identity.leading_component,
        "ended": identity.ended,
        "successor": identity.successor,
        "predecessor": identity.predecessor,
        "tampered": identity.tampered,
        "restored": [each.restored.pattern for each in identity.restored],
        "duplicates": sorted(identity.duplicates),
        "duplicate_reason": identity.duplicate_reason,
        "aliases": sorted(identity.aliases),
    }


def _step(step: Step, trace: Trace, anchor: Anchor | None) -> dict[str, Any]:
    line, proven = step.proven.line, step.proven
    return {
        "number": step.number,
        "index": line.index,
        "seq": line.seq,
        "type": line.kind,
        "name": words.event_name(line.kind.partition("/")[0]),
        "recorded": line.at.astimezone(UTC).isoformat(),
        "recorded_between": bracket_record(step.bracket),
        "times": [{"flag": each.flag, "sentence": each.sentence} for each in step.remarks],
        "gap_before": step.gap,
        **_said(step.proven.event, step.moment, trace),
        "under": [
            {"record": str(each.record), "told": each.told}
            for each in trace.context.get(line.index, ())
        ],
        "state_after": state_record(step.state),
        "proof": proven.state,
        "failed": proven.reason,
        "jws": line.raw.decode("ascii", "backslashreplace") if line.raw else None,
        "tlog_proof": proof_text(proven, anchor),
    }


def _said(event: Event | None, moment: Moment | None, trace: Trace) -> dict[str, Any]:
    """Give what was signed and, beside it, how corrections read it."""
    if event is None or moment is None:
        return {"happened": None, "signed": None, "counts_as": None}
    return {
        "happened": moment.event.occ.text,
        "precision": moment.event.occ.precision,
        "eid": event.eid,
        "authority": event.iss,
        "key": event.kid,
        "roles": list(words.roles(trace.proof.registry, event, moment.entry.index)),
        "signed": {"occ": event.occ.text, "dat": data_of(event)},
        "counts_as": {"occ": moment.event.occ.text, "dat": data_of(moment.event)},
        "corrected_by": list(moment.corrected_by),
        "reversed_by": moment.reversed_by,
        "superseded": moment.superseded,
        "contradictions": [_contradiction(each) for each in moment.contradictions],
    }


def data_of(event: Event) -> Any:
    """Give the public data of an event as JSON values, with what was stated alone."""
    return event.dat.model_dump(mode="json", exclude_unset=True)


def _contradiction(contradiction: Contradiction) -> dict[str, Any]:
    refusal = contradiction.refusal
    return {
        "rule": refusal.rule,
        "sentence": refusal.sentence,
        "axis": refusal.axis,
        "found": refusal.found,
        "legal": list(refusal.legal),
    }


def proof_text(proven: Proven, anchor: Anchor | None) -> str | None:
    """Give the inclusion proof of an entry as a C2SP tlog-proof, where there is one."""
    if proven.path is None or anchor is None:
        return None
    index, note = proven.line.index, anchor.note
    return TlogProof(index=index, path=proven.path, checkpoint_note=note).encode().decode()
