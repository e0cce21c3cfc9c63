# SPDX-License-Identifier: Apache-2.0
"""What an auditor trusts before looking at a log: its keys, its origin, its founding.

Implements ``trust.json`` and ``policy.txt`` of the log specification, sections 2.8 and 2.9
(the latter as C2SP tlog-policy). A trust file that travels with the evidence proves
nothing by itself; where the verifier has no other, it says so. A log key is rotated on one
origin: the new key begins at a size, the old one ends at a size not below it, and in between
both sign. So that whoever holds an older file can believe the newer one, root keys sign it,
N of M. Time-stamping it is left to a later step.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import Field, StringConstraints, ValidationError

from audit.proof.attestation import verify_trust
from audit.proof.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from audit.proof.cosignature import signed_text
from audit.proof.encoding import strict_json
from audit.proof.note import ED25519, ML_DSA_44, VerifierKey, open_note, parse_verifier_key
from domain.codes import Maybe
from domain.errors import EnvelopeError, InvalidValueError, ProofError, UsageError
from domain.registry.members import ROOTS_MAX, ROOTS_MIN, Half, Jwk, KeyId
from domain.schema import Closed, Digest

TRUST_FILE: Final = "trust.json"
POLICY_FILE: Final = "policy.txt"
TRUST_OCTETS_MAX: Final = 262_144
LOG_KEYS_MAX: Final = 64
VKEY_CHARS_MAX: Final = 3_072
"""An ML-DSA-44 key takes 1,752 of them, and its name at most 1,020."""

LINE_NAMES: Final = {ED25519: "ed25519", ML_DSA_44: "ml-dsa-44"}
"""What the types of signature are called by which a log signs."""

_FOUNDING: Final = ("audience", "origin", "genesis", "threshold", "root_keys")
"""The members of a trust file that are of one ledger for ever."""

Size = Annotated[int, Field(ge=0, le=2**53 - 1)]
_Line = Annotated[
    str, StringConstraints(min_length=1, max_length=1_024, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")
]


_VerifierKeyLine = Annotated[
    str,
    StringConstraints(min_length=1, max_length=VKEY_CHARS_MAX, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$"),
]


class LogKey(Closed):
    """A key of the log and the tree sizes whose checkpoints it signs.

    Attributes:
        vkey: C2SP verifier key; its name is the origin.
        from_size: First size.
        to_size: Last size; absent while the key is in use.
    """

    vkey: _VerifierKeyLine
    from_size: Size
    to_size: Maybe[Size] = None

    def signs(self, size: int) -> bool:
        """Tell whether a checkpoint of a size may bear this key's signature."""
        return self.from_size <= size and (self.to_size is None or size <= self.to_size)


class RootSignature(Closed):
    """A root key's signature over everything else in a trust file (``fle-trust-1+jwt``).

    Attributes:
        kid: Thumbprint of the key.
        jwk: The key.
        r: First half of the signature.
        s: Second half.
    """

    kid: KeyId
    jwk: Jwk
    r: Half
    s: Half


