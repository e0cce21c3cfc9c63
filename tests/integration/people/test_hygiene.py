# SPDX-License-Identifier: Apache-2.0
"""What the log says of log-ins (ASVS 16.2.5, 16.3.1): a code, and nothing of a person."""

from __future__ import annotations

import logging

import pytest

from api.people.desk import Desk
from api.people.oidc.provider import Provider
from api.people.sessions import end_session
from domain.errors import UnauthenticatedError
from tests.integration.people.conftest import enrolled, log_in_at, logged_in_by
from tests.integration.people.provider import CLIENT_SECRET, HostileProvider

MARKERS = ("person@example.org", "eyJ", CLIENT_SECRET)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "muniment.people")
    return caplog


def test_asvs_16_3_1_every_way_in_and_out_is_logged(
    home: Desk, provider: Provider, hostile: HostileProvider, log: pytest.LogCaptureFixture
) -> None:
    end_session(home, log_in_at(home, provider, hostile))
    logged_in_by(home, enrolled(home))
    found = [each.message for each in log.records if each.name == "muniment.people"]
    assert found == ["log_in", "log_out", "passkey_registered", "log_in"]


@pytest.mark.parametrize(
    "lie", [{"subject": "person@example.org\r\nforged"}, {"claims": {"nonce": "eyJ"}}]
)
def test_asvs_16_2_5_and_16_4_1_a_refusal_is_logged_without_what_was_sent(
    home: Desk,
    provider: Provider,
    hostile: HostileProvider,
    *,
    log: pytest.LogCaptureFixture,
    lie: dict[str, object],
) -> None:
    for name, value in lie.items():
        setattr(hostile, name, value)
    with pytest.raises(UnauthenticatedError, match="not accepted"):
        log_in_at(home, provider, hostile)
    (record,) = [each for each in log.records if each.name == "muniment.people"]
    assert record.message == "log_in_refused"
    assert record.reason  # type: ignore[attr-defined]
    assert not any(marker in repr(vars(record)) for marker in MARKERS)


def test_asvs_13_3_1_no_secret_is_shown_by_what_holds_it(home: Desk, provider: Provider) -> None:
    assert CLIENT_SECRET not in repr(provider)
    assert repr(home.secret) not in repr(home)
