# SPDX-License-Identifier: Apache-2.0
"""Fills in the next step of a tracing request, through the gates of the request and the firearm.

Whatever is filled in was shown to whoever asks: it stands in the access log like the pages of the
request and of the firearm, and what they may not see stays empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from api.console.filling.knowing import ANSWER, DIVERSION, Known, stated_of
from api.console.filling.marks import marked_in
from api.console.forms.answers import Answers
from api.console.forms.form import DAT, Form
from api.gate.asking import Asked
from api.gate.records import record_within
from api.gate.tracing import event_ids, traced
from api.tracing.evidence import bundle_of, digest_of, gather_evidence
from api.tracing.inquiry import Inquiry, Trace
from domain.errors import MunimentError
from domain.identifiers import StreamId, parse_stream_id
from domain.tracing.state import TracingRequest
from domain.tracing.stations import Station, stations

REQUEST: Final = "trc"
OF_FIREARM: Final = frozenset((ANSWER, DIVERSION))
"""Events that state what the record of a firearm says."""

_ATTACHED: Final = re.compile(r"(arm\.[0-9a-f-]{36}) (\d{1,16}) ([A-Za-z0-9_-]{43})")


class Attached(NamedTuple):
    """The evidence bundle that goes with an answer, and the log up to which it was gathered."""

    firearm: str
    size: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What is known already of the answers to a form.

    Attributes:
        answers: The answers.
        marks: Which of them these are, for the form to carry.
        attached: The bundle that is named among them, for the form to carry; empty without one.
        unmatched: Whether no firearm is named whose record could be told.
        error: Why something is not filled in.
    """

    answers: Answers = field(default_factory=lambda: Answers({}))
    marks: str = ""
    attached: str = ""
    unmatched: bool = False
    error: MunimentError | None = None


NOTHING: Final = Filled()


def filled_in(asked: tuple[Asked, Asked], form: Form, *, stream: str, about: str) -> Filled:
    """Fill in what the ledger knows of the next step of a request.

    Args:
        asked: Who asks: for the action ``requests.read``, and for ``firearm.read``.
        form: What is to be recorded.
        stream: The request.
        about: The firearm that it was found to be about; else the one that it names.
    """
    requests, firearms = asked
    if form.kind.subject != REQUEST or not stream.startswith(f"{REQUEST}."):
        return NOTHING
    try:
        with requests.admitted(request=stream) as note:
            state = record_within(requests, note, stream).state
    except MunimentError as error:
        return Filled(error=error)
    assert isinstance(state, TracingRequest)  # noqa: S101 - by its identifier
    evt, known, firearm = form.kind.evt, Known(request=state), about or state.firearm or ""
    if evt not in OF_FIREARM or not firearm:
        return _written(form, known, Filled(unmatched=evt in OF_FIREARM))
    try:
        return _of_firearm(firearms, form, known=known, firearm=parse_stream_id(firearm))
    except MunimentError as error:
        return _written(form, known, Filled(error=error))


def read_attached(text: str) -> Attached | None:
    """Read which bundle a form says that it names; nothing where it says none."""
    found = _ATTACHED.fullmatch(text)
    return Attached(*found.groups()) if found else None


def _of_firearm(asked: Asked, form: Form, *, known: Known, firearm: StreamId) -> Filled:
    """Fill in what the record of a firearm says.

    Raises:
        MunimentError: It is not for whoever asks.
    """
    with asked.admitted(firearm=str(firearm)) as note:
        found = traced(asked, note, Inquiry(identifier=str(firearm)))
        note.told(events=event_ids(found))
        told = _told(asked, known, found)
    if form.kind.evt != ANSWER:
        return _written(form, told, NOTHING)
    try:
        attached = _bundled(asked, firearm)
    except MunimentError as error:
        return _written(form, told, Filled(error=error))
    named = replace(told, documents=(attached.digest,))
    return _written(form, named, Filled(attached=" ".join(attached)))


def _told(asked: Asked, known: Known, found: Trace) -> Known:
    authorities = asked.service.office.registry.authorities

    def country_of(station: Station) -> str | None:
        """Give the country on record, else the only one of the authority that recorded it."""
        authority = authorities.get(station.since.event.iss)
        places = {each[:2] for each in authority.jurisdictions} if authority else set()
        return station.country or (places.pop() if len(places) == 1 else None)

    moments = [step.moment for step in found.steps if step.moment]
    diversion = found.state.diversion
    return replace(known, stations=stations(moments), country_of=country_of, diversion=diversion)


def _bundled(asked: Asked, firearm: StreamId) -> Attached:
    """Gather the evidence under a checkpoint that is kept, so that it can be gathered again."""
    office = asked.service.office
    size = office.notary.checkpoint()[0].size
    bundle = bundle_of(gather_evidence(office, firearm.uuid, size=size))
    return Attached(str(firearm), str(size), digest_of(bundle))


def _written(form: Form, known: Known, filled: Filled) -> Filled:
    answers = Answers(form.data.write(DAT, stated_of(form.kind.evt, known)))
    return replace(filled, answers=answers, marks=marked_in(form, answers))
