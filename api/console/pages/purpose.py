# SPDX-License-Identifier: Apache-2.0
"""Why the reader asks: without a purpose and a legal basis nothing is shown of any firearm.

Implements access by purpose of the envelope specification, section 7; what is stated here stands in
the access log with everything that is looked at afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.caller import Reason
from api.access.reasons import read_reason
from api.access.table import PURPOSES
from api.console.asking import REASON_FIELDS, asks, form_of, local, reason_cookie, text_in
from api.console.languages import saying
from api.console.rendering import away, language_of, page
from api.console.vocabulary.words import PURPOSE_WORDS
from api.gate.asking import Asked
from domain.errors import InvalidValueError

Next = Annotated[str, Query(alias="next", max_length=1_024)]
Why = Annotated[str, Query(max_length=64)]
Known = Annotated[Asked, Depends(asks("registry.read"))]

USUAL: Final = "/"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the reader has answered so far.

    Attributes:
        purpose: What for.
        basis: Code of the legal basis.
        case: Reference of the case.
        recipient: State or authority to which what is read is passed on.
        to: Where the reader goes on.
        why: Code of what led here.
    """

    purpose: str = ""
    basis: str = ""
    case: str = ""
    recipient: str = ""
    to: str = USUAL
    why: str = ""

    def reason(self) -> Reason | None:
        """Give what was answered as a reason.

        Raises:
            InvalidValueError: ``reason_invalid``.
        """
        recipient = self.recipient or None
        return read_reason(self.purpose, self.basis, self.case or None, recipient=recipient)

    def wrong(self) -> str:
        """Tell which answer cannot be read, where one cannot."""
        if self.purpose not in PURPOSES:
            return "purpose"
        said = Answers(purpose=self.purpose)
        for name in ("basis", "case"):
            said = replace(said, **{name: getattr(self, name)})
            try:
                said.reason()
            except InvalidValueError:
                return name
        return "recipient"


@router.get("/purpose")
def ask_purpose(request: Request, asked: Known, *, to: Next = USUAL, why: Why = "") -> Response:
    """Ask for the purpose, the legal basis, the case, and to whom it is passed on."""
    asked.check_caller()
    known = asked.reason
    answers = Answers(to=to, why=why)
    if known is not None:
        answers = replace(
            answers,
            purpose=known.purpose,
            basis=known.legal_basis,
            case=known.case,
            recipient=known.recipient,
        )
    return _shown(request, answers, {})


@router.post("/purpose")
async def state_purpose(request: Request, asked: Known) -> Response:
    """Remember the purpose for as long as a working day, and go on."""
    await run_in_threadpool(asked.check_caller)
    form = await form_of(request)
    if text_in(form, "forget"):
        return away(USUAL, reason_cookie(None))
    said = {name: text_in(form, name) for name in REASON_FIELDS}
    answers = Answers(**said, to=text_in(form, "next"))
    try:
        reason = answers.reason()
    except InvalidValueError as error:
        return _shown(request, answers, {answers.wrong(): error.sentence})
    return away(local(answers.to) or USUAL, reason_cookie(reason))


def _shown(request: Request, answers: Answers, wrong: Mapping[str, str]) -> Response:
    say = saying(language_of(request))
    return page(
        request,
        "purpose.html",
        status=400 if wrong else 200,
        given=replace(answers, to=local(answers.to) or USUAL),
        choices=tuple(PURPOSE_WORDS.items()),
        errors={name: say(sentence) for name, sentence in wrong.items()},
    )
