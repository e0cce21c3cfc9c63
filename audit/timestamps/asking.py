# SPDX-License-Identifier: Apache-2.0
"""Asking one authority to date some octets, and believing nothing that does not verify.

Implements the client of RFC 3161, section 2.2 and 2.4.1: SHA-256, a fresh nonce, and the
signer's certificate asked for. The answer is verified at once, against the root that the
settings name and against this machine's clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from audit.proof.timestamps.files import Suffix
from audit.proof.timestamps.folder import CAPS
from audit.proof.timestamps.verifying import Papers, Stamp, verify_stamp
from audit.timestamps.post import Pause, post
from audit.timestamps.settings import Authority
from domain.errors import ProofError, UsageError

CLOCK_SECONDS_MAX: Final = 300
"""How far an authority's clock may be from this machine's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obtained:
    """A token that verified, with everything to be kept.

    Attributes:
        stamp: What it proves.
        files: Octets by suffix: ``tsq`` and ``tsr``, and what lies beside the token.
    """

    stamp: Stamp
    files: Mapping[Suffix, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks authorities.

    Attributes:
        clock: This machine's time, in Unix seconds.
        pause: How to wait between tries.
    """

    clock: Callable[[], float] = time.time
    pause: Pause = time.sleep

    def ask(self, message: bytes, authority: Authority) -> Obtained:
        """Have octets dated.

        Raises:
            UnreachableError: ``tsa_unreachable``.
            ProofError: The answer does not verify, see ``verify_stamp``; ``tsa_answer``; or
                ``stamp_clock``, its time is far from this machine's.
            UsageError: ``tsa_settings``, a file beside the tokens cannot be read.
        """
        beside = _beside(authority)
        request = (
            TimestampRequestBuilder()
            .data(message)
            .hash_algorithm(HashAlgorithm.SHA256)
            .nonce(nonce=True)
            .cert_request(cert_request=True)
            .build()
            .as_bytes()
        )
        answer = post(authority.url, request, pause=self.pause)
        papers = Papers(
            answer=answer, request=request, chain=beside.get("pem", b""), crl=beside.get("crl")
        )
        stamp = verify_stamp(message, papers, [authority.trust])
        self._check_clock(stamp)
        return Obtained(stamp=stamp, files={"tsq": request, "tsr": answer, **beside})

    def _check_clock(self, stamp: Stamp) -> None:
        now = self.clock()
        if not stamp.earliest - CLOCK_SECONDS_MAX <= now <= stamp.latest + CLOCK_SECONDS_MAX:
            raise ProofError(
                f"The clock of {stamp.authority} and this machine's are more than"
                f" {CLOCK_SECONDS_MAX} seconds apart.",
                slug="stamp_clock",
                next_step="Set this machine's clock; if it is right, use another authority.",
            )


def _beside(authority: Authority) -> dict[Suffix, bytes]:
    """Read the files that are kept with each token, as they are now."""
    return {
        suffix: _read(authority.beside[suffix], cap)
        for suffix, cap in CAPS.items()
        if suffix in authority.beside
    }


def _read(path: Path, cap: int) -> bytes:
    try:
        with path.open("rb") as file:
            octets = file.read(cap + 1)
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror}") from error
    if len(octets) > cap:
        raise _unusable(path, f"has more than {cap} octets")
    return octets


def _unusable(path: Path, reason: str) -> UsageError:
    return UsageError(
        f"The file {path}, to be kept with time-stamps, {reason}.",
        slug="tsa_settings",
        next_step="Mend the file, or take it out of the time-stamp settings.",
    )
