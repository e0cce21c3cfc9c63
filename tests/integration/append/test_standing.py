# SPDX-License-Identifier: Apache-2.0
"""Whose events are taken: keys unknown, suspended, revoked, and revoked while they sign."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from api.bootstrap import Office
from api.client.keyfile import FileKey
from api.client.signer import Submission
from api.registrar import change_key
from audit.appending.sequencer import Receipt
from domain.errors import EnvelopeError, MunimentError, RefusedError
from tests.integration.append.desk import (
    AUTHORITY,
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    receipts,
    signed,
    slugs,
)

WRITERS = 8
ACKNOWLEDGED = 40
WAIT_SECONDS_MAX = 60
HOUR_SECONDS = 3_600


def test_an_unknown_key_is_refused_and_nothing_is_recorded(desk: Desk) -> None:
    stranger = signed(born(), FileKey.create("ES256")).to_bytes()
    with pytest.raises(EnvelopeError, match="knows no key") as refused:
        desk.office.append(stranger)
    assert refused.value.slug == "kid_unknown"
    assert len(desk.rows()) == FOUNDING_EVENTS


def test_a_revoked_key_is_refused(desk: Desk) -> None:
    revoke(desk, desk.key)
    with pytest.raises(RefusedError, match="it ended at index 3") as refused:
        desk.append(born())
    assert refused.value.slug == "key_not_valid"


def test_a_suspended_key_is_refused_until_it_is_reinstated(desk: Desk) -> None:
    about = {"kid": desk.key.kid}
    change_key(desk.office, "key.suspended", about, signers=[desk.roots[0]])
    with pytest.raises(RefusedError, match="suspended") as refused:
        desk.append(born())
    assert refused.value.slug == "key_not_valid"
    change_key(desk.office, "key.reinstated", about, signers=[desk.roots[1]])
    assert desk.append(born()).index == FOUNDING_EVENTS + 2


def test_a_key_without_the_role_is_refused(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="holds no role") as refused:
        desk.office.append(signed(born(), desk.roots[0]).to_bytes())
    assert refused.value.slug == "role_denied"


def test_a_key_speaks_for_no_other_authority(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="another authority") as refused:
        desk.append(born(iss="auth.xb"))
    assert refused.value.slug == "key_not_valid"


def test_an_event_signed_too_long_ago_is_taken_from_an_offline_key_alone(desk: Desk) -> None:
    offline = FileKey.create("Ed25519")
    desk.enrol(offline, offline=True)
    late = signed(born(), desk.key), signed(born(), offline)
    desk.office.admission._clock = lambda: time.time() + HOUR_SECONDS
    with pytest.raises(EnvelopeError, match="outside the time") as refused:
        desk.office.append(late[0].to_bytes())
    assert refused.value.slug == "iat_window"
    assert desk.office.append(late[1].to_bytes()).index == FOUNDING_EVENTS + 2


def test_none_of_the_racing_events_stands_after_the_revocation_of_its_key(
    desk: Desk, office: Office, second_office: Office
) -> None:
    key = FileKey.create("Ed25519")
    desk.enrol(key)
    enough = threading.Event()
    acknowledged: list[tuple[Receipt, Submission]] = []

    def write(door: Office) -> Receipt:
        while True:
            submission = signed(born(), key)
            acknowledged.append((door.append(submission.to_bytes()), submission))
            if len(acknowledged) > ACKNOWLEDGED:
                enough.set()

    def stop() -> Receipt:
        assert enough.wait(WAIT_SECONDS_MAX)
        return revoke(desk, key)

    doors = [office, second_office] * (WRITERS // 2)
    works: list[Callable[[], Receipt]] = [partial(write, door) for door in doors]
    answers = at_once([*works, stop])
    assert slugs(answers) == ["key_not_valid"] * WRITERS
    (ended,) = (receipt.index for receipt in receipts(answers))
    assert max(receipt.index for receipt, _ in acknowledged) < ended
    for receipt, submission in acknowledged[::20]:
        desk.verify(receipt, submission)
    signers = {index: raw.split(b".")[0] for index, raw in desk.rows()}
    mine = signed(born(), key).jws.split(b".")[0]
    assert all(index < ended for index, header in signers.items() if header == mine)


def test_a_key_enrolled_through_one_process_is_known_to_the_other_at_once(
    desk: Desk, second_office: Office
) -> None:
    key = FileKey.create("ES256")
    desk.enrol(key)
    assert second_office.append(signed(born(), key).to_bytes()).index == FOUNDING_EVENTS + 2


def test_a_role_granted_through_one_process_counts_in_the_other_at_once(
    desk: Desk, second_office: Office
) -> None:
    draft = born(evt="firearm.registered")
    source = {"register_code": "test_register", "as_of": "2018", "row": "17"}
    registered = replace(draft, dat={**draft.dat, "source": source})
    about = {"kid": desk.key.kid}
    change_key(desk.office, "role.withdrawn", {**about, "role": "POL"}, signers=[desk.roots[0]])
    grant = {**about, "role": "STK", "jurisdictions": ["XA"]}
    change_key(desk.office, "role.granted", grant, signers=[desk.roots[0]])
    assert second_office.append(signed(registered, desk.key).to_bytes()).index


def test_a_registry_event_that_comes_during_a_look_at_the_log_counts_once(
    desk: Desk, second_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = second_office.ledger.store
    look = store.refresh

    def look_too_early() -> int:
        monkeypatch.undo()
        size = look()
        grant = {"kid": desk.key.kid, "role": "STK", "jurisdictions": ["XA"]}
        change_key(desk.office, "role.granted", grant, signers=[desk.roots[0]])
        return size

    desk.append(born())
    monkeypatch.setattr(store, "refresh", look_too_early)
    for _ in range(3):
        second_office.ledger.catch_up()
    assert second_office.registry == desk.office.registry


def test_what_a_key_recorded_keeps_its_receipt_after_the_key_is_revoked(desk: Desk) -> None:
    submission = signed(born(), desk.key)
    first = desk.office.append(submission.to_bytes())
    revoke(desk, desk.key)
    again = desk.office.append(submission.to_bytes())
    assert (again.index, again.repeated) == (first.index, True)
    desk.verify(again, submission)


def test_what_was_recorded_keeps_its_receipt_after_its_time_window(desk: Desk) -> None:
    submission = signed(born(), desk.key)
    first = desk.office.append(submission.to_bytes())
    desk.office.admission._clock = lambda: time.time() + HOUR_SECONDS
    with pytest.raises(EnvelopeError, match="outside the time"):
        desk.office.append(signed(born(), desk.key).to_bytes())
    assert desk.office.append(submission.to_bytes()).index == first.index


def test_a_ledger_is_founded_once(desk: Desk) -> None:
    founding = dict(desk.rows())[0]
    again = desk.office.append(founding + b"~")
    assert (again.index, again.repeated) == (0, True)
    with pytest.raises(MunimentError, match="ed") as refused:
        desk.office.append(signed(born(iss=AUTHORITY), FileKey.create("Ed25519")).to_bytes())
    assert refused.value.slug == "kid_unknown"


def revoke(desk: Desk, key: FileKey) -> Receipt:
    """Revoke a key at once."""
    about = {"kid": key.kid, "reason": "lost"}
    return change_key(desk.office, "key.revoked", about, signers=[desk.roots[0]])
