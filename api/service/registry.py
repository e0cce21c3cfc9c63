# SPDX-License-Identifier: Apache-2.0
"""The registry as it is now, for whatever has to know what a key or an officer may do."""

from __future__ import annotations

from collections.abc import Callable

from domain.application import Ledger
from domain.registry.state import Registry

RegistryNow = Callable[[], tuple[Registry, int]]
"""Gives the registry as it is now, with the next place in the log."""


def registry_of(ledger: Ledger) -> RegistryNow:
    """Give what reads a ledger's registry as it is now, whoever appended last."""
    return lambda: (ledger.catch_up(), ledger.size)
