# SPDX-License-Identifier: Apache-2.0
"""The memory of the nonces of signed requests, shared by every process of the service.

Implements "nonce recorded only after the signature verifies" of the envelope specification,
sections 7 and 9, row 24: callers come here last. Requests that arrive together are asked about
together, in one statement. A crash of the database forgets nonces; what could be replayed then is
younger than a minute, and an event is recorded once however often it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from audit.appending.turnstile import Turnstile
from audit.arrays import int8_array, text_array
from audit.link import Link, UnknownOutcomeError

BATCH_MAX: Final = 256
FORGET_SECONDS: Final = 60
"""How long after its expiry a nonce is still known; clocks of hosts differ by less."""

_TAKE: Final = "select kid, nonce from access.take_nonces(%b, %b, %b, %b)"

_Nonce = tuple[str, str, int]


class NonceBook:
    """Nonces by key; safe for several threads and processes."""

    def __init__(self, conninfo: str, *, clock: Callable[[], float]) -> None:
        """Remember how to reach the database, as the role ``ledger_api``, and the clock."""
        self._link = Link(conninfo)
        self._clock = clock
        self._turnstile = Turnstile(self._take, items_max=BATCH_MAX)

    def take(self, kid: str, nonce: str, expires: int) -> bool:
        """Use a nonce of a key up; tell whether nobody had used it before.

        Args:
            kid: The key.
            nonce: What its signature bears.
            expires: Until when that signature holds, in Unix seconds.

        Raises:
            UnreachableError: The database does not answer.
        """
        return self._turnstile.serve([(kid, nonce, expires)])[0]

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    def _take(self, wanted: Sequence[_Nonce]) -> list[bool]:
        try:
            fresh = self._fresh(wanted)
        except UnknownOutcomeError:
            # What the broken connection may have taken is lost: those requests are signed anew.
            fresh = self._fresh(wanted)
        answers = []
        for kid, nonce, _ in wanted:
            answers.append((kid, nonce) in fresh)
            fresh.discard((kid, nonce))
        return answers

    def _fresh(self, wanted: Sequence[_Nonce]) -> set[tuple[str, str]]:
        kids, nonces, expiries = zip(*wanted, strict=True)
        forget = int(self._clock()) - FORGET_SECONDS
        rows = self._link.write(
            _TAKE, (text_array(kids), text_array(nonces), int8_array(expiries), forget)
        )
        return {(kid, nonce) for kid, nonce in rows}
