# SPDX-License-Identifier: Apache-2.0
"""A process of its own that appends, and says after each receipt which event it was for."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.bootstrap import open_office
from api.client.keyfile import FileKey
from api.settings import Settings
from tests.integration.append.desk import Desk, born, signed

CHECKOUT = Path(__file__).parents[3]
PROGRAM = "from tests.integration.append.writer import main; main()"
THREADS = 4


def order(desk: Desk, *, events: int) -> bytes:
    """Say what a writer shall do: where, with which key, and how many events."""
    private = desk.key._private
    assert isinstance(private, Ed25519PrivateKey)
    settings = desk.office.settings
    return json.dumps(
        {
            "home": str(settings.home),
            "url": settings.database_url,
            "seed": private.private_bytes_raw().hex(),
            "events": events,
        }
    ).encode()


def main() -> None:
    """Append as ordered on standard input; print index and event id of every receipt."""
    told: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    key = FileKey.of(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(told["seed"])))
    with open_office(Settings(home=Path(told["home"]), database_url=told["url"])) as office:

        def write() -> None:
            for _ in range(told["events"] // THREADS):
                receipt = office.append(signed(born_here(), key).to_bytes())
                sys.stdout.write(f"{receipt.index} {receipt.eid}\n")
                sys.stdout.flush()

        threads = [threading.Thread(target=write) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def born_here() -> Any:
    """Draft a firearm whose serial no other process draws."""
    draft = born()
    dat = {**draft.dat, "serial": {"known": draft.jti[-12:].upper()}}
    return born(dat=dat)
