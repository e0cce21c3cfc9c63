# SPDX-License-Identifier: Apache-2.0
"""The first page: which firearm, who lawfully had it last, where it left the lawful circuit.

And how far all of that is proved, by the weakest of its entries, in the five words of the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from api.certificate.circuit import Circuit, circuit
from api.certificate.details import Teller
from api.certificate.labels import PENDING, STATES
from api.certificate.wording import N_, Phrase, datum, name
from api.tracing.inquiry import Step, Trace
from api.tracing.names import EVENT_NAMES
from domain.firearm.history import Moment
from domain.identifiers import short_form
from domain.occurrence import parse_occurrence
from projections.timeline.prover import Anchor
from projections.timeline.proving import STATES as FROM_THE_WEAKEST

Row = dict[str, Any]
"""A label with its values, each a phrase on a line of its own."""


def answer(trace: Trace, anchor: Anchor, teller: Teller) -> list[dict[str, Any]]:
    """Give the sections of the first page, in the order in which they are asked."""
    found = circuit(counting(trace))
    return [
        _section(teller, N_("Which firearm"), _identity(trace, teller)),
        _section(teller, N_("The last lawful holder on record"), _holder(found, teller)),
        _section(teller, N_("Where it left the lawful circuit"), _departure(found, teller)),
        _section(teller, N_("What the record says"), _record(trace, teller)),
        _section(teller, N_("What is proved"), _proof(trace, anchor, teller)),
    ]


def verdict(trace: Trace, teller: Teller) -> dict[str, Any]:
    """Give the headline: the weakest proof state, and what it means."""
    state = trace.headline
    if state is None:
        return {"state": "none", "title": teller.say(N_("Proof")), "text": teller.say(NOTHING)}
    title = teller.labelled(teller.say(N_("Proof")), proof_word(state, teller))
    return {"state": state, "title": title, "text": teller.say(STATES[state])}


def proof_word(state: str, teller: Teller) -> Phrase:
    """Give a proof state in words, with the ledger's own word where that is another."""
    word = teller.code(state)
    return word if word == [{"w": state}] else [*word, {"w": " · "}, *datum(state)]


def row(label: Phrase, *values: Phrase) -> Row:
    """Put values under a label."""
    return {"label": label, "values": list(values)}


def counting(trace: Trace) -> list[Moment]:
    """Give the entries of a history as they count, each once."""
    moments = (step.moment for step in trace.steps if step.moment)
    return [each for each in moments if not each.superseded]


NOTHING = N_("Nothing is on record within these limits.")


def _section(teller: Teller, title: str, rows: Iterator[Row]) -> dict[str, Any]:
    return {"title": teller.word(title), "rows": list(rows)}


def _identity(trace: Trace, teller: Teller) -> Iterator[Row]:
    described = trace.state.description
    if described:
        yield row(teller.label("serial"), teller.serial(described))
    told = teller.description(described) if described else teller.say(N_("It was not described."))
    yield row(teller.say(N_("Firearm")), told)
    yield row(
        teller.say(N_("Identifier")),
        [*datum(short_form(trace.firearm.uuid)), {"w": " · "}, *datum(trace.firearm)],
    )
    others = list(_others(trace, teller))
    if others:
        yield row(teller.say(N_("Other records")), *others)


def _others(trace: Trace, teller: Teller) -> Iterator[Phrase]:
    """Say which other records are of this firearm, or may be."""
    known = trace.state.identity
    for each in trace.kin.merged_into:
        yield teller.say(
            N_("This record was joined with %(record)s; read that one too."), record=each
        )
    for alias in sorted(known.aliases):
        yield teller.say(
            N_("%(record)s is the same firearm and was joined with this one."), record=alias
        )
    for other in sorted({*known.duplicates, *map(str, trace.kin.suspected_by)}):
        yield teller.say(
            N_("%(record)s may be the same firearm; nobody has settled that."), record=other
        )
    if known.predecessor:
        yield teller.say(N_("It continues %(record)s."), record=known.predecessor)
    if known.successor:
        yield teller.say(N_("It is continued by %(record)s."), record=known.successor)


def _holder(found: Circuit, teller: Teller) -> Iterator[Row]:
    if found.held_since is None:
        yield row(teller.say(N_("Holder")), teller.say(N_("No lawful holder is on record.")))
        return
    held = teller.code(found.holder.holder)
    if found.holder.holding:
        held = [*held, {"w": " · "}, *teller.holding(found.holder.holding)]
    yield row(teller.say(N_("Holder")), held)
    yield row(teller.say(N_("Since")), _event(found.held_since, teller))
    if found.holder.licence:
        yield row(teller.label("licence"), datum(found.holder.licence))
    if not teller.revealed:
        yield row([], teller.say(UNNAMED))


UNNAMED = N_(
    "Persons stand under opaque references. Who may know their names asks the authority that keeps "
    "the ledger, which records who was shown what."
)


