# SPDX-License-Identifier: Apache-2.0
"""The timeline: every entry oldest first, with gaps and contradictions where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from api.certificate.answer import Row, event_name, proof_word, row
from api.certificate.details import Teller
from api.certificate.wording import N_, Phrase, datum, name
from api.describing.roles import ROLE_NAMES
from api.tracing import words
from api.tracing.inquiry import Step, Trace
from audit.proof.disputes.words import told_standing
from audit.proof.timestamps.bracket import Bound
from domain.firearm.events.correcting import Change, Corrected
from domain.firearm.history import Moment
from domain.schema import Known
from projections.asking.gaps import BEGINNING

_YEARS = re.compile(r"\d+")


def timeline(trace: Trace, teller: Teller) -> dict[str, Any]:
    """Give the timeline of a history."""
    return {
        "title": teller.word(N_("Timeline")),
        "intro": [
            teller.say(
                N_(
                    "Oldest first. Times of recording are by the clock of the ledger, unless a "
                    "line says what is proved of them. Codes are those of the ledger's published "
                    "lists."
                )
            )
        ],
        "steps": [_step(step, trace, teller) for step in trace.steps],
    }


def _step(step: Step, trace: Trace, teller: Teller) -> dict[str, Any]:
    title = event_name(step.proven.line.kind.partition("/")[0], teller)
    if step.moment and step.moment.superseded:
        title = teller.say(N_("%(event)s (as first recorded)"), event=title)
    return {
        "number": str(step.number),
        "title": title,
        "state": step.proven.state,
        "word": proof_word(step.proven.state, teller),
        "gap": _gap(step.gap, teller) if step.gap else None,
        "rows": list(_rows(step, trace, teller)),
        "remarks": list(_remarks(step, trace, teller)),
    }


def _gap(sentence: str, teller: Teller) -> Phrase:
    if sentence == BEGINNING:
        return teller.say(BEGINNING_MESSAGE)
    years = _YEARS.search(sentence)
    return teller.say(
        N_("Nothing is on record for %(years)s years."), years=years[0] if years else "?"
    )


BEGINNING_MESSAGE = N_(
    "Nothing before this is on record here: neither its manufacture nor earlier holders."
)


def _rows(step: Step, trace: Trace, teller: Teller) -> Iterator[Row]:
    line, moment = step.proven.line, step.moment
    if moment:
        yield row(teller.say(N_("Happened")), teller.day(moment.event.occ))
    recorded = f"{line.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    yield row(
        teller.say(N_("Recorded")),
        teller.say(N_("%(time)s as entry %(index)s"), time=recorded, index=line.index),
        *_proved_times(step, teller),
    )
    if moment:
        yield row(teller.say(N_("Signed by")), *_signer(moment, trace, teller))
        stated = teller.stated(moment.event.dat)
        yield row(teller.say(N_("Stated")), stated or teller.say(N_("Nothing more was stated.")))
        changed = teller.state(step.state, step.before)
        if changed:
            yield row(teller.say(N_("Changed")), changed)


def _proved_times(step: Step, teller: Teller) -> Iterator[Phrase]:
    """Say between which times it was recorded, where others than the ledger say so."""
    if step.bracket.not_before:
        yield _bound(
            N_("Proved: not before %(time)s, by %(source)s"), step.bracket.not_before, teller
        )
    if step.bracket.not_after:
        yield _bound(
            N_("Proved: not after %(time)s, by %(source)s"), step.bracket.not_after, teller
        )


def _bound(message: str, bound: Bound, teller: Teller) -> Phrase:
    at = datetime.fromtimestamp(bound.at, UTC)
    return teller.say(message, time=f"{at:%Y-%m-%d %H:%M:%S} UTC", source=bound.fact.source)


def _signer(moment: Moment, trace: Trace, teller: Teller) -> Iterator[Phrase]:
    event, registry = moment.event, trace.proof.registry
    authority = registry.authorities.get(event.iss)
    roles = words.roles(registry, event, moment.entry.index)
    told = [teller.say(ROLE_NAMES[each]) if each in ROLE_NAMES else datum(each) for each in roles]
    known = [name(authority.name)] if authority else []
    yield teller.joined([*known, datum(event.iss), *told])
    yield teller.say(N_("Key %(key)s"), key=event.kid)


def _remarks(step: Step, trace: Trace, teller: Teller) -> Iterator[dict[str, Any]]:
    moment, reason = step.moment, step.proven.reason
    if reason:
        yield _remark("failed", teller.say(N_("A check failed: %(words)s"), words=name(reason)))
    for flag in dict.fromkeys(each.flag for each in step.remarks):
        yield _remark("note", teller.say(_FLAGS[flag]))
    if moment is None:
        return
    if told_standing(trace.proof.registry, moment.event, step.proven.line.index):
        yield _remark("failed", teller.say(DISPUTED))
    yield from (_remark("note", each) for each in _put_right(moment, trace, teller))
    for each in moment.contradictions:
        yield _remark(
            "contradiction",
            teller.say(
                N_(
                    "Contradiction with the record: rule %(rule)s, found %(found)s. In the words "
                    "of the ledger (English): %(words)s"
                ),
                rule=each.refusal.rule,
                found=each.refusal.found,
                words=name(each.refusal.sentence),
            ),
        )


_FLAGS = {
    "late": N_("Recorded late: more time passed since it happened than the rules in force allow."),
    "suspect": N_("A time that it states cannot be right: it was recorded before that time."),
}
DISPUTED = N_(
    "The key that signed this entry was recorded as compromised; the embedded evidence tells "
    "whether anybody confirmed the entry."
)


def _put_right(moment: Moment, trace: Trace, teller: Teller) -> Iterator[Phrase]:
    for index in moment.corrected_by:
        yield teller.say(N_("Corrected by entry %(index)s."), index=index)
        yield from (_change(each, teller) for each in _changes(index, trace))
    if moment.reversed_by is not None:
        yield teller.say(
            N_("Reversed by entry %(index)s: it counts no longer."), index=moment.reversed_by
        )


def _changes(index: int, trace: Trace) -> tuple[Change, ...]:
    events = (each.event for each in trace.proof.entries if each.line.index == index)
    return tuple(
        change
        for event in events
        if event and isinstance(event.dat, Corrected)
        for change in event.dat.changes
    )


def _change(change: Change, teller: Teller) -> Phrase:
    return teller.say(
        N_("%(member)s: first recorded as %(old)s, counts as %(new)s."),
        member=teller.say(N_("When it happened"))
        if change.field == "occ"
        else teller.label(change.field),
        old=_side(change.old, teller),
        new=_side(change.new, teller),
    )


def _side(value: object, teller: Teller) -> Phrase:
    if value is None:
        return teller.say(N_("nothing"))
    return datum(value.known if isinstance(value, Known) else value)


def _remark(kind: str, text: Phrase) -> dict[str, Any]:
    return {"kind": kind, "text": text}
