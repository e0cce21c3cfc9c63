# SPDX-License-Identifier: Apache-2.0
"""Ways to sign the same event without this browser: the command line, the SDK, a smart card."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from api.registrar import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Texts that are ready to be copied.

    Attributes:
        command: A command line that signs and appends the event.
        event: The event as `muniment sign` reads it; it may name persons.
        python: The same with the SDK, by a key file or a card.
    """

    command: str
    event: str = field(repr=False)
    python: str = field(repr=False)


def elsewhere(act: Act, origin: str, authority: str) -> Elsewhere:
    """Give the ways to sign an act elsewhere.

    Args:
        act: What is to be recorded.
        origin: Public address of the service.
        authority: Who answers for it.
    """
    return Elsewhere(
        command="muniment sign event.json --key officer.pem | muniment append -",
        event=json.dumps(_event(act), ensure_ascii=False, indent=2),
        python=_PYTHON.format(origin=origin, authority=authority),
    )


def _event(act: Act) -> dict[str, Any]:
    members: dict[str, Any] = {"evt": act.evt, "sub": str(act.sub), "occ": act.occ, "dat": act.dat}
    return members | ({"disclosures": dict(act.disclosures)} if act.disclosures else {})


_PYTHON: Final = """\
event = json.loads(Path("event.json").read_bytes())
officer = FileKey.load(Path("officer.pem"), passphrase)
# or on a card: TokenKey.open(module, token="...", pin=pin, label="...")
with Client.open("{origin}", officer, machine, authority="{authority}", ledger=ledger) as client:
    client.record(event["evt"], event["sub"], dat=event["dat"], occ=event["occ"],
                  disclosures=event.get("disclosures", {{}}))
"""
