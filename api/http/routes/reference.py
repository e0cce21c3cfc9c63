# SPDX-License-Identifier: Apache-2.0
"""The reference as a page: the OpenAPI document for people, without any script.

Everything comes from our own files, so that nothing is fetched from outside (console conventions,
section 1). Whoever wants to try a call has curl, the SDK, or any tool that reads the document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http.answering.answers import EACH_TIME

POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
HTML: Final = "text/html; charset=utf-8"

_CODE: Final = re.compile("`([^`]+)`")

router = APIRouter(include_in_schema=False)


@router.get("/reference")
async def show_reference(request: Request) -> Response:
    """Show every address, what it takes and what it answers."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": EACH_TIME}
    page = _page(json.dumps(request.app.openapi()))
    return Response(page, media_type=HTML, headers=headers)


@router.get("/reference.css")
async def show_style() -> Response:
    """Give the one style sheet of the page."""
    text = (files("api.http") / "data" / "reference.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css", headers={"Cache-Control": EACH_TIME})


@cache
def _page(document: str) -> str:
    told = json.loads(document)
    calls = sorted(_calls(told), key=lambda each: each[0])
    groups = [(tag, list(found)) for tag, found in groupby(calls, key=lambda each: each[0])]
    links = "".join(f'<li><a href="#{_place(tag)}">{tag}</a></li>' for tag, _ in groups)
    parts = "".join(
        f'<section aria-labelledby="{_place(tag)}"><h2 id="{_place(tag)}">{tag}</h2>'
        f"{''.join(html for _, html in found)}</section>"
        for tag, found in groups
    )
    title = f"{escape(told['info']['title'])} {escape(told['info']['version'])}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}: reference</title><link rel="stylesheet" href="/reference.css"></head>'
        f"<body><header><h1>{title}</h1><p>{_prose(told['info']['description'])}</p>"
        '<p><a href="/v1/openapi.json">OpenAPI document</a></p></header>'
        f'<nav aria-label="Contents"><ul>{links}</ul></nav><main>{parts}</main></body></html>'
    )


def _calls(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, methods in told["paths"].items():
        for method, call in methods.items():
            yield call["tags"][0], _call(path, method, call)


def _call(path: str, method: str, call: dict[str, Any]) -> str:
    rows = "".join(_parameter(each) for each in call.get("parameters", ()))
    head = "<thead><tr><th>Parameter</th><th>Where</th><th>Meaning</th></tr></thead>"
    table = f"<table>{head}<tbody>{rows}</tbody></table>" if rows else ""
    answers = ", ".join(f"<code>{status}</code>" for status in call["responses"])
    return (
        f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code> "
        f"{escape(call.get('summary', ''))}</summary><p>{_prose(call.get('description', ''))}</p>"
        f"{table}{''.join(_body(call))}<p>Answers: {answers}</p></details>"
    )


def _parameter(each: dict[str, Any]) -> str:
    needed = "" if not each.get("required") else " (required)"
    meaning = each.get("description") or each.get("schema", {}).get("description", "")
    name = f"<code>{escape(each['name'])}</code>{needed}"
    return f"<tr><td>{name}</td><td>{each['in']}</td><td>{_prose(meaning)}</td></tr>"


def _place(tag: str) -> str:
    """Give the anchor of a group; an identifier has no spaces."""
    return tag.replace(" ", "-")


def _prose(text: str) -> str:
    """Show what stands between backquotes as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _body(call: dict[str, Any]) -> Iterator[str]:
    for media_type, content in call.get("requestBody", {}).get("content", {}).items():
        example = content.get("example", "")
        text = example if isinstance(example, str) else json.dumps(example, indent=2)
        yield f"<p>Body: <code>{escape(media_type)}</code></p><pre>{escape(text)}</pre>"
