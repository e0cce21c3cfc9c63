# SPDX-License-Identifier: Apache-2.0
"""From a template to a page: strict, escaped, in the reader's language, and private.

Undefined names are errors, and whatever is put into a template is escaped (ASVS 1.2.1).
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any, Final

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import RedirectResponse, Response

from api.console.asking import me_in, reason_in
from api.console.assets import address
from api.console.charts.drawing.reader import Reader
from api.console.folding import FoldingGenerator
from api.console.formats import Formats
from api.console.forms.labels.codes import words_of
from api.console.languages import NAMES, chosen, direction, saying, translate
from api.console.menu import PAGES, entries
from api.console.vocabulary.countries import countries, place_entry
from api.console.vocabulary.words import PROOF_SIGNS, PROOF_WORDS, PURPOSE_WORDS
from api.console.vocabulary.writing import Writing, said, value
from api.describing.roles import ROLE_NAMES

LANGUAGE_COOKIE: Final = "muniment-language"
HTML: Final = "text/html; charset=utf-8"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'"
)
"""No exception of it is made for any page."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
}


def language_of(request: Request) -> str:
    """Tell in which language a reader is answered."""
    stated = request.cookies.get(LANGUAGE_COOKIE)
    return chosen(stated, request.headers.get("accept-language"))


def reader_of(request: Request) -> Reader:
    """Tell whom a picture is drawn for."""
    language = language_of(request)
    return Reader(language, translate(language))


def page(
    request: Request,
    name: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response:
    """Make a page from a template.

    Args:
        request: What is answered.
        name: Path of the template.
        status: HTTP status.
        headers: Headers besides the usual ones.
        context: What the template names.
    """
    language, me = language_of(request), me_in(request)
    text = (
        environment(language)
        .get_template(name)
        .render(
            me=me,
            menu=entries(me.caller) if me else (),
            reason=reason_in(request),
            here=request.url.path,
            here_whole=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            **context,
        )
    )
    return Response(text, status, media_type=HTML, headers={**HEADERS, **(headers or {})})


def file(octets: bytes, name: str, media_type: str) -> Response:
    """Give a file to be kept; it is nobody else's."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(octets, media_type=media_type, headers=headers)


def away(address: str, *cookies: str) -> Response:
    """Send the browser to another page of ours."""
    response = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    for each in cookies:
        response.headers.append("Set-Cookie", each)
    return response


@cache
def environment(language: str) -> Environment:
    """Give the templates in a language."""
    told = translate(language)
    made = Environment(
        loader=PackageLoader("api.console"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.extend(told=told)
    made.code_generator_class = FoldingGenerator
    made.install_gettext_callables(  # type: ignore[attr-defined]
        told, lambda one, many, count: told(one if count == 1 else many), newstyle=True
    )
    formats = Formats(language, told)
    writing = Writing(language, formats)
    made.filters |= _filters(language, formats, writing)
    made.globals |= _globals(language, writing)
    return made


def _filters(language: str, formats: Formats, writing: Writing) -> dict[str, Any]:
    """Give what writes values for a reader.

    What ``_`` gives counts as markup, so that it is for sentences of our own; texts with data in
    them go through ``say``, which is escaped like any other value.
    """
    told, say = translate(language), saying(language)
    return {
        "say": lambda sentence: say(str(sentence)),
        "marked": writing.marked,
        "value": value,
        "said": said,
        "place": writing.place,
        "coded": lambda code: writing.marked(words_of(code)),
        "question": writing.question,
        "answer": writing.answer,
        "line": writing.line,
        "day": formats.day,
        "moment": formats.moment,
        "listed": formats.listed,
        "number": formats.number,
        "percent": formats.percent,
        "role_name": lambda code: told(ROLE_NAMES.get(code, code)),
        "place_entry": lambda code: place_entry(code, language),
    }


def _globals(language: str, writing: Writing) -> dict[str, Any]:
    """Give what every template knows."""
    told = translate(language)
    return {
        "written_value": value,
        "written_said": said,
        "written_place": writing.place,
        "written_axis": writing.axis,
        "countries": partial(countries, language),
        "translated": lambda choices: [(code, told(words)) for code, words in choices],
        "proof_signs": PROOF_SIGNS,
        "proof_words": PROOF_WORDS,
        "purpose_words": PURPOSE_WORDS,
        "language": language,
        "languages": NAMES,
        "direction": direction(language),
        "asset": address,
        "record_pages": PAGES,
    }