class Trust(Closed):
    """What has to be known from elsewhere to verify a log.

    Attributes:
        audience: Identifier of the ledger, ``aud`` of every event.
        origin: Name of the log in its checkpoints.
        log_keys: Keys of the log, one after another.
        genesis: Event id of the founding event, index 0.
        threshold: How many root officers act together.
        root_keys: Thumbprints of the keys that the founding event names.
        signatures: Of root keys, over all the rest; verified where a file is read.
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
    signatures: Annotated[tuple[RootSignature, ...], Field(strict=False, max_length=ROOTS_MAX)] = ()

    @classmethod
    def parse(cls, octets: bytes) -> Self:
        """Read a trust file.

        Raises:
            UsageError: It is not such a file, a log key in it is malformed, or a signature in it
                is none of a root key that it names.
        """
        try:
            if len(octets) > TRUST_OCTETS_MAX:
                raise _malformed(f"it has more than {TRUST_OCTETS_MAX} octets")
            trust = cls.model_validate(strict_json(octets))
            for key in trust.log_keys:
                _check_log_key(key, trust.origin)
            verify_trust(trust.members(), trust.root_keys)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            path = ".".join(str(part) for part in first["loc"])
            raise _malformed(f"{path}: {first['msg']}") from error
        except (InvalidValueError, ProofError, EnvelopeError) as error:
            raise _malformed(error.sentence) from error
        return trust

    @property
    def endorsed(self) -> bool:
        """Whether as many root keys signed it as act together."""
        return len(self.signatures) >= self.threshold

    def continues(self, older: Trust) -> bool:
        """Tell whether it could be a later trust file of the same ledger; anybody can write one."""
        keys = {(key.vkey, key.from_size) for key in self.log_keys}
        return _differing(self, older) is None and keys > {
            (key.vkey, key.from_size) for key in older.log_keys
        }

    def says_the_same(self, other: Trust) -> bool:
        """Tell whether two trust files differ in nothing but signatures."""
        return self.model_copy(update={"signatures": other.signatures}) == other

    def members(self) -> dict[str, Any]:
        """Give the members of the trust file as JSON values."""
        members = self.model_dump(mode="json", exclude_none=True)
        return members if self.signatures else members | {"signatures": []}

    def encode(self) -> bytes:
        """Give the octets of the trust file, always the same for the same trust."""
        members = self.members()
        if not self.signatures:
            del members["signatures"]
        return json.dumps(members, indent=2, sort_keys=True).encode() + b"\n"

    def policy(self) -> bytes:
        """Give the log's keys as a C2SP policy, without witnesses as yet.

        One good signature of a log is enough to a policy, and many programs that read one
        know Ed25519 only; so keys of other types are named only where there is no such key.
        """
        keys = [_parsed(key.vkey) for key in self.log_keys]
        known = [key for key in keys if key.kind == ED25519] or keys
        return "\n".join([*(f"log {key}" for key in known), "quorum none", ""]).encode()

    def verifier_keys(self, size: int) -> tuple[VerifierKey, ...]:
        """Give the keys that may sign a checkpoint of a size."""
        return tuple(_parsed(key.vkey) for key in self.log_keys if key.signs(size))

    def open(self, note: bytes, *, lasting: bool = False) -> Checkpoint:
        """Check a checkpoint note under the keys that are trusted for its size.

        Args:
            note: The note, octet for octet.
            lasting: Whether every type of signature has to be on it of which a key signs
                that size, as on each note that is kept or published.

        Raises:
            ProofError: It is not a checkpoint of this log, or no trusted key signed it;
                ``log_key_size``, only a key signed it that does not sign that size;
                ``log_line_missing``, a type of signature is missing that it has to have.
        """
        found = open_log_checkpoint(note, self.log_keys, self.origin)
        missing = self.missing_lines(note) if lasting else ()
        if missing:
            raise ProofError(
                f"The checkpoint of size {found.size} lacks its signature of type "
                f"{' and '.join(missing)}.",
                slug="log_line_missing",
                next_step="Ask for the note as it was published; a line may have been cut off.",
            )
        return found

    def missing_lines(self, note: bytes) -> tuple[str, ...]:
        """Name the types of signature that a checkpoint lacks although a key signs its size.

        Raises:
            ProofError: As for ``open``.
        """
        keys = self.verifier_keys(open_log_checkpoint(note, self.log_keys, self.origin).size)
        signed = {key.kind for key in open_note(note, keys).signers}
        due = dict.fromkeys(key.kind for key in keys)
        return tuple(LINE_NAMES[kind] for kind in due if kind not in signed)

    def fingerprints(self) -> tuple[str, ...]:
        """Give what to compare with the ledger's keeper by another way, a line each."""
        return (
            *(key_line(key.vkey) for key in self.log_keys),
            *(f"root key {kid}" for kid in self.root_keys),
            f"founding event {self.genesis}, {self.threshold} of {len(self.root_keys)} roots",
        )