def _departure(found: Circuit, teller: Teller) -> Iterator[Row]:
    if found.established:
        point = found.established
        told = [teller.code(point.circumstance), datum(point.place or point.country)]
        yield row(teller.say(N_("Point of diversion")), teller.joined(told))
        yield row(teller.say(N_("When")), teller.day(parse_occurrence(point.on)))
    else:
        yield row(
            teller.say(N_("Point of diversion")),
            teller.say(N_("None was established in this record.")),
        )
    if found.left:
        yield row(teller.say(N_("First sign of it")), _event(found.left, teller))
    elif not found.established:
        yield row(
            teller.say(N_("First sign of it")),
            teller.say(N_("No loss, theft or unlawful change stands open on record.")),
        )
    if found.recovered:
        yield row(teller.say(N_("In official hands since")), _event(found.recovered, teller))


def _event(moment: Moment, teller: Teller) -> Phrase:
    """Name an entry by what happened and when, with its place in the log."""
    return teller.say(
        N_("%(event)s, %(day)s, entry %(index)s"),
        event=event_name(moment.event.evt, teller),
        day=teller.day(moment.event.occ),
        index=moment.entry.index,
    )


def event_name(evt: str, teller: Teller) -> Phrase:
    """Name a kind of event; one without a name keeps its code."""
    return teller.say(EVENT_NAMES[evt]) if evt in EVENT_NAMES else datum(evt)


def _record(trace: Trace, teller: Teller) -> Iterator[Row]:
    yield row(teller.say(N_("Told")), *_limits(trace, teller))
    if trace.steps:
        yield row(teller.say(N_("State at the end")), teller.state(trace.state))
    pending = [
        [*teller.say(PENDING[each.code]), {"w": " "}, *_event(each.since, teller)]
        for each in trace.pending
    ]
    if pending:
        yield row(teller.say(N_("Still open")), *pending)
    yield row(teller.say(N_("To be noted")), _attention(trace, teller))


def _limits(trace: Trace, teller: Teller) -> Iterator[Phrase]:
    if trace.as_at:
        yield teller.say(N_("The world as at %(day)s."), day=teller.day(trace.as_at))
    if trace.known_index is None:
        size = trace.proof.history.size
        yield teller.say(N_("As known with all %(size)s entries of the ledger."), size=size)
    elif trace.known_index < 0:
        yield teller.say(N_("As known before anything was recorded."))
    else:
        yield teller.say(N_("As known once entry %(index)s was recorded."), index=trace.known_index)
    if trace.left_out:
        yield teller.say(
            N_("Left out by these limits: %(count)s. The embedded evidence holds them too."),
            count=trace.left_out,
        )
    if trace.view == "original":
        yield teller.say(N_("Entries are told as first recorded, without what put them right."))
    if trace.view == "both":
        yield teller.say(
            N_("What was put right is told twice: as first recorded, and as it counts.")
        )


def _attention(trace: Trace, teller: Teller) -> Phrase:
    moments = [step.moment for step in trace.steps if step.moment]
    flags = [remark.flag for step in trace.steps for remark in step.remarks]
    found = {
        N_("Contradictions"): sum(len(each.contradictions) for each in moments),
        N_("Gaps"): sum(step.gap is not None for step in trace.steps),
        N_("Corrected entries"): sum(bool(each.corrected_by) for each in moments),
        N_("Reversed entries"): sum(each.reversed_by is not None for each in moments),
        N_("Entries recorded late"): flags.count("late"),
        N_("Entries with a doubtful time"): flags.count("suspect"),
    }
    told = [teller.labelled(teller.say(each), datum(n)) for each, n in found.items() if n]
    return teller.joined(told) or teller.say(
        N_("No contradiction, gap, correction, reversal or late entry.")
    )


def _proof(trace: Trace, anchor: Anchor, teller: Teller) -> Iterator[Row]:
    if trace.steps:
        states = Counter(step.proven.state for step in trace.steps)
        told = [
            teller.labelled(proof_word(each, teller), datum(states[each]))
            for each in FROM_THE_WEAKEST
            if states[each]
        ]
        yield row(teller.say(N_("Entries by proof state")), teller.joined(told))
        yield row(teller.say(N_("Weakest link")), *_weakest(trace, teller))
    checkpoint = anchor.checkpoint
    yield row(
        teller.say(N_("Signed tree")),
        teller.say(
            N_("%(size)s entries of %(origin)s"), size=checkpoint.size, origin=checkpoint.origin
        ),
    )
    witnessed = trace.proof.times.witnessed
    yield row(
        teller.say(N_("Witnesses")),
        teller.say(
            N_("The first %(size)s entries are cosigned by %(names)s."),
            size=witnessed.size,
            names=", ".join(witnessed.names),
        )
        if witnessed
        else teller.say(N_("No quorum of witnesses has cosigned it.")),
    )


def _weakest(trace: Trace, teller: Teller) -> Iterator[Phrase]:
    """Point to the entry on which the headline rests; each entry is as weak where all are alike."""
    weak = [step for step in trace.steps if step.proven.state == trace.headline]
    if len(weak) == len(trace.steps):
        yield teller.say(N_("All entries are proved equally far."))
    else:
        numbers = teller.joined(datum(step.number) for step in weak)
        yield teller.say(N_("Number in the timeline: %(numbers)s"), numbers=numbers)
    yield from (_failure(step, teller) for step in weak if step.proven.reason)


def _failure(step: Step, teller: Teller) -> Phrase:
    words = name(step.proven.reason or "")
    return teller.say(N_("In the words of the ledger (English): %(words)s"), words=words)
