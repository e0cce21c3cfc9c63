# SPDX-License-Identifier: Apache-2.0
"""From submitted bytes to an event that may be judged: the last step before the lock.

Opens the envelope, refuses what the registry or the clock already rules out and seals
the disclosures (envelope specification, sections 4.6 and 6). Runs in the caller's
thread, since signature checks release the interpreter lock.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from audit.proof.envelope import SignedEvent, check_times, open_envelope
from audit.proof.keys import PublicKey, public_key
from audit.vault.vault import SealedDisclosure, Vault
from domain.application import Ledger
from domain.errors import MunimentError
from domain.event import Event
from domain.registry.authorise import authorise
from domain.registry.state import Registry
from domain.schema import Catalogue

Clock = Callable[[], float]
"""Gives the time in Unix seconds."""


@dataclass(frozen=True, slots=True)
class AdmittedEvent:
    """A signed event with its disclosures sealed, ready to be judged and recorded.

    Attributes:
        signed: The verified event.
        sealed: Its disclosures as the vault will keep them.
    """

    signed: SignedEvent
    sealed: tuple[SealedDisclosure, ...]

    @property
    def event(self) -> Event:
        """What the authority says happened."""
        return self.signed.event

    @property
    def jws(self) -> bytes:
        """The signed bytes, verbatim."""
        return self.signed.jws


class Admission:
    """Opens submissions for one ledger; safe to use from several threads."""

    def __init__(
        self,
        *,
        audience: str,
        catalogue: Catalogue,
        ledger: Ledger,
        vault: Vault,
        clock: Clock,
    ) -> None:
        """Bind the ledger, its name, its event types and its vault."""
        self._audience = audience
        self._catalogue = catalogue
        self._ledger = ledger
        self._vault = vault
        self._clock = clock
        self._keys: dict[str, PublicKey] = {}

    def open(self, submission: bytes) -> AdmittedEvent:
        """Verify a submission and seal what it discloses.

        Raises:
            EnvelopeError: The first check of section 4.6 that fails, by its code.
            RefusedError: The key may not sign this event as the registry stands now.
        """
        signed = open_envelope(
            submission,
            keys=self._key,
            catalogue=self._catalogue,
            audience=self._audience,
            founding=self._ledger.size == 0,
        )
        self._check(signed.event)
        sealed = self._vault.seal(signed) if signed.disclosures else ()
        return AdmittedEvent(signed, sealed)

    def _check(self, event: Event) -> None:
        """Refuse early what would be refused at the head anyway, and judge the clock.

        What is in the log already is let through to get its receipt again, whatever became
        of its key since (section 4.7). Another process may have changed the registry.
        """
        with suppress(MunimentError):
            self._judge(event, self._ledger.registry)
            return
        if not self._ledger.holds(event):
            self._judge(event, self._ledger.catch_up())

    def _judge(self, event: Event, registry: Registry) -> None:
        refusal = authorise(registry, event, self._ledger.size)
        if refusal:
            raise refusal.error()
        key = registry.keys.get(event.kid)
        check_times(event, now=int(self._clock()), offline=key is not None and key.offline)

    def _key(self, kid: str) -> PublicKey | None:
        """Find a public key; its material never changes, so it is parsed once."""
        known = self._keys.get(kid)
        if known is None:
            record = self._ledger.registry.keys.get(kid) or self._ledger.catch_up().keys.get(kid)
            if record is None:
                return None
            known = self._keys[kid] = public_key(record.jwk)
        return known
