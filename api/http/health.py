# SPDX-License-Identifier: Apache-2.0
"""Whether the service can do its work, part by part; nothing secret, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from audit.tree import read_size
from domain.errors import MunimentError, UnreachableError
from projections.standing import read_standings

if TYPE_CHECKING:
    from api.service.service import Service

LAG_MAX: Final = 10_000
"""Entries that a projection may be behind before the service counts as not ready."""


def ready_checks(service: Service) -> dict[str, str]:
    """Look at every part; ``ok``, or the slug of what is wrong with it."""
    return {
        name: _told(check, service)
        for name, check in {
            "database": _database,
            "keystore": _keystore,
            "signer": _signer,
            "projections": _projections,
        }.items()
    }


def _told(check: Callable[[Service], None], service: Service) -> str:
    try:
        check(service)
    except MunimentError as error:
        return error.slug
    return "ok"


def _database(service: Service) -> None:
    with service.link() as link:
        read_size(link)


def _keystore(service: Service) -> None:
    service.office.vault.check()


def _signer(service: Service) -> None:
    """Sign what is committed, and so keep the newest checkpoint young."""
    service.office.notary.checkpoint()


def _projections(service: Service) -> None:
    with service.link() as link:
        for each in read_standings(link):
            if each.problem:
                raise each.problem
            if each.behind is not None and each.behind > LAG_MAX:
                raise UnreachableError("A projection is far behind.", slug="projection_behind")
