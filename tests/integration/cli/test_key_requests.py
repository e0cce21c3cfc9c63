# SPDX-License-Identifier: Apache-2.0
"""A key that was made in a browser is enrolled by commands, from the request of its holder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.client.attest import prove_possession
from api.client.keyfile import FileKey
from tests.integration.cli.conftest import ROOTS, Ground, Run

AUDIENCE = "ledger.xa-test"
AUTHORITY = "auth.xa"
OFFICER = "off.01a2076b-4018-7111-8222-333333333333"
JTI = "01a2076b-4400-7abc-8def-0123456789ab"
GIVEN = ("--role", "LIC", "--jurisdiction", "XA")


def requested(ground: Ground, key: FileKey, authority: str = AUTHORITY) -> str:
    pop = prove_possession(key, aud=AUDIENCE, authority=authority, nonce="A" * 22, jti=JTI)
    members = {"aud": AUDIENCE, "authority": authority, "officer": OFFICER}
    public = {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk), "pop": pop}
    return ground.event(f"request-{key.kid}", **members, **public)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_request_is_proposed_and_approved_by_two_persons(
    ground: Ground, run: Run, *, at_once: bool
) -> None:
    key = FileKey.create("ES256")
    people = ["--proposer", ground.key(ROOTS[0])]
    people += ["--approver", ground.key(ROOTS[1])] if at_once else []
    request = requested(ground, key)
    answer = run("authority", "enrol", AUTHORITY, "--request", request, *GIVEN, *people)
    assert answer.code == 0, answer.words
    if not at_once:
        assert f"muniment authority approve {key.kid}" in answer.words
        assert run("authority", "approve", key.kid, "--key", ground.key(ROOTS[1])).code == 0
    lines = map(json.loads, run("authority", "list", "--json").data.splitlines())
    (found,) = [line for line in lines if line["kid"] == key.kid]
    assert (found["state"], found["roles"]) == ("valid", ["LIC"])


def test_a_request_for_another_authority_or_a_broken_one_enrols_nothing(
    ground: Ground, run: Run, tmp_path: Path
) -> None:
    key, broken = FileKey.create("Ed25519"), tmp_path / "broken.json"
    broken.write_text(Path(requested(ground, key)).read_text().replace(key.kid, "A" * 43))
    people = ("--proposer", ground.key(ROOTS[0]), "--approver", ground.key(ROOTS[1]))
    enrol = ("authority", "enrol", AUTHORITY, *GIVEN, *people)
    other = requested(ground, key, "auth.xa.other")
    assert "auth.xa.other" in run(*enrol, "--request", other).words
    assert "thumbprint" in run(*enrol, "--request", str(broken)).words
    assert "cannot be read" in run(*enrol, "--request", str(tmp_path / "none")).words
    assert "--new-key and --request" in run(*enrol).words
    both = ("--request", other, "--new-key", ground.key("new"))
    assert "--new-key and --request" in run(*enrol, *both).words
    assert key.kid not in run("authority", "list").data
