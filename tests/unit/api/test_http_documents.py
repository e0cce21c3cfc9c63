# SPDX-License-Identifier: Apache-2.0
"""Holds the documents about HTTP true: the metrics, the limits, and the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.http.app import PREFIX, ROUTERS
from api.http.document import document, text
from api.http.limits import limits
from api.service.metrics import Metrics

DOCS = Path("docs")
METHODS = {"get", "post", "put", "delete"}


def test_every_metric_has_its_row_with_its_kind() -> None:
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(muniment_\w+)` \| (\w+) \|", page, re.MULTILINE))
    collected = {
        each.name + ("_total" if each.type == "counter" else ""): each.type
        for each in Metrics().registry.collect()
    }
    assert told == collected


def test_every_label_of_a_metric_stands_in_its_row() -> None:
    rows = (DOCS / "metrics.md").read_text(encoding="utf-8").splitlines()
    for each in vars(Metrics()).values():
        for label in getattr(each, "_labelnames", ()):
            names = (f"| `{each._name}` |", f"| `{each._name}_total` |")
            (row,) = [row for row in rows if row.startswith(names)]
            assert f"`{label}`" in row


def test_the_documents_of_the_service_are_the_ones_of_this_version() -> None:
    found = (DOCS / "openapi.json").read_text(encoding="utf-8")
    assert found == text(), "python -m api.http.document > docs/openapi.json"


def test_the_page_about_http_names_every_limit() -> None:
    page = (DOCS / "http.md").read_text(encoding="utf-8")
    assert [each["name"] for each in limits(50) if f"`{each['name']}`" not in page] == []


def _shows(member: dict[str, Any]) -> bool:
    """Tell whether a member shows what it may hold: by an example, or because it is plain."""
    if member.keys() & {"examples", "example", "default", "const", "enum", "$ref"}:
        return True
    kinds = member.get("anyOf", [member])
    plain = ("array", "boolean", "null")
    return all("$ref" in kind or kind.get("type") in plain for kind in kinds)


@pytest.mark.parametrize("name", sorted(document()["components"]["schemas"]))
def test_every_schema_has_an_example(name: str) -> None:
    schema = document()["components"]["schemas"][name]
    members = schema.get("properties", {})
    assert [member for member, each in members.items() if not _shows(each)] == []


def test_every_call_has_an_id_a_summary_and_a_description_of_its_own() -> None:
    calls = [
        call
        for methods in document()["paths"].values()
        for method, call in methods.items()
        if method in METHODS
    ]
    assert all(call["summary"] and call["description"] and call["tags"] for call in calls)
    ids = [call["operationId"] for call in calls]
    assert len(ids) == len(set(ids))


def test_asvs_api9_every_address_that_is_answered_stands_in_the_document() -> None:
    described = {
        (path, method.upper())
        for path, methods in document()["paths"].items()
        for method in methods
        if method in METHODS
    }
    answered = {
        (f"{PREFIX}{route.path}".replace(":path", ""), method)
        for router in ROUTERS
        for route in _within(router)
        for method in route.methods or ()
    }
    assert answered == described


def _within(router: APIRouter) -> Iterator[APIRoute]:
    for each in router.routes:
        if isinstance(each, APIRoute):
            yield each
        else:
            yield from _within(each.original_router)  # type: ignore[attr-defined]
