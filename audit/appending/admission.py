# SPDX-License-Identifier: Apache-2.0
"""From submitted bytes to an event that may be judged: the last step before the lock.

Opens the envelope, refuses what the registry or the clock already rules out and seals
the disclosures (envelope specification, sections 4.6 and 6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audit.proof.envelope.opening import Reading, SignedEvent, check_times, open_envelopes
from audit.proof.keys import Check, PublicKey, check_here, public_key
from audit.vault.vault import SealedDisclosure, Vault
from domain.application import Ledger
from domain.errors import ConflictError, EnvelopeError, MunimentError
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
        catalogue: Catalogue,
        ledger: Ledger,
        vault: Vault,
        clock: Clock,
        check: Check = check_here,
    ) -> None:
        """Bind the ledger, its event types, its vault and who checks signatures."""
        self._catalogue = catalogue
        self._ledger = ledger
        self._vault = vault
        self._clock = clock
        self._check = check
        self._keys: dict[str, PublicKey] = {}

    def open(self, submission: bytes) -> AdmittedEvent:
        """Verify a submission and seal what it discloses.

        Raises:
            EnvelopeError: The first check of section 4.6 that fails, by its code.
            RefusedError: The key may not sign this event as the registry stands now.
        """
        (outcome,) = self.open_many([submission])
        if isinstance(outcome, MunimentError):
            raise outcome
        return outcome

    def open_many(self, submissions: Sequence[bytes]) -> list[AdmittedEvent | MunimentError]:
        """Verify submissions together; each has the outcome that it has alone."""
        reading = Reading(
            self._key, self._catalogue, self._vault.audience, founding=self._ledger.size == 0
        )
        opened = open_envelopes(submissions, reading, check=self._check)
        outcomes = [
            each if isinstance(each, MunimentError) else self._admit(each) for each in opened
        ]
        return self._seal(outcomes)

    def _admit(self, signed: SignedEvent) -> SignedEvent | MunimentError:
        """Refuse early what would be refused at the head anyway, and judge the clock.

        What is in the log already is let through to get its receipt again, whatever became
        of its key since (section 4.7). Another process may have changed the registry.
        """
        try:
            problem = self._problem(signed.event, self._ledger.registry)
            if problem and not self._ledger.holds(signed.event):
                problem = self._problem(signed.event, self._ledger.catch_up())
                if problem:
                    return problem
        except MunimentError as error:
            return error
        return signed

    def _seal(
        self, outcomes: Sequence[SignedEvent | MunimentError]
    ) -> list[AdmittedEvent | MunimentError]:
        """Seal what the events of a batch disclose; without the key store none of them gets in."""
        signed = [each for each in outcomes if isinstance(each, SignedEvent)]
        try:
            sealed = self._vault.seal_all(signed)
            admitted = iter([self._admitted(*each) for each in zip(signed, sealed, strict=True)])
        except MunimentError as error:
            return [each if isinstance(each, MunimentError) else error for each in outcomes]
        return [each if isinstance(each, MunimentError) else next(admitted) for each in outcomes]

    def _admitted(
        self, signed: SignedEvent, sealed: tuple[SealedDisclosure, ...] | ConflictError
    ) -> AdmittedEvent | MunimentError:
        """Refuse what discloses something about the erased, unless it had been recorded before."""
        if not isinstance(sealed, ConflictError):
            return AdmittedEvent(signed, sealed)
        return AdmittedEvent(signed, ()) if self._ledger.holds(signed.event) else sealed

    def _problem(self, event: Event, registry: Registry) -> MunimentError | None:
        refusal = authorise(registry, event, self._ledger.size)
        if refusal:
            return refusal.error()
        key = registry.keys.get(event.kid)
        try:
            check_times(event, now=int(self._clock()), offline=key is not None and key.offline)
        except EnvelopeError as error:
            return error
        return None

    def _key(self, kid: str) -> PublicKey | None:
        """Find a public key; its material never changes, so it is parsed once."""
        known = self._keys.get(kid)
        if known is None:
            record = self._ledger.registry.keys.get(kid) or self._ledger.catch_up().keys.get(kid)
            if record is None:
                return None
            known = self._keys[kid] = public_key(record.jwk)
        return known
