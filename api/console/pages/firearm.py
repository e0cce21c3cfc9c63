# SPDX-License-Identifier: Apache-2.0
"""Screen 2: the life of one firearm, with the proof of every entry and what does not fit in place.

Personal data is masked until somebody opens it for a stated purpose and with a fresh factor; what
is opened stands in the access log first (envelope specification, section 7).
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.certificate.document import certificate
from api.console.asking import asks, form_of, text_in
from api.console.charts.answers.traced import custody_of, life_of
from api.console.charts.custody import custody_timeline
from api.console.charts.drawing.reader import Reader
from api.console.charts.life import life_timeline
from api.console.history import told_custody, told_steps
from api.console.rendering import file, language_of, page, reader_of
from api.gate.asking import Asked, Note
from api.gate.entries import event_at
from api.gate.revealing import revealed
from api.gate.tracing import event_ids, seen
from api.languages import marked as _
from api.tracing import words
from api.tracing.evidence import bundle_of, digest_of, gather_evidence
from api.tracing.inquiry import Inquiry, Trace, trace
from domain.errors import (
    ConflictError,
    InvalidValueError,
    MunimentError,
    ProofError,
    UsageError,
)
from domain.event import INTEGER_MAX
from domain.firearm.history import View
from domain.identifiers import short_form

LONG_LIFE: Final = 100
"""Entries beyond which each is told in brief and no picture is drawn, so that it stays one page."""

ZIP: Final = "application/zip"
PDF: Final = "application/pdf"
TRIES: Final = 2
"""A checkpoint signed between a trace and its evidence is hit once, hardly ever twice."""


VIEWS: Final[dict[View, str]] = {
    "corrected": _("as it counts now, with corrections"),
    "original": _("as first recorded"),
    "both": _("both in turn"),
}

Reading = Annotated[Asked, Depends(asks("firearm.read"))]
Revealing = Annotated[Asked, Depends(asks("person.reveal"))]
Firearm = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9.-]+$")]
Date = Annotated[str, Query(max_length=32)]
Size = Annotated[int | None, Query(ge=1, le=INTEGER_MAX)]
Digest = Annotated[str, Query(max_length=43)]

router = APIRouter(include_in_schema=False)


@router.get("/firearms/{firearm}")
def show_firearm(  # noqa: PLR0913 - each parameter is a limit of its own
    request: Request,
    asked: Reading,
    firearm: Firearm,
    *,
    as_at: Date = "",
    as_known_on: Date = "",
    view: str = "corrected",
) -> Response:
    """Show what a firearm is and its whole life, now or as it was or was known."""
    given = {"as_at": as_at.strip(), "as_known_on": as_known_on.strip(), "view": view}
    with asked.admitted(firearm=firearm) as note:
        try:
            found = _found(asked, note, firearm=firearm, given=given)
        except InvalidValueError as error:
            if not _limited(given) or error.slug == "firearm_unknown":
                raise
            return _unclear(request, asked, note, firearm=firearm, error=error)
    return _shown(request, found=found, given=given)


@router.get("/firearms/{firearm}/custody")
def show_custody(request: Request, asked: Reading, firearm: Firearm) -> Response:
    """Show through whose hands a firearm went, with seals, signatures and breaks."""
    with asked.admitted(firearm=firearm) as note:
        found = _found(asked, note, firearm=firearm, given={})
    if not isinstance(found, Trace):
        return page(request, "firearm/choice.html", choice=found)
    reader = reader_of(request)
    return page(
        request,
        "firearm/custody.html",
        trace=found,
        links=told_custody(found),
        picture=custody_timeline(custody_of(found, reader, "chain"), reader),
        **_named(found),
    )


@router.get("/firearms/{firearm}/evidence")
def give_evidence(
    asked: Reading, firearm: Firearm, *, size: Size = None, digest: Digest = ""
) -> Response:
    """Give the evidence bundle, which a stranger verifies offline; it holds no personal data.

    With the size of the log and a digest it is the bundle that an event names, or none.
    """
    with asked.admitted(firearm=firearm) as note:
        found, octets = _evidence(asked, note, firearm, size=size)
        if digest and digest_of(octets) != digest:
            raise _changed()
    return file(octets, f"evidence-{short_form(found.firearm.uuid)}.zip", ZIP)


@router.get("/firearms/{firearm}/certificate")
def give_certificate(request: Request, asked: Reading, firearm: Firearm) -> Response:
    """Give the trace as a PDF for a court, with the evidence inside; it names no person."""
    with asked.admitted(firearm=firearm) as note:
        found, octets = _certified(asked, note, firearm=firearm, language=language_of(request))
    return file(octets, f"certificate-{short_form(found.firearm.uuid)}.pdf", PDF)


@router.post("/firearms/{firearm}/persons")
async def reveal(request: Request, asked: Revealing, firearm: Firearm) -> Response:
    """Open the personal data of one entry."""
    index = text_in(await form_of(request), "index")
    if not (index.isascii() and index.isdigit()):
        raise UsageError("The form names no entry.", slug="request_invalid")
    return await run_in_threadpool(_revealed, request, asked, firearm, index=int(index))


def _revealed(request: Request, asked: Asked, firearm: str, *, index: int) -> Response:
    with asked.admitted(index=str(index)) as note, asked.service.link() as link:
        shown = revealed(asked, note, event_at(link, index))
    return page(request, "firearm/persons.html", firearm=firearm, index=index, shown=shown)


def _found(asked: Asked, note: Note, *, firearm: str, given: dict[str, str]) -> Any:
    """Trace a firearm, or give those that share a short form.

    Raises:
        MunimentError: There is none, it is out of reach, or a limit cannot be read.
    """
    inquiry = Inquiry(
        identifier=firearm,
        as_at=given.get("as_at") or None,
        as_known_on=given.get("as_known_on") or None,
        view=_view(given.get("view", "corrected")),
        today=asked.service.gate.today(),
    )
    with asked.service.queries() as queries:
        found = seen(asked, note, trace(queries, inquiry))
    note.told(events=event_ids(found))
    return found


def _evidence(
    asked: Asked, note: Note, firearm: str, *, size: int | None = None
) -> tuple[Trace, bytes]:
    """Trace a firearm and gather the evidence about it, as of now or as of a size of the log.

    Raises:
        UsageError: ``firearm_ambiguous``, several have this short form.
    """
    found = _found(asked, note, firearm=firearm, given={})
    if not isinstance(found, Trace):
        raise UsageError("Several firearms have this short form.", slug="firearm_ambiguous")
    evidence = gather_evidence(asked.service.office, found.firearm.uuid, size=size)
    return found, bundle_of(evidence)


def _changed() -> ConflictError:
    return ConflictError(
        "The bundle of that digest cannot be made again: others said more of the log since.",
        slug="evidence_changed",
        next_step="Answer with the newest bundle, and put its digest among the documents.",
    )


def _certified(asked: Asked, note: Note, *, firearm: str, language: str) -> tuple[Trace, bytes]:
    """Make a certificate; where the log signed a checkpoint in between, once more."""
    origin = asked.service.settings.origin
    for left in reversed(range(TRIES)):
        found, bundle = _evidence(asked, note, firearm)
        try:
            return found, certificate(found, bundle, language=language, origin=origin)
        except ProofError as error:
            if error.slug != "certificate_bundle" or not left:
                raise
    raise AssertionError


def _view(view: str) -> View:
    return next((each for each in VIEWS if each == view), "corrected")


def _limited(given: dict[str, str]) -> bool:
    return bool(given["as_at"] or given["as_known_on"])


def _unclear(
    request: Request, asked: Asked, note: Note, *, firearm: str, error: MunimentError
) -> Response:
    """Show the whole life where a limit cannot be read, and say which."""
    found = _found(asked, note, firearm=firearm, given={})
    nothing = {"as_at": "", "as_known_on": "", "view": "corrected"}
    wrong = {"limits": error.sentence}
    return _shown(request, found=found, given=nothing, wrong=wrong)


def _shown(
    request: Request,
    *,
    found: Any,
    given: dict[str, str],
    wrong: dict[str, str] | None = None,
) -> Response:
    if not isinstance(found, Trace):
        return page(request, "firearm/choice.html", choice=found)
    long = len(found.steps) > LONG_LIFE
    return page(
        request,
        "firearm/page.html",
        status=400 if wrong else 200,
        trace=found,
        steps=told_steps(found),
        long=long,
        picture="" if long else _picture(found, reader_of(request)),
        given=given,
        views=tuple(VIEWS.items()),
        errors=wrong or {},
        axes=words.axes(found.state),
        details=words.details(found.state),
        identity=words.identity(found.state),
        **_named(found),
    )


def _picture(found: Trace, reader: Reader) -> Markup:
    return life_timeline(life_of(found, reader, "picture", listed_at="life"), reader)


def _named(found: Trace) -> dict[str, Any]:
    """Give by what a firearm is known to people."""
    description = found.state.description
    return {
        "short": short_form(found.firearm.uuid),
        "described": words.describe(description) if description else "",
    }
