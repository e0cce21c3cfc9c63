# SPDX-License-Identifier: Apache-2.0
"""Checks the signatures of a batch in a process of its own, while payloads are read here.

Implements "signatures were already checked in worker threads or processes" of design
section 3. Its verdicts are those of ``check_here``, word for word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audit.proof.keys import SignatureCheck, Verdicts, check_here, public_key
from audit.sidecar import Sidecar, serve
from domain.errors import EnvelopeError

SHARE_HERE: Final = 4
"""One check in so many is made here, so that both processes end at the same time."""

CHECKS_MIN: Final = 8
"""Fewer are checked here, before the process would have answered."""

Job = tuple[tuple[tuple[str, str], ...], bytes, bytes]
"""The members of a public key, a signature and what it covers."""

Verdict = tuple[str, str] | None
"""Sentence and slug of what is wrong with a signature, or nothing."""


class CheckingProcess:
    """Hands checks to a process, which is started with the first batch worth it."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self.sidecar: Sidecar[Job, Verdict] = Sidecar(__name__)

    def __call__(self, checks: Sequence[SignatureCheck]) -> Verdicts:
        """Begin to check signatures, there if that saves time."""
        if len(checks) < CHECKS_MIN:
            return check_here(checks)
        here = len(checks) // SHARE_HERE
        begun = self.sidecar.begin([_job(check) for check in checks[here:]])
        if begun is None:
            return check_here(checks)

        def verdicts() -> Sequence[EnvelopeError | None]:
            own = check_here(checks[:here])()
            found = begun()
            there = check_here(checks[here:])() if found is None else map(_error, found)
            return [*own, *there]

        return verdicts

    def close(self) -> None:
        """End the process."""
        self.sidecar.close()


def _job(check: SignatureCheck) -> Job:
    return tuple(check.key.jwk.items()), check.signature, check.message


def _verdict(job: Job) -> Verdict:
    members, signature, message = job
    error = SignatureCheck(public_key(dict(members)), signature, message).outcome()
    return (error.sentence, error.slug) if error else None


def _error(verdict: Verdict) -> EnvelopeError | None:
    return EnvelopeError(verdict[0], slug=verdict[1]) if verdict else None


if __name__ == "__main__":
    serve(lambda _: _verdict)
