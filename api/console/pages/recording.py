# SPDX-License-Identifier: Apache-2.0
"""Screen 3: what happened is chosen, asked for page by page, checked, and handed on to be signed.

Answers travel in the form from page to page and are read anew each time; nothing is kept here.
Before anything is signed the rules are asked, by the states that the ledger records by, so that a
refusal is told while it can still be mended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.refusals import refusal
from api.console.asking import CSRF, asks, form_of
from api.console.correcting.form import ENTRY_PAGE, begun, standing
from api.console.correcting.record import opened, told_rows
from api.console.filling.marks import still_filled
from api.console.filling.requests import filled_in, read_attached
from api.console.forms.answers import Answers, Problem, Said, answers_of
from api.console.forms.form import DAT, OCCURRED, Form, Reply, labels_of, read_form
from api.console.forms.form import form_of as questions_of
from api.console.forms.labels.kinds import GROUPS, SUBJECTS, title_of
from api.console.forms.messages import plain_summary
from api.console.forms.steps import Step
from api.console.forms.stream import FIREARM, begins, holder_field, read_stream
from api.console.forms.telling import Row, in_words
from api.console.forms.turning import drawn, fresh, turned
from api.console.languages import saying, translate
from api.console.pages.resuming import resumed
from api.console.pages.signing import check_page
from api.console.rendering import language_of, page
from api.console.signing.answers import Answer
from api.console.signing.keyring import signing_keys
from api.drafting import waits_for_second
from api.explaining import Question, explain
from api.gate.asking import Asked, hidden
from api.gate.tracing import present_holding
from api.languages import marked as _
from api.registrar import Act
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError
from domain.identifiers import REGISTRY_KINDS, StreamId
from domain.judgement import Foresight
from domain.schema import EventType

Recording = Annotated[Asked, Depends(asks("event.append"))]
Reading = Annotated[Asked, Depends(asks("firearm.read"))]
Requests = Annotated[Asked, Depends(asks("requests.read"))]
Name = Annotated[str, Path(max_length=64, pattern=r"^[a-z]+\.[a-z-]+$")]
Stream = Annotated[str, Query(max_length=64)]

BESIDE: Final = (CSRF, "stream", "at", "go", "jti", "marks", "attached")
"""Fields of the pages themselves."""

STREAM: Final = "stream"
SIGN: Final = "sign"
HOLDER: Final = "holder"
BACK: Final = "back"
STEP: Final = "step:"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one page shows.

    Attributes:
        form: Everything that is asked.
        answers: What was answered so far, on all pages.
        stream: The stream that it is about, as written.
        jti: Drawn with the first question, so that answers sent twice make one event; a new
            record has it for its own identifier.
        at: Number of the page; one more than there are is the check.
        problems: What is wrong with the answers on it.
        foresight: What the rules have against it, once they were asked.
        refused: Why nothing can be recorded as it is, or looked up.
        note: What else is to be said, as a message id.
        marks: Which answers were filled in from the record.
        attached: The bundle that is named among them; empty without one.
    """

    form: Form
    answers: Answers
    stream: str
    jti: UUID
    at: int = 1
    problems: tuple[Problem, ...] = ()
    foresight: Foresight = field(default_factory=Foresight)
    refused: MunimentError | None = None
    note: str = ""
    marks: str = ""
    attached: str = ""


@router.get("/record")
def choose(request: Request, asked: Recording, *, stream: Stream = "") -> Response:
    """Offer the events that somebody with these roles may record."""
    asked.check_caller()
    kind = _subject(stream.strip())
    offered = {
        group: [each for each in map(CATALOGUE.latest, names) if _offered(asked, each, kind)]
        for group, names in GROUPS.items()
    }
    return page(
        request,
        "recording/choose.html",
        offered={group: kinds for group, kinds in offered.items() if kinds},
        stream=stream.strip(),
        subject=SUBJECTS.get(kind, ""),
        **_words(request),
    )


@router.get("/record/{evt}")
def begin(  # noqa: PLR0913 - two gates, and two records
    request: Request,
    asked: Recording,
    requests: Requests,
    *,
    reading: Reading,
    evt: Name,
    stream: Stream = "",
    about: Stream = "",
) -> Response:
    """Ask the first questions about an event, with the answers that the ledger knows."""
    asked.check_caller()
    form, stream = _form(asked, evt), stream.strip()
    found = opened(asked, form, stream=stream, answers=Answers({}))
    filled = filled_in((requests, reading), found.form, stream=stream, about=about.strip())
    turn = Turn(
        form=found.form,
        answers=filled.answers,
        stream=stream,
        jti=drawn(),
        at=ENTRY_PAGE if found.known else 1,
        refused=filled.error or found.error,
        note=_UNMATCHED if filled.unmatched else "",
        marks=filled.marks,
        attached=filled.attached,
    )
    return _shown(request, turn)


