# SPDX-License-Identifier: Apache-2.0
"""Whether two signed heads of one log prove that it showed two histories.

Implements the fraud proof of the log specification, section 2.8: two checkpoints of one size
and different roots, both signed by a trusted key of the log, are a proof that needs nothing
else. Two sizes prove nothing by themselves. A consistency proof that leads to the root of the
newer head, and to another one than that of the older, proves that they contradict each other; one
that misses the newer head shows nothing, since anybody can make it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, NamedTuple

from audit.proof.checkpoint import Checkpoint, contradicts, verify_growth
from audit.proof.merkle import PATH_HASHES_MAX
from audit.proof.note import decode_base64
from audit.proof.verify.findings import counted
from audit.proof.verify.report import ExitCode
from audit.proof.verify.trust import Trust, key_line
from domain.errors import ProofError, UsageError

Result = Literal["proved", "same", "consistent", "not proved"]

PROOF_OCTETS_MAX: Final = PATH_HASHES_MAX * 45
"""So many lines of 44 characters and their ends."""

_CODES: Final[Mapping[Result, ExitCode]] = {
    "proved": ExitCode.VIOLATED,
    "same": ExitCode.OK,
    "consistent": ExitCode.OK,
    "not proved": ExitCode.INCOMPLETE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A checkpoint note whose signature a trusted key of the log made.

    Attributes:
        note: The octets as they were signed.
        checkpoint: What they state.
    """

    note: bytes
    checkpoint: Checkpoint

    def to_json(self) -> Mapping[str, object]:
        """Give the head as JSON values, the note verbatim."""
        return {
            "size": self.checkpoint.size,
            "root": b64encode(self.checkpoint.root).decode(),
            "sha256": sha256(self.note).hexdigest(),
            "note": self.note.decode(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What two heads prove, with everything that is needed to see it again.

    Attributes:
        result: In one word.
        sentence: In one sentence.
        next_step: What to do with it.
        origin: Name of the log.
        keys: Verifier keys of the log that were trusted for these sizes.
        heads: The two heads.
    """

    result: Result
    sentence: str
    next_step: str
    origin: str
    keys: tuple[str, ...]
    heads: tuple[Head, Head]

    @property
    def exit_code(self) -> ExitCode:
        """The result in one number: 1 proved, 0 one history, 3 neither."""
        return _CODES[self.result]

    def to_json(self) -> Mapping[str, object]:
        """Give the verdict as JSON values."""
        return {
            "result": self.result,
            "exit_code": int(self.exit_code),
            "subject": "fraud",
            "origin": self.origin,
            "sentence": self.sentence,
            "next_step": self.next_step,
            "keys": list(self.keys),
            "heads": [each.to_json() for each in self.heads],
        }


def judge_heads(notes: tuple[bytes, bytes], trust: Trust, proof: bytes | None = None) -> Verdict:
    """Judge two checkpoints of one log.

    Args:
        notes: The two notes, octet for octet, in any order.
        trust: Who may sign for the log.
        proof: A consistency proof between their sizes, a base64 hash a line, if there is one.

    Raises:
        UsageError: A note is not a checkpoint that a trusted key of this log signed, or the
            proof is not one hash a line.
    """
    one, other = (_open(note, trust) for note in notes)
    if one.checkpoint.size > other.checkpoint.size:
        one, other = other, one
    judged = _judge(one.checkpoint, other.checkpoint, proof)
    sizes = {one.checkpoint.size, other.checkpoint.size}
    keys = [key.vkey for key in trust.log_keys if any(key.signs(size) for size in sizes)]
    return Verdict(
        result=judged.result,
        sentence=judged.sentence,
        next_step=judged.next_step,
        origin=trust.origin,
        keys=tuple(keys),
        heads=(one, other),
    )


def read_capped(path: Path, cap: int) -> bytes:
    """Read a small file that the auditor names.

    Raises:
        UsageError: It cannot be read or has more octets than the cap.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(cap + 1)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.",
            slug="unreadable",
            next_step="Name the file that you kept.",
        ) from error
    if len(octets) > cap:
        raise UsageError(f"{path} has more than {cap} octets.", slug="unreadable")
    return octets


def render_verdict(verdict: Verdict) -> str:
    """Give the verdict as text for a person; it stands by itself."""
    lines = [f"Two heads of the log {verdict.origin}", ""]
    for name, head in zip(("first", "second"), verdict.heads, strict=True):
        values = head.to_json()
        lines += [f"  {name:<7} size {values['size']}, root {values['root']}"]
        lines += [f"          SHA-256 of the note {values['sha256']}"]
    lines += ["", "Verified with the trusted keys:"]
    lines += [*(f"  {key_line(key)}" for key in verdict.keys), ""]
    return "\n".join([*lines, verdict.sentence, verdict.next_step, "", _headline(verdict)])


def _headline(verdict: Verdict) -> str:
    if verdict.result == "proved":
        return "PROVED: the log, or whoever holds its key, signed two histories."
    words = {"same": "both heads are of one tree", "consistent": "the log only grew"}
    return f"NOT PROVED: {words.get(verdict.result, 'these heads are no proof of fraud')}."


class _Judged(NamedTuple):
    """What two heads prove, in words."""

    result: Result
    sentence: str
    next_step: str = "Nothing is to be done."


def _open(note: bytes, trust: Trust) -> Head:
    try:
        return Head(note=note, checkpoint=trust.open(note))
    except ProofError as error:
        raise UsageError(
            f"A head that no trusted key of {trust.origin} signed proves nothing: "
            f"{error.sentence.rstrip('.')}.",
            slug=error.slug,
            next_step="Name two checkpoint notes of one log, and its trust file with --trust.",
        ) from error


def _judge(older: Checkpoint, newer: Checkpoint, proof: bytes | None) -> _Judged:
    """Judge two heads by their sizes; the older one is not the larger."""
    if older.size == newer.size:
        return _judge_equal(older, newer)
    if proof is None:
        return _Judged(
            "not proved",
            f"The heads are of the sizes {older.size} and {newer.size}; two sizes have two roots "
            "in an honest log too.",
            f"Get the proof between them with `muniment receipt consistency {older.size} "
            f"{newer.size} --from LOG --out FILE`, from any copy of the log, and name it with "
            "--consistency.",
        )
    if older.size == 0:
        return _Judged("consistent", "Every tree begins with the empty one.")
    return _judge_proof(older, newer, _hashes(proof))


def _judge_equal(one: Checkpoint, other: Checkpoint) -> _Judged:
    if one.root == other.root:
        return _Judged("same", f"Both heads state the same tree of {counted(one.size)}.")
    return _Judged(
        "proved",
        f"The log signed two different trees of {counted(one.size)}. An append-only log has one "
        "tree of each size, so at least one reader was shown a false history.",
        "Keep both notes and the trust file; publish them. They prove it to anybody.",
    )


def _judge_proof(older: Checkpoint, newer: Checkpoint, path: tuple[bytes, ...]) -> _Judged:
    try:
        verify_growth(older, newer, path)
    except ProofError as error:
        if contradicts(older, newer, path):
            return _Judged(
                "proved",
                f"The log signed a tree of {newer.size} entries whose first {older.size} are not "
                "the tree that it signed of that size: the hashes of the proof lead to the root "
                "of the newer head, and to another one than that of the older.",
                "Keep both notes, the proof and the trust file; publish them. They prove it to "
                "anybody.",
            )
        return _Judged(
            "not proved",
            f"The consistency proof from size {older.size} to size {newer.size} does not hold "
            f"({error.sentence.rstrip('.')}). That is NOT a proof of fraud: anybody can make a "
            "proof that fails, and nobody signed this one.",
            "Get the right proof from the copy of the log that gave the newer head. If there is "
            f"none, get the checkpoint of {older.size} entries as others were shown it: two of one "
            "size would be a proof.",
        )
    return _Judged(
        "consistent",
        f"The {older.size} entries of the older head are the first of the {newer.size} of the "
        "newer one.",
    )


def _hashes(proof: bytes) -> tuple[bytes, ...]:
    if len(proof) > PROOF_OCTETS_MAX:
        raise _malformed()
    try:
        return tuple(decode_base64(line) for line in proof.decode("ascii").split("\n") if line)
    except (ProofError, UnicodeDecodeError) as error:
        raise _malformed() from error


def _malformed() -> UsageError:
    return UsageError(
        f"The consistency proof is not at most {PATH_HASHES_MAX} base64 hashes, one a line.",
        slug="proof_malformed",
        next_step="Name the lines of the proof with --consistency, without anything else.",
    )
