# SPDX-License-Identifier: Apache-2.0
"""How an entry of a compromised key stands, in words for whoever reads its history.

Serves the key compromise drill of the log specification, section 2.8: the entry stays and is
told, with what was found out about it beside it.
"""

from __future__ import annotations

from domain.event import Event
from domain.registry.state import Registry


def told_standing(registry: Registry, event: Event, index: int) -> str | None:
    """Say how an entry stands; nothing where its key was not compromised at the time.

    Args:
        registry: The registry, verified, as of now.
        event: What the entry says.
        index: Its position in the log.
    """
    standing = registry.standing(event.kid, index, event.eid)
    if standing == "undisputed":
        return None
    found = registry.settlements.get(index)
    if standing == "disputed" or found is None:
        since = registry.keys[event.kid].compromised_since
        return f"its key is compromised since index {since}, and nobody has confirmed this entry"
    if standing == "confirmed":
        return f"its key was compromised; two officers confirmed this entry (index {found.index})"
    return (
        f"its key was compromised; event {found.by} counts instead of this entry "
        f"(index {found.index})"
    )