@router.post("/record/{evt}")
async def go_on(request: Request, reading: Reading, asked: Recording, *, evt: Name) -> Response:
    """Take the answers of a page, and show what is asked next."""
    sent = await form_of(request)
    pairs = [(name, text) for name, text in sent.multi_items() if isinstance(text, str)]
    try:
        await run_in_threadpool(asked.check_caller)
    except MunimentError as error:
        return await run_in_threadpool(resumed, request, asked, error, sent=pairs)
    whole = answers_of(pairs)
    turn, go = await run_in_threadpool(_turn, asked, evt, whole), whole.one("go")
    if go == HOLDER:
        return await run_in_threadpool(_look_up, request, reading, turn)
    return await run_in_threadpool(_next, request, asked, turn, go=go)


def _turn(asked: Asked, evt: str, whole: Answers) -> Turn:
    """Read where somebody is in a form."""
    jti, stream = drawn(whole.one("jti")), whole.one("stream").strip()
    found = opened(asked, _form(asked, evt), stream=stream, answers=whole.but(BESIDE))
    form, answers = found.form, found.answers
    at = _page(whole.one("at"), most=len(form.steps) + 1)
    return Turn(
        form=form,
        answers=answers,
        stream=stream,
        jti=jti,
        at=at,
        refused=found.error,
        marks=whole.one("marks"),
        attached=whole.one("attached"),
    )


def _renamed(asked: Asked, turn: Turn, stream: str) -> Turn:
    """Give a turn about a record that was named otherwise, with what that record says."""
    if stream == turn.stream:
        return turn
    found = opened(asked, turn.form, stream=stream, answers=turn.answers)
    form, answers = found.form, found.answers
    return replace(turn, stream=stream, form=form, answers=answers, refused=found.error)


def _look_up(request: Request, reading: Asked, turn: Turn) -> Response:
    """Write who has the firearm so far into its field, or say why that is not shown."""
    stream = _stream(reading, turn)
    if not isinstance(stream, StreamId):
        return _shown(request, replace(turn, note=_NO_RECORD))
    try:
        found = present_holding(reading, stream)
    except MunimentError as error:
        return _shown(request, replace(turn, refused=error))
    if not found:
        return _shown(request, replace(turn, note=_NO_HOLDER))
    answers = turn.answers.changed({holder_field(turn.form): found})
    return _shown(request, replace(turn, answers=answers, stream=str(stream)))


def _next(request: Request, asked: Asked, turn: Turn, *, go: str) -> Response:
    """Do what a button says: change the answers, show another page, or take this one."""
    form, at = turn.form, turn.at
    moved = turned(turn.answers, go, fresh=fresh)
    if moved is not None:
        return _shown(request, replace(turn, answers=moved))
    if go == BACK:
        return _shown(request, replace(turn, at=_page(str(at - 1), most=len(form.steps))))
    if go.startswith(STEP):
        return _shown(request, replace(turn, at=_page(go[len(STEP) :], most=len(form.steps))))
    return _answered(request, asked, turn, sign=go == SIGN)


def _page(text: str, *, most: int) -> int:
    """Read the number of a page; the first where it is none."""
    return int(text) if text in map(str, range(1, most + 1)) else 1


def _answered(request: Request, asked: Asked, turn: Turn, *, sign: bool) -> Response:
    """Go on where the page is right, else show it again; at the end ask the rules."""
    form, reply = turn.form, read_form(turn.form, turn.answers)
    stream = _stream(asked, turn)
    wrong = (Problem(STREAM, stream),) if isinstance(stream, Said) else ()
    problems = (*wrong, *reply.problems)
    here = _on(form, problems, turn.at)
    named = turn.stream if isinstance(stream, Said | None) else str(stream)
    if turn.at < len(form.steps) and not here:
        return _shown(request, replace(_renamed(asked, turn, named), at=turn.at + 1))
    if isinstance(stream, Said) or problems:
        at = turn.at if here else form.step_of(problems[0].path).number
        again = replace(turn, stream=named, at=at, problems=_on(form, problems, at))
        return _shown(request, again, status=400)
    act = Act(
        evt=form.kind.evt,
        dat=reply.dat,
        sub=stream or StreamId(form.kind.subject, turn.jti),
        occ=reply.occ,
        disclosures=reply.disclosures,
    )
    asking = replace(turn, stream=named, at=len(form.steps) + 1, refused=None)
    checked = _foreseen(asked, asking, act)
    if sign and checked.refused is None and not _stands_against(checked.foresight):
        answers = _public(request, told_rows(form, reply))
        return check_page(request, asked, act, answers=answers, jti=str(turn.jti))
    return _shown(request, checked, reply=reply)


def _stands_against(foresight: Foresight) -> bool:
    """Tell whether a rule stands against an event, other than that a second person is missing."""
    refusal = foresight.refusal
    return refusal is not None and not waits_for_second(refusal)


