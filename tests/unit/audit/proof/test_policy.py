# SPDX-License-Identifier: Apache-2.0
"""The policy file: what it means, what a quorum is worth, and which files are refused."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, combinations
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.checkpoint import Checkpoint
from audit.proof.cosignature import cosign, cosigner_key
from audit.proof.note import sign_note, verifier_key, with_lines
from audit.proof.policy.file import parse_policy, read_policy, write_policy
from audit.proof.policy.rule import Group, KnownWitness, Policy
from domain.errors import ProofError, UsageError

ORIGIN = "ledger.xa-test/log"
LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG_KEY = verifier_key(ORIGIN, LOG.public_key())
PRIVATE = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(1, 7)]
KEYS = [cosigner_key(f"w{n}.example", each.public_key()) for n, each in enumerate(PRIVATE)]
CHECKPOINT = Checkpoint(origin=ORIGIN, size=5, root=bytes(32))
NOTE = sign_note(CHECKPOINT.body(), name=ORIGIN, private_key=LOG)
AT = 1_795_000_000

# The example of tlog-policy, with keys.
EXAMPLE = f"""
log {LOG_KEY}

witness X1 {KEYS[0]}
witness X2 {KEYS[1]} https://x2.example/
  witness\tX3 \t {KEYS[2]}
group X-witnesses 2 X1 X2 X3

