# SPDX-License-Identifier: Apache-2.0
"""Pictures of one firearm's history: its life and its chain of custody, as ``muniment trace``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from api.console.charts.custody import Custody, Hold
from api.console.charts.drawing.figure import Heading
from api.console.charts.drawing.reader import Datum, Reader
from api.console.charts.life import Life
from api.console.charts.marks import proof_words
from api.console.charts.placing import LifeEvent
from api.tracing.inquiry import Step, Trace
from api.tracing.words import event_name
from domain.firearm.lines.alerting import ALERTING
from domain.firearm.lines.altering import ALTERING
from domain.firearm.lines.correcting import CORRECTING
from domain.firearm.lines.disposing import DISPOSING
from domain.firearm.lines.holding import HOLDING
from domain.firearm.lines.identifying import IDENTIFYING
from domain.firearm.lines.losing import LOSING
from domain.firearm.lines.making import MAKING
from domain.firearm.lines.moving import MOVING
from domain.firearm.lines.seizing import SEIZING
from domain.firearm.lines.trading import TRADING
from domain.occurrence import UNKNOWN, parse_occurrence
from projections.asking.custody import Link, chain
from projections.asking.gaps import BEGINNING

MAKE, HOLD, MOVE, LOSE, SEIZE, END, RECORD = range(7)

_GROUPS: Final = (
    ((*MAKING, *ALTERING, *IDENTIFYING), MAKE),
    ((*HOLDING, *TRADING), HOLD),
    (MOVING, MOVE),
    ((*LOSING, *ALERTING), LOSE),
    (SEIZING, SEIZE),
    (DISPOSING, END),
    (CORRECTING, RECORD),
)
CIRCUMSTANCES: Final[Mapping[str, int]] = MappingProxyType(
    {line.evt: kind for lines, kind in _GROUPS for line in lines}
)
"""Kind of circumstance of every event of a firearm, by the groups of the catalogue."""


def life_of(trace: Trace, reader: Reader, name: str, *, listed_at: str = "") -> Life:
    """Give a history as a line of time.

    Args:
        trace: The history.
        reader: Whom it is for.
        name: The figure's name on the page.
        listed_at: Id of a list on the same page that tells the same, in place of the table.
    """
    _, kinds = reader.translate, circumstances(reader)
    summary = _("Nothing is on record within these limits.")
    if trace.headline:
        values = {
            "number": reader.number(len(trace.steps)),
            "state": proof_words(reader)[trace.headline],
        }
        summary = _("%(number)s entries; the weakest proof among them: %(state)s.") % values
    heading = Heading(name=name, title=_("Life of the firearm"), summary=summary)
    events = [_event(each, kinds, reader) for each in trace.steps]
    return Life(heading=heading, circumstances=kinds, events=events, listed_at=listed_at)


def custody_of(trace: Trace, reader: Reader, name: str) -> Custody:
    """Give the chain of custody that a history tells, up to the day that it is told for."""
    _ = reader.translate
    links = chain([each.moment for each in trace.steps if each.moment])
    broken = sum(1 for each in links if each.breaks)
    summary = _("No chain of custody is on record.")
    if links:
        values = {"number": reader.number(len(links)), "broken": reader.number(broken)}
        summary = _("%(number)s links in the chain; breaks at %(broken)s of them.") % values
    heading = Heading(name=name, title=_("Chain of custody"), summary=summary)
    holds = [_hold(number, link, reader) for number, link in enumerate(links, start=1)]
    return Custody(heading=heading, holds=holds, until=trace.as_at or trace.today)


def circumstances(reader: Reader) -> tuple[str, ...]:
    """Give the kinds of circumstance in the reader's language, by their numbers."""
    _ = reader.translate
    return (
        _("Making and marks"),
        _("Holders and trade"),
        _("Borders and transport"),
        _("Lost, stolen, sought"),
        _("In official hands"),
        _("End of its life"),
        _("Record put right"),
    )


def _event(step: Step, kinds: tuple[str, ...], reader: Reader) -> LifeEvent:
    evt = step.proven.line.kind.partition("/")[0]
    moment = step.moment
    misfits = [each.refusal.sentence for each in moment.contradictions] if moment else []
    return LifeEvent(
        number=step.number,
        circumstance=kinds[CIRCUMSTANCES.get(evt, RECORD)],
        name=reader.translate(event_name(evt)),
        when=moment.event.occ if moment else UNKNOWN,
        proof=step.proven.state,
        contradictions=tuple(map(reader.translate, misfits)),
        gap=_gap(step.gap, reader) if step.gap else "",
        remarks=tuple(_remarks(step, reader)),
    )


def _gap(sentence: str, reader: Reader) -> str:
    _ = reader.translate
    years = re.search(r"\d+", sentence)
    if sentence == BEGINNING or not years:
        return _(sentence)
    number = reader.number(int(years.group()))
    return _("Nothing is on record for %(years)s years.") % {"years": number}


def _remarks(step: Step, reader: Reader) -> Iterator[str]:
    _, moment = reader.translate, step.moment
    if moment and moment.reversed_by is not None:
        yield _("Reversed by log entry %(index)s.") % {"index": moment.reversed_by}
    for index in moment.corrected_by if moment else ():
        yield _("Corrected by log entry %(index)s.") % {"index": index}
    if step.proven.reason:
        yield _(step.proven.reason)
    yield from (_(each.sentence) for each in step.remarks)


def _hold(number: int, link: Link, reader: Reader) -> Hold:
    _ = reader.translate
    return Hold(
        number=number,
        custodian=Datum(link.custodian) if link.custodian else _custody(link.custody, reader),
        event=_(event_name(link.evt)),
        since=parse_occurrence(link.when),
        seals=link.seals,
        deposit_no=link.deposit_no or "",
        signatures=link.signatures,
        breaks=tuple(map(_, link.breaks)),
    )


def _custody(code: str, reader: Reader) -> str:
    _ = reader.translate
    names = {
        "holder": _("With the holder"),
        "transit": _("In transit"),
        "repair": _("In repair"),
        "proof": _("At a proof house"),
        "official_safekeeping": _("In official safekeeping"),
        "evidence": _("In evidence"),
        "destruction_site": _("At a destruction site"),
        "unknown": _("In hands not known"),
    }
    return names.get(code, code)
