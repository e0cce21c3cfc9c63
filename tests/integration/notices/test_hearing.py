# SPDX-License-Identifier: Apache-2.0
"""Who is told: only while the key that asked counts, and the policy lets it follow the feed."""

from __future__ import annotations

import pytest

from api.client.keyfile import FileKey
from api.notices.delivering import (
    Round,
    deliver,
)
from api.registrar import change_key
from tests.integration.notices.conftest import Ground, Receiver


def _change(ground: Ground, evt: str, signer: FileKey, **dat: str) -> None:
    data = {"kid": ground.machine.kid, **dat}
    change_key(ground.desk.office, evt, data, signers=[signer])


def test_asvs_8_3_2_nothing_is_sent_while_the_key_that_asked_is_suspended(
    ground: Ground, receiver: Receiver
) -> None:
    ground.subscribed(receiver.url)
    _change(ground, "key.suspended", ground.desk.key)
    ground.desk.manufacture("TW9-1")
    assert deliver(ground.mailroom) == Round()
    _change(ground, "key.reinstated", ground.desk.second)
    assert deliver(ground.mailroom).delivered == 1
    assert "firearm.manufactured/1" in [each["kind"] for each in receiver.notices]


@pytest.mark.parametrize(
    ("reason", "goes_on"), [("superseded", True), ("ceased", True), ("lost", False)]
)
def test_a_further_key_of_the_authority_stands_for_one_that_ended_in_order(
    ground: Ground, receiver: Receiver, *, reason: str, goes_on: bool
) -> None:
    ground.subscribed(receiver.url, "firearm.*")
    _change(ground, "key.revoked", ground.desk.key, reason=reason)
    ground.desk.manufacture("TW9-1")
    assert deliver(ground.mailroom) == Round()
    ground.enrolled(FileKey.create("Ed25519"))
    assert (deliver(ground.mailroom).delivered == 1) is goes_on


def test_asvs_8_3_2_a_withdrawn_role_ends_what_is_told(ground: Ground, receiver: Receiver) -> None:
    ground.subscribed(receiver.url)
    _change(ground, "role.withdrawn", ground.desk.key, role="service")
    ground.desk.manufacture("TW9-1")
    assert deliver(ground.mailroom) == Round()
