# SPDX-License-Identifier: Apache-2.0
"""The policy file: lines of text that say which logs and witnesses are trusted.

Implements the syntax of C2SP tlog-policy, strictly: octets with the high bit set are opaque,
the last line ends in a newline (a file that was cut could say something else), names are
defined before they are used and used once. Stricter than C2SP in one point: no key is a log's
and a witness's at once (`log.md` 2.8).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol, TypeVar

from audit.proof.note import COSIGNATURE, ED25519, ML_DSA_44, VerifierKey, parse_verifier_key
from audit.proof.policy.rule import NONE, Group, KnownLog, KnownWitness, Policy, shown
from domain.errors import ProofError, UsageError

POLICY_OCTETS_MAX: Final = 65_536
LINES_OF_A_KIND_MAX: Final = 64
"""Logs, witnesses and groups, each; C2SP recommends at least 32."""

_FOREIGN: Final = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_BLANKS: Final = re.compile(r"[ \t]+")
_COUNT: Final = re.compile(r"[1-9][0-9]{0,3}")
_Line = TypeVar("_Line")
_EMPTY: Final = Policy(logs=(), witnesses=(), groups=(), quorum="")


def parse_policy(octets: bytes) -> Policy:
    """Read a policy.

    Raises:
        UsageError: It is not a policy; the sentence names the line.
    """
    if len(octets) > POLICY_OCTETS_MAX:
        raise _malformed(f"it has more than {POLICY_OCTETS_MAX} octets")
    if _FOREIGN.search(octets):
        raise _malformed("it has control characters other than tab and newline")
    if not octets.endswith(b"\n"):
        raise _malformed("its last line has no end, so it may have been cut")
    policy = _EMPTY
    lines = octets.decode(errors="surrogateescape").split("\n")
    for number, line in enumerate(lines, start=1):
        policy = _read_line(policy, line, number=number)
    if not policy.quorum:
        raise _malformed("it has no quorum line")
    return policy


def read_policy(path: Path) -> Policy:
    """Read a policy file from disk.

    Raises:
        UsageError: The file cannot be read or is no policy.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(POLICY_OCTETS_MAX + 1)
    except OSError as error:
        raise UsageError(
            f"The policy file {path} cannot be read: {error.strerror}.",
            slug="policy_unreadable",
            next_step="Name the policy file you were given with --policy FILE.",
        ) from error
    return parse_policy(octets)


def write_policy(policy: Policy) -> bytes:
    """Give the octets of a policy file, always the same for the same policy."""
    lines = [
        *(_joined("log", str(each.key), each.url) for each in policy.logs),
        *(_joined("witness", each.name, str(each.key), each.url) for each in policy.witnesses),
        *(
            _joined("group", each.name, str(each.threshold), *each.members)
            for each in policy.groups
        ),
        _joined("quorum", policy.quorum),
    ]
    return "".join(lines).encode(errors="surrogateescape")


class _Reader(Protocol):
    """Adds what the words of one line say to a policy."""

    def __call__(self, policy: Policy, words: list[str]) -> Policy: ...


def _read_line(policy: Policy, line: str, *, number: int) -> Policy:
    words = _BLANKS.split(line.strip(" \t"))
    if not words[0] or words[0].startswith("#"):
        return policy
    reader = _READERS.get(words[0])
    if reader is None:
        raise _malformed(f"line {number}: it begins with none of log, witness, group and quorum")
    try:
        return reader(policy, words[1:])
    except ProofError as error:
        raise _malformed(f"line {number}: {error.sentence.rstrip('.')}") from error


def _read_log(policy: Policy, words: list[str]) -> Policy:
    vkey, url = _with_url(words, "log VKEY [URL]")
    key = _key(policy, vkey, kinds=(ED25519, ML_DSA_44))
    return replace(policy, logs=_and(policy.logs, KnownLog(key, url)))


def _read_witness(policy: Policy, words: list[str]) -> Policy:
    form = "witness NAME VKEY [URL]"
    if not words:
        raise ProofError(f"it has the form {form}")
    vkey, url = _with_url(words[1:], form)
    witness = KnownWitness(
        name=_new(policy, words[0]), key=_key(policy, vkey, kinds=(COSIGNATURE, ML_DSA_44)), url=url
    )
    return replace(policy, witnesses=_and(policy.witnesses, witness))


def _read_group(policy: Policy, words: list[str]) -> Policy:
    name, count, *members = [*words, "", ""][: max(len(words), 2)]
    if not members:
        raise ProofError("it has the form group NAME all|any|K MEMBER ...")
    known = _names(policy)
    used = [member for group in policy.groups for member in group.members]
    for at, member in enumerate(members):
        if member not in known:
            raise ProofError(f"{shown(member)} is not defined above it")
        if member in used or member in members[:at]:
            raise ProofError(f"{shown(member)} is a member already")
    threshold = {"all": len(members), "any": 1}.get(count) or _count(count)
    if not 1 <= threshold <= len(members):
        raise ProofError(f"of {len(members)} members from 1 to all can be asked for")
    group = Group(name=_new(policy, name), threshold=threshold, members=tuple(members))
    return replace(policy, groups=_and(policy.groups, group))


def _read_quorum(policy: Policy, words: list[str]) -> Policy:
    if policy.quorum:
        raise ProofError("there is a quorum already")
    if len(words) != 1:
        raise ProofError("it has the form quorum NAME")
    if words[0] != NONE and words[0] not in _names(policy):
        raise ProofError(f"{shown(words[0])} is not defined above it")
    return replace(policy, quorum=words[0])


def _and(before: tuple[_Line, ...], *line: _Line) -> tuple[_Line, ...]:
    if len(before) >= LINES_OF_A_KIND_MAX:
        raise ProofError(f"there are more than {LINES_OF_A_KIND_MAX} lines of its kind")
    return before + line


def _with_url(words: list[str], form: str) -> tuple[str, str | None]:
    if len(words) not in {1, 2}:
        raise ProofError(f"it has the form {form}")
    return words[0], words[1] if len(words) > 1 else None


def _key(policy: Policy, vkey: str, *, kinds: tuple[int, int]) -> VerifierKey:
    try:
        vkey.encode()
    except UnicodeEncodeError as error:
        raise ProofError("the name of its key is not UTF-8") from error
    key = parse_verifier_key(vkey)
    if key.kind not in kinds:
        due = " or ".join(f"{kind:#04x}" for kind in kinds)
        raise ProofError(f"its key has type {key.kind:#04x} where {due} is due")
    if any(key.key == other.key for other in policy.keys):
        raise ProofError("its key is in another line already")
    return key


def _new(policy: Policy, name: str) -> str:
    if name == NONE or name in _names(policy):
        raise ProofError(f"the name {shown(name)} is taken")
    return name


def _names(policy: Policy) -> set[str]:
    return {each.name for each in policy.witnesses} | {each.name for each in policy.groups}


def _count(text: str) -> int:
    return int(text) if _COUNT.fullmatch(text) else 0


def _joined(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None) + "\n"


def _malformed(reason: str) -> UsageError:
    return UsageError(
        f"This is not a policy file: {reason}.",
        slug="policy_malformed",
        next_step="Correct that line; the form is that of c2sp.org/tlog-policy.",
    )


_READERS: Final[Mapping[str, _Reader]] = {
    "log": _read_log,
    "witness": _read_witness,
    "group": _read_group,
    "quorum": _read_quorum,
}
