# SPDX-License-Identifier: Apache-2.0
"""What an auditor trusts before looking at a log: its keys, its origin, its founding.

Implements ``trust.json`` and ``policy.txt`` of the log specification, sections 2.8 and 2.9
(the latter as C2SP tlog-policy). A trust file that travels with the evidence proves
nothing by itself; where the verifier has no other, it says so. Signing and time-stamping
the trust file itself is left to a later step.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, ValidationError

from audit.proof.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from audit.proof.encoding import strict_json
from audit.proof.note import VerifierKey, parse_verifier_key
from domain.codes import Maybe
from domain.errors import InvalidValueError, ProofError, UsageError
from domain.registry.members import ROOTS_MAX, ROOTS_MIN, KeyId
from domain.schema import Closed, Digest

TRUST_FILE: Final = "trust.json"
POLICY_FILE: Final = "policy.txt"
TRUST_OCTETS_MAX: Final = 65_536
LOG_KEYS_MAX: Final = 64

Size = Annotated[int, Field(ge=0, le=2**53 - 1)]
_Line = Annotated[
    str, StringConstraints(min_length=1, max_length=1_024, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")
]


class LogKey(Closed):
    """A key of the log and the tree sizes whose checkpoints it signs.

    Attributes:
        vkey: C2SP verifier key; its name is the origin.
        from_size: First size.
        to_size: Last size; absent while the key is in use.
    """

    vkey: _Line
    from_size: Size
    to_size: Maybe[Size] = None

    def signs(self, size: int) -> bool:
        """Tell whether a checkpoint of a size may bear this key's signature."""
        return self.from_size <= size and (self.to_size is None or size <= self.to_size)


class Trust(Closed):
    """What has to be known from elsewhere to verify a log.

    Attributes:
        audience: Identifier of the ledger, ``aud`` of every event.
        origin: Name of the log in its checkpoints.
        log_keys: Keys of the log, one after another.
        genesis: Event id of the founding event, index 0.
        threshold: How many root officers act together.
        root_keys: Thumbprints of the keys that the founding event names.
    """

    audience: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,64}$")]
    origin: _Line
    log_keys: Annotated[
        tuple[LogKey, ...], Field(strict=False, min_length=1, max_length=LOG_KEYS_MAX)
    ]
    genesis: Digest
    threshold: Annotated[int, Field(ge=1, le=ROOTS_MAX)]
    root_keys: Annotated[
        tuple[KeyId, ...], Field(strict=False, min_length=ROOTS_MIN, max_length=ROOTS_MAX)
    ]

    @classmethod
    def parse(cls, octets: bytes) -> Self:
        """Read a trust file.

        Raises:
            UsageError: It is not such a file, or a log key in it is malformed.
        """
        try:
            if len(octets) > TRUST_OCTETS_MAX:
                raise _malformed(f"it has more than {TRUST_OCTETS_MAX} octets")
            trust = cls.model_validate(strict_json(octets))
            for key in trust.log_keys:
                parse_verifier_key(key.vkey)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            path = ".".join(str(part) for part in first["loc"])
            raise _malformed(f"{path}: {first['msg']}") from error
        except (InvalidValueError, ProofError) as error:
            raise _malformed(error.sentence) from error
        return trust

    def encode(self) -> bytes:
        """Give the octets of the trust file, always the same for the same trust."""
        members = self.model_dump(mode="json", exclude_none=True)
        return json.dumps(members, indent=2, sort_keys=True).encode() + b"\n"

    def policy(self) -> bytes:
        """Give the log's keys as a C2SP policy, without witnesses as yet."""
        lines = [f"log {key.vkey}" for key in self.log_keys]
        return "\n".join([*lines, "quorum none", ""]).encode()

    def verifier_keys(self, size: int) -> tuple[VerifierKey, ...]:
        """Give the keys that may sign a checkpoint of a size."""
        return tuple(parse_verifier_key(key.vkey) for key in self.log_keys if key.signs(size))

    def open(self, note: bytes) -> Checkpoint:
        """Check a checkpoint note under the keys that are trusted for its size.

        Raises:
            ProofError: It is not a checkpoint of this log, or no trusted key signed it.
        """
        try:
            text = note.rpartition(b"\n\n")[0].decode() + "\n"
        except UnicodeDecodeError as error:
            raise ProofError("The note is not UTF-8.") from error
        return open_checkpoint(note, self.verifier_keys(parse_checkpoint(text).size), self.origin)

    def fingerprints(self) -> tuple[str, ...]:
        """Give what to compare with the ledger's keeper by another way, a line each."""
        return (
            *(f"log key {key.vkey}" for key in self.log_keys),
            *(f"root key {kid}" for kid in self.root_keys),
            f"founding event {self.genesis}, {self.threshold} of {len(self.root_keys)} roots",
        )


def read_trust(path: Path) -> Trust:
    """Read a trust file from disk.

    Raises:
        UsageError: The file cannot be read or is no trust file.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(TRUST_OCTETS_MAX + 1)
    except OSError as error:
        raise UsageError(
            f"The trust file {path} cannot be read: {error.strerror}.",
            slug="trust_unreadable",
            next_step="Name the trust file you were given with --trust FILE.",
        ) from error
    return Trust.parse(octets)


def _malformed(reason: str) -> UsageError:
    return UsageError(
        f"This is not a trust file: {reason.rstrip('.')}.",
        slug="trust_malformed",
        next_step="Ask the keeper of the ledger for its trust.json and name it with --trust.",
    )