# Another organisation.
witness Y1 {KEYS[3]}
witness Y2 {KEYS[4]}
witness Y3 {KEYS[5]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def cosigned(*numbers: int, note: bytes = NOTE) -> bytes:
    lines = [
        cosign(CHECKPOINT.body(), name=KEYS[n].name, private_key=PRIVATE[n], at=AT + n)
        for n in numbers
    ]
    return with_lines(note, lines)


def parsed(text: str) -> Policy:
    return parse_policy(text.encode())


@pytest.mark.parametrize(
    ("names", "enough"),
    [
        ("X1 X2 Y1", True),
        ("X1 X3 Y2 Y3", True),
        ("X1 X2 X3 Y1 Y2 Y3", True),
        ("X1 X2 X3", False),
        ("X1 Y1 Y2 Y3", False),
        ("", False),
        ("X-and-Z", False),
    ],
)
def test_two_of_one_organisation_and_one_of_another_are_a_quorum(names: str, enough: bool) -> None:
    assert parsed(EXAMPLE).satisfied_by(names.split()) is enough


def test_a_checkpoint_with_its_quorum_is_accepted_with_its_newest_time() -> None:
    found = parsed(EXAMPLE).accept(cosigned(0, 2, 4), ORIGIN)
    assert found.checkpoint == CHECKPOINT
    assert (parsed(EXAMPLE).names(found.witnesses), found.at) == (("X1", "X3", "Y2"), AT + 4)


def test_a_checkpoint_without_its_quorum_is_refused_by_name() -> None:
    with pytest.raises(ProofError, match=r"lacks its quorum X-and-Y: cosigned by X1, X2\.") as told:
        parsed(EXAMPLE).accept(cosigned(0, 1), ORIGIN)
    assert told.value.slug == "quorum_missing"
    with pytest.raises(ProofError, match="cosigned by nobody"):
        parsed(EXAMPLE).accept(NOTE, ORIGIN)


def test_a_bad_cosignature_of_a_known_witness_fails_a_note_that_has_its_quorum() -> None:
    stranger = cosign(CHECKPOINT.body(), name=KEYS[5].name, private_key=PRIVATE[5], at=AT)
    changed = stranger[:-9] + ("A" if stranger[-9] != "A" else "B") + stranger[-8:]
    with pytest.raises(ProofError, match="is bad"):
        parsed(EXAMPLE).accept(with_lines(cosigned(0, 1, 3), [changed]), ORIGIN)


def test_cosignatures_do_not_stand_for_the_signature_of_the_log() -> None:
    other = Ed25519PrivateKey.generate()
    note = sign_note(CHECKPOINT.body(), name=ORIGIN, private_key=other)
    with pytest.raises(ProofError, match="No key of ledger"):
        parsed(EXAMPLE).accept(cosigned(0, 1, 3, note=note), ORIGIN)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(ProofError, match="not one of elsewhere"):
        parsed(EXAMPLE).accept(cosigned(0, 1, 3), "elsewhere")


def test_one_witness_is_a_quorum_of_its_own() -> None:
    policy = parsed(f"log {LOG_KEY}\nwitness A {KEYS[0]}\nwitness B {KEYS[1]}\nquorum A\n")
    assert policy.satisfied_by({"A"})
    assert not policy.satisfied_by({"B"})


def test_no_quorum_accepts_the_log_alone_but_is_refused_in_production() -> None:
    policy = parsed(f"log {LOG_KEY}\nquorum none\n")
    assert policy.accept(NOTE, ORIGIN).at is None
    assert not policy.prevents_split_views()
    with pytest.raises(UsageError, match="asks for no witness") as told:
        policy.demand_quorum()
    assert told.value.slug == "quorum_none"
    parsed(EXAMPLE).demand_quorum()


def test_a_policy_is_written_as_it_is_read() -> None:
    policy = parsed(EXAMPLE)
    assert parse_policy(write_policy(policy)) == policy
    assert policy.witnesses[1].url == "https://x2.example/"


def test_names_are_octets() -> None:
    lines = f"log {LOG_KEY}\nwitness \xff {KEYS[0]}\nwitness K {KEYS[1]}\nquorum \xff\n"
    policy = parse_policy(lines.encode("latin-1"))
    assert policy.accept(cosigned(0), ORIGIN).checkpoint == CHECKPOINT
    assert parse_policy(write_policy(policy)) == policy
    with pytest.raises(ProofError, match="quorum \N{REPLACEMENT CHARACTER}: cosigned by K"):
        policy.accept(cosigned(1), ORIGIN)


def with_group(line: str) -> str:
    return EXAMPLE.replace("quorum X-and-Y", f"{line}\nquorum X-and-Y")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no end"),
        ("\n", "no quorum"),
        (EXAMPLE[:-1], "no end"),
        (EXAMPLE.replace("\n", "\r\n"), "control characters"),
        (EXAMPLE + "\x7f\n", "control characters"),
        (EXAMPLE + "quorum X1\n", "a quorum already"),
        (EXAMPLE + "mirror X1\n", "begins with none of"),
        ("quorum\n", "the form quorum"),
        ("quorum X1\n" + EXAMPLE, "line 1: X1 is not defined"),
        (EXAMPLE.replace("quorum X-and-Y", "quorum X-and-Z"), "X-and-Z is not defined"),
        (with_group("group none any X1"), "X1 is a member already"),
        (with_group("group X1 any X-and-Y"), "the name X1 is taken"),
        (with_group("group none any X-and-Y"), "the name none is taken"),
        (with_group("group Z 0 X-and-Y"), "from 1 to all"),
        (with_group("group Z 2 X-and-Y"), "from 1 to all"),
        (with_group("group Z 01 X-and-Y"), "from 1 to all"),
        (with_group("group Z some X-and-Y"), "from 1 to all"),
        (with_group("group Z any X-and-Y X-and-Y"), "a member already"),
        (with_group("group Z any none"), "none is not defined"),
        (with_group("group Z any"), "the form group"),
        (with_group("group"), "the form group"),
        (with_group("witness"), "the form witness"),
        (with_group("witness W"), "the form witness"),
        (with_group("log"), "the form log"),
        (with_group("log a b c"), "the form log"),
        (with_group(f"log {LOG_KEY}"), "in another line"),
        (with_group(f"witness Z {KEYS[0]}"), "in another line"),
        (with_group(f"log {KEYS[0]}"), "has type 0x04"),
        (with_group("log x+00000000+AAAA"), "line 16: Notes with"),
        (EXAMPLE.replace(str(KEYS[5]), str(LOG_KEY)), "has type 0x01"),
        (with_group(f"witness Z {cosigner_key('z', LOG.public_key())}"), "in another line"),
        ("".join(f"group {n} any {n + 1}\n" for n in range(9)), "is not defined"),
        ("#" * 70_000 + "\n", "more than 65536"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as told:
        parse_policy(text.encode())
    assert told.value.slug == "policy_malformed"


def test_a_key_name_that_is_not_text_is_refused() -> None:
    line = str(LOG_KEY).encode().replace(b"ledger", b"\xffledger")
    with pytest.raises(UsageError, match="not UTF-8"):
        parse_policy(b"log " + line + b"\nquorum none\n")


def test_there_are_at_most_64_lines_of_a_kind() -> None:
    private = [Ed25519PrivateKey.generate() for _ in range(65)]
    keys = [cosigner_key("w", each.public_key()) for each in private]
    lines = [f"witness w{n} {key}\n" for n, key in enumerate(keys)]
    assert len(parsed("".join(lines[:64]) + "quorum w1\n").witnesses) == 64
    with pytest.raises(UsageError, match="more than 64 lines"):
        parsed("".join(lines) + "quorum w1\n")


@given(octets=st.binary(max_size=300))
def test_any_octets_get_a_verdict(octets: bytes) -> None:
    with pytest.raises(UsageError, match="not a policy file"):
        parse_policy(octets)


@given(at=st.integers(0, len(EXAMPLE) - 1), octet=st.integers(0, 255))
def test_any_changed_octet_gets_a_policy_or_a_verdict(at: int, octet: int) -> None:
    changed = bytearray(EXAMPLE.encode())
    changed[at] = octet
    with suppress(UsageError):
        policy = parse_policy(bytes(changed))
        assert parse_policy(write_policy(policy)) == policy


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw groups over six witnesses, each name used at most once."""
    names = [f"w{n}" for n in range(len(KEYS))]
    free = list(names)
    groups: list[Group] = []
    while len(free) > 1 and len(groups) < 4:
        size = draw(st.integers(1, len(free)))
        members = tuple(draw(st.permutations(free))[:size])
        threshold = draw(st.integers(1, size))
        groups.append(Group(name=f"g{len(groups)}", threshold=threshold, members=members))
        free = [name for name in free if name not in members] + [groups[-1].name]
    return Policy(
        logs=(),
        witnesses=tuple(
            KnownWitness(name=name, key=key) for name, key in zip(names, KEYS, strict=True)
        ),
        groups=tuple(groups),
        quorum=draw(st.sampled_from([*names, *(each.name for each in groups)])),
    )


@given(policy=policies())
def test_split_views_are_prevented_exactly_where_any_two_quorums_share_a_witness(
    policy: Policy,
) -> None:
    names = [each.name for each in policy.witnesses]
    subsets = [set(s) for s in chain.from_iterable(combinations(names, n) for n in range(1, 7))]
    quorums = [each for each in subsets if policy.satisfied_by(each)]
    shared = all(one & other for one in quorums for other in quorums)
    assert policy.prevents_split_views() is shared


@given(policy=policies(), data=st.data())
def test_more_witnesses_never_make_less_of_a_quorum(policy: Policy, data: st.DataObject) -> None:
    names = [each.name for each in policy.witnesses]
    some = data.draw(st.sets(st.sampled_from(names)))
    more = some | data.draw(st.sets(st.sampled_from(names)))
    assert policy.satisfied_by(some) <= policy.satisfied_by(more)


def test_a_policy_is_read_from_disk(tmp_path: Path) -> None:
    (tmp_path / "policy.txt").write_text(EXAMPLE)
    assert read_policy(tmp_path / "policy.txt") == parsed(EXAMPLE)
    with pytest.raises(UsageError, match="cannot be read") as told:
        read_policy(tmp_path / "absent")
    assert told.value.slug == "policy_unreadable"