def _on(form: Form, problems: tuple[Problem, ...], at: int) -> tuple[Problem, ...]:
    """Give the problems with what is asked on one page."""
    return tuple(each for each in problems if form.step_of(each.path).number == at)


def _stream(asked: Asked, turn: Turn) -> StreamId | Said | None:
    def find(bits: int) -> Sequence[UUID]:
        with asked.service.queries() as queries:
            return queries.timeline.spoken(bits)

    return read_stream(turn.stream, turn.form.kind, find)


def _foreseen(asked: Asked, turn: Turn, act: Act) -> Turn:
    """Ask the rules about an event as the caller would sign it, since some look at who signs.

    Rules about keys speak when the key is chosen.
    """
    kind, service = turn.form.kind, asked.service
    if act.sub is None or kind.subject in REGISTRY_KINDS:
        return turn
    try:
        kid = signing_keys(service.people.desk, asked.caller.officer)[0].kid
        question = Question(kind=kind, stream=act.sub, dat=act.dat, occ=act.occ, kid=kid)
        told = explain(service.office.ledger, question)
    except MunimentError as error:
        return replace(turn, refused=error)
    return replace(turn, foresight=told.foresight)


def _public(request: Request, rows: Sequence[Row]) -> list[Answer]:
    """Give what the page that signs does not tell by itself: neither the time nor persons."""
    language = language_of(request)
    told, public = translate(language), (each for each in rows if each.path.startswith(f"{DAT}."))
    return [Answer(*in_words(each, told, language)) for each in public]


def _shown(
    request: Request, turn: Turn, *, reply: Reply | None = None, status: int = 200
) -> Response:
    """Show a page of questions, or the check where everything was answered."""
    form = turn.form
    check = turn.at > len(form.steps)
    shown: dict[str, Any] = {"rows": told_rows(form, reply) if reply else ()}
    if not check:
        step = form.steps[turn.at - 1]
        turn = replace(turn, answers=begun(form, turn.answers, step))
        shown = {"step": step, "kept": _kept(turn, step)}
    return page(
        request,
        "recording/check.html" if check else "recording/questions.html",
        status=status,
        turn=turn,
        kind=form.kind,
        title=title_of(form.kind),
        told_of=plain_summary(form.kind),
        begins=begins(form.kind.evt),
        subject=SUBJECTS[form.kind.subject],
        problems={each.path: each.said for each in turn.problems},
        labels=labels_of(form, turn.problems) | {STREAM: SUBJECTS[form.kind.subject]},
        optional_member=_OPTIONAL,
        holder_field=holder_field(form),
        filled=still_filled(form, turn.answers, turn.marks),
        attached=read_attached(turn.attached),
        standing=standing(form),
        **shown,
        **_words(request),
    )


def _kept(turn: Turn, step: Step) -> list[tuple[str, str]]:
    """Give the answers to other pages, which travel along."""
    return [
        (name, text)
        for name, texts in turn.answers.fields.items()
        if not step.holds(name)
        for text in texts
    ]


def _words(request: Request) -> dict[str, Any]:
    """Give what templates translate with: always as text, so that markup in it is escaped."""
    told, say = translate(language_of(request)), saying(language_of(request))
    return {
        "told": told,
        "said_in": lambda said: told(said.text) % said.values if said.values else say(said.text),
        "title_of": title_of,
        "plain_summary": plain_summary,
    }


def _form(asked: Asked, evt: str) -> Form:
    """Give the form of an event.

    Raises:
        UnknownError: There is no such event.
        RefusedError: ``role_denied``, none of the caller's roles may record it.
    """
    if evt not in _NAMES:
        raise hidden()
    form = questions_of(evt)
    if form.kind.roles.isdisjoint(asked.caller.roles):
        raise refusal("role_denied")
    return form


def _offered(asked: Asked, kind: EventType, subject: str) -> bool:
    mine = not kind.roles.isdisjoint(asked.caller.roles)
    return mine and subject in ("", kind.subject)


def _subject(stream: str) -> str:
    """Tell of which kind a record is; a short form is always of a firearm."""
    if not stream:
        return ""
    kind = stream.partition(".")[0] if "." in stream else FIREARM
    return kind if kind in SUBJECTS else ""


_NO_RECORD: Final = _("Say first which firearm it is, on the first page.")
_NO_HOLDER: Final = _("No holding is on record for this firearm.")
_UNMATCHED: Final = _(
    "No firearm on record is named. Go back and choose one of the possible firearms to have its "
    "history filled in, or answer by hand."
)
_OPTIONAL: Final = replace(OCCURRED.member, required=False)
"""Stands for a question where one of several forms of an answer has none of its own."""

_NAMES: Final = frozenset(each.evt for each in CATALOGUE)