def key_line(vkey: str) -> str:
    """Give a verifier key as people compare it: on paper, or by telephone."""
    return f"log key {log_key_name(vkey)}, SHA-256 {fingerprint(vkey)}"


def log_key_name(vkey: str) -> str:
    """Name a verifier key of a log and its type."""
    key = _parsed(vkey)
    return f"{key.name}+{key.key_id.hex()} ({LINE_NAMES.get(key.kind, 'unknown')})"


def fingerprint(vkey: str) -> str:
    """Give the SHA-256 of the text of a verifier key, in groups of four hexadecimal digits."""
    digits = sha256(vkey.encode()).hexdigest()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def open_log_checkpoint(note: bytes, keys: Iterable[LogKey], origin: str) -> Checkpoint:
    """Check a checkpoint note under the keys of a log that sign its size.

    Raises:
        ProofError: It is not a checkpoint of that log, or no such key signed it;
            ``log_key_size``, only a key signed it that does not sign that size.
    """
    size = parse_checkpoint(signed_text(note)).size
    known = tuple(keys)
    trusted = [_parsed(key.vkey) for key in known if key.signs(size)]
    try:
        return open_checkpoint(note, trusted, origin)
    except ProofError as error:
        others = [key for key in known if not key.signs(size)]
        signer = _signer_among(note, others) if error.slug == "note_unsigned" else None
        if signer is None:
            raise
        raise ProofError(
            f"The checkpoint of size {size} is signed by a key that signs {_sizes(signer)}.",
            slug="log_key_size",
            next_step="If the log's key was changed, get the newer trust file of its keeper; "
            "if it was not, an old key is in the wrong hands.",
        ) from error


def check_successor(newer: Trust, known: Trust) -> None:
    """Check that a newer trust file is of the same ledger, and that its root keys say so.

    Raises:
        ProofError: ``trust_elsewhere`` or ``trust_unsigned``.
    """
    differing = _differing(newer, known)
    if differing:
        raise ProofError(
            f"The newer trust file is of another ledger: its {differing} differs.",
            slug="trust_elsewhere",
            next_step="Ask the keeper of the ledger, by another way, which of them is right.",
        )
    if not newer.endorsed:
        raise ProofError(
            f"Of the root keys {len(newer.signatures)} signed the newer trust file; "
            f"it takes {newer.threshold}.",
            slug="trust_unsigned",
            next_step="Ask for one that was signed with `muniment trust sign`, or compare its keys "
            "by another way.",
        )


def _differing(one: Trust, other: Trust) -> str | None:
    return next((name for name in _FOUNDING if getattr(one, name) != getattr(other, name)), None)


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


@lru_cache(LOG_KEYS_MAX)
def _parsed(vkey: str) -> VerifierKey:
    """Read a verifier key once: its check costs more than a signature's."""
    return parse_verifier_key(vkey)


def _check_log_key(key: LogKey, origin: str) -> None:
    """Refuse what is no key of this log: one key, one type of note (log.md 2.8)."""
    found = _parsed(key.vkey)
    if found.kind not in LINE_NAMES:
        raise ProofError(f"the key {found.name} is none by which a log signs")
    if found.name != origin:
        raise ProofError(f"the key of {found.name} is none of {origin}")
    if key.to_size is not None and key.to_size < key.from_size:
        raise ProofError("a log key ends before it begins")


def _signer_among(note: bytes, keys: Iterable[LogKey]) -> LogKey | None:
    for key in keys:
        with suppress(ProofError):
            open_note(note, (_parsed(key.vkey),))
            return key
    return None


def _sizes(key: LogKey) -> str:
    if key.to_size is None:
        return f"from size {key.from_size} on"
    return f"sizes {key.from_size} to {key.to_size}"


def _malformed(reason: str) -> UsageError:
    return UsageError(
        f"This is not a trust file: {reason.rstrip('.')}.",
        slug="trust_malformed",
        next_step="Ask the keeper of the ledger for its trust.json and name it with --trust.",
    )
