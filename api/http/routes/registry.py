# SPDX-License-Identifier: Apache-2.0
"""Who may sign what: authorities, keys and their mandates, as of now.

Names of officers are not in the log, and not here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from api.gate.asking import Asked, asks, hidden
from api.http.answering.answers import EACH_TIME, answered
from api.http.models import Record
from domain.catalogue import CATALOGUE
from domain.registry.state import Authority, Grant, KeyRecord, Registry

Open = Annotated[Asked, Depends(asks("registry.read"))]
Kid = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$", description="RFC 7638 thumbprint.")]

router = APIRouter(prefix="/registry", tags=["registry"])


@router.get("", summary="Authorities and keys", response_model=Record)
def read_registry(asked: Open) -> Response:
    """Give every authority and every key that the ledger ever knew, with its state now."""
    with asked.admitted():
        registry, size = _now(asked)
    record = {
        "log_size": size,
        "ledger": asked.service.office.audience,
        "authorities": [_authority(each) for each in registry.authorities.values()],
        "keys": [_key(each, size) for each in registry.keys.values()],
    }
    return answered(record, cache=EACH_TIME)


@router.get("/keys/{kid}", summary="One key", response_model=Record)
def read_key(asked: Open, kid: Kid) -> Response:
    """Give a key with its algorithm, its mandates and its state now."""
    with asked.admitted():
        registry, size = _now(asked)
        if kid not in registry.keys:
            raise hidden()
    return answered(_key(registry.keys[kid], size), cache=EACH_TIME)


@router.get("/event-types", summary="What can be recorded", response_model=Record)
def read_event_types(asked: Open) -> Response:
    """Give every type of event with its schema, its personal data, and who may record it."""
    with asked.admitted():
        return answered({"types": _event_types()}, cache=EACH_TIME)


@cache
def _event_types() -> list[dict[str, Any]]:
    """Give the types; making their schemas takes longer than a stranger may take from others."""
    return [
        {
            "type": f"{each.evt}/{each.ver}",
            "subject": each.subject,
            "roles": sorted(each.roles),
            "disclosures": dict(each.claims),
            "source": each.source,
            "schema": each.dat.model_json_schema(),
        }
        for each in CATALOGUE
    ]


def _now(asked: Asked) -> tuple[Registry, int]:
    ledger = asked.service.office.ledger
    return ledger.catch_up(), ledger.size


def _authority(each: Authority) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "jurisdictions": list(each.jurisdictions),
        "registered": each.registered,
    }


def _key(each: KeyRecord, size: int) -> dict[str, Any]:
    return {
        "kid": each.kid,
        "alg": each.alg,
        "jwk": dict(each.jwk),
        "class": each.key_class,
        "authority": each.authority,
        "officer": each.officer,
        "state": each.state_at(size),
        "not_before": each.not_before,
        "not_after": each.not_after,
        "approved": each.approved,
        "ended": each.ended,
        "end_reason": each.end_reason,
        "successor": each.successor,
        "compromised_since": each.compromised_since,
        "grants": list(_grants(each.grants, size)),
    }


def _grants(grants: Iterable[Grant], size: int) -> Iterable[dict[str, Any]]:
    for each in grants:
        if size in each.during:
            yield {
                "role": each.role,
                "jurisdictions": list(each.jurisdictions),
                "not_after": each.not_after,
            }
