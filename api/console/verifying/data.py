# SPDX-License-Identifier: Apache-2.0
"""What the verification page is given as data: its words, and what it needs of the catalogue.

The words are the English sentences that the modules mark with ``N_``, each translated. Of the
catalogue it holds one line for each event type, and the schemas of the registry's events, which say
who may sign; so the page knows the types by the same table as the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any, Final

from babel.messages.extract import extract
from pydantic.json_schema import models_json_schema

from api.console.verifying.joining import module_names, read_module
from api.languages import Translate
from audit.proof.verify.trust import Trust
from domain.catalogue import CATALOGUE
from domain.identifiers import REGISTRY_KINDS
from domain.schema import Catalogue, Closed, EventType

MARK: Final = "N_"
"""Marks a sentence in a module, as ``_`` does elsewhere."""

KEYWORDS: Final = frozenset({
    "$ref", "anyOf", "const", "enum", "items", "maxItems", "maxLength", "maximum", "minItems",
    "minLength", "minimum", "oneOf", "pattern", "properties", "required", "type",
})  # fmt: skip
"""The part of JSON Schema that the page reads (``event/schema.js``)."""

_UNREAD: Final = frozenset(("title", "description", "default", "discriminator"))
"""Keywords that say nothing about which values are admitted here."""

Schema = Mapping[str, Any]


@cache
def sentences() -> tuple[str, ...]:
    """Give every English sentence of the modules, for the page and for whoever translates."""
    found: dict[str, None] = {}
    for name in module_names():
        source = BytesIO(read_module(name).encode())
        for _, message, _, _ in extract("javascript", source, keywords={MARK: None}):
            found[str(message)] = None
    return tuple(found)


def page_data(translate: Translate) -> dict[str, Any]:
    """Give what the page reads from its data block.

    Args:
        translate: Gives a sentence in the reader's language.
    """
    said = {each: translate(each) for each in sentences()}
    told = {sentence: words for sentence, words in said.items() if sentence != words}
    return {"messages": told, "catalogue": catalogue_data(CATALOGUE)}


def catalogue_data(catalogue: Catalogue) -> dict[str, Any]:
    """Give the event types of a catalogue, and the schemas that decide who may sign."""
    registry = [each for each in catalogue if each.subject in REGISTRY_KINDS]
    models: list[type[Closed]] = [Trust, *(each.dat for each in registry)]
    _, made = models_json_schema([(each, "validation") for each in models], by_alias=True)
    return {
        "types": {each.kind: _line(each) for each in catalogue},
        "schemas": {each.kind: {"$ref": f"#/$defs/{each.dat.__name__}"} for each in registry},
        "definitions": {name: _read_part(each) for name, each in made["$defs"].items()},
    }


def _line(kind: EventType) -> dict[str, Any]:
    return {
        "subject": kind.subject,
        "digests": kind.digests,
        "roles": sorted(kind.roles),
        "claims": dict(kind.claims),
    }


def _read_part(schema: Schema) -> dict[str, Any]:
    """Leave out of a schema what the page does not read; every object in it is closed.

    Raises:
        ValueError: It says something that the page would overlook: a fault of the program.
    """
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise ValueError("A schema of the registry is open.")
    kept = {name: each for name, each in schema.items() if name not in _UNREAD}
    kept.pop("additionalProperties", None)
    if not kept.keys() <= KEYWORDS:
        raise ValueError(f"The page does not read {sorted(kept.keys() - KEYWORDS)}.")
    return {name: _read_value(name, each) for name, each in kept.items()}


def _read_value(name: str, value: Any) -> Any:
    if name == "properties":
        return {member: _read_part(each) for member, each in value.items()}
    if name in {"anyOf", "oneOf"}:
        return [_read_part(each) for each in value]
    return _read_part(value) if name == "items" else value
