# SPDX-License-Identifier: Apache-2.0
"""An officer's system records events: signed, sent, proved; refused in the ledger's own words."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.calling.receipts import KeyedLedger, Receipt, ReceiptError
from api.client.desk import Desk
from api.client.keyfile import FileKey
from api.client.service import Client
from audit.proof.envelope.token import read_unsigned
from audit.proof.note import verifier_key
from audit.signer.identity import read_verifier
from domain.errors import (
    ConflictError,
    EnvelopeError,
    MunimentError,
    RefusedError,
    UnreachableError,
    UsageError,
)
from tests.integration.append.desk import at_once, born, following, manufactured
from tests.integration.client.conftest import no_port
from tests.integration.http.conftest import Served

SEIZURE = {"ground": "illicit_possession", "proceeding": "criminal"}


def made(client: Client) -> tuple[str, Receipt]:
    draft = born(sub=client.new("arm"))
    return draft.sub, client.append(draft)


def test_an_event_is_recorded_at_the_head_of_its_stream_and_proved(client: Client) -> None:
    firearm = client.new("arm")
    first = client.record("firearm.manufactured", firearm, dat=manufactured("SDK-1"), occ="2015")
    second = client.record("firearm.seized", firearm, dat=SEIZURE)
    assert second.checkpoint.size > second.index > first.index
    assert client.head(firearm).eid == second.eid
    assert client.head(firearm).seq == 2
    _, payload, _ = read_unsigned(second.jws)
    assert json.loads(payload)["prev"] == first.eid


def test_a_log_can_be_known_by_its_verifier_key_alone(desk: Desk, served: Served) -> None:
    vkey = read_verifier(served.office.settings.signer_folder)
    known = replace(desk, ledger=KeyedLedger.of(desk.ledger.audience, vkey))
    with Client(known) as client:
        assert made(client)[1].index > 0


def test_a_receipt_under_a_key_that_is_not_known_is_an_error_with_the_bytes(desk: Desk) -> None:
    foreign = verifier_key(desk.ledger.audience, Ed25519PrivateKey.generate().public_key())
    doubting = replace(desk, ledger=KeyedLedger(desk.ledger.audience, foreign))
    with Client(doubting) as client, pytest.raises(ReceiptError) as caught:
        made(client)
    told = json.loads(caught.value.answer)
    assert told["proof"].startswith("c2sp.org/tlog-proof@v1")
    assert caught.value.jws.count(b".") == 2


def test_two_officers_at_one_stream_conflict_unless_they_sign_anew(
    desk: Desk, client: Client
) -> None:
    firearm, receipt = made(client)
    draft = following(born(sub=firearm), receipt.eid)
    client.append(draft)
    with pytest.raises(ConflictError) as caught:
        client.append(replace(draft, jti=following(draft, "").jti))
    assert caught.value.slug == "seq_conflict"
    with Client(replace(desk, retry_stale=True)) as patient:
        outcomes = at_once(
            [lambda: patient.record("firearm.seized", firearm, dat=SEIZURE) for _ in range(4)]
        )
    assert [type(each) for each in outcomes] == [Receipt] * 4
    assert client.head(firearm).seq == 6


def test_what_the_ledger_refuses_is_the_error_that_it_raises_in_process(
    desk: Desk, client: Client
) -> None:
    with pytest.raises(RefusedError) as refused:
        client.record("firearm.seized", client.new("arm"), dat=SEIZURE)
    assert refused.value.slug
    assert refused.value.next_step
    stranger = replace(desk, event_key=FileKey.create("Ed25519"))
    with Client(stranger) as other, pytest.raises(EnvelopeError) as unknown:
        made(other)
    assert unknown.value.slug == "kid_unknown"


def test_an_event_that_the_schema_refuses_is_never_sent(desk: Desk) -> None:
    with Client(replace(desk, address=no_port())) as nowhere, pytest.raises(EnvelopeError):
        nowhere.append(born(dat={"serial": "nonsense"}))


def test_many_events_go_in_batches_and_each_has_an_outcome_of_its_own(client: Client) -> None:
    drafts = [born() for _ in range(300)]
    drafts[140] = replace(drafts[140], seq=9)
    outcomes = list(client.append_all([client.sign(each) for each in drafts]))
    assert [number for number, each in enumerate(outcomes) if not isinstance(each, Receipt)] == [
        140
    ]
    wrong = outcomes[140]
    assert isinstance(wrong, ConflictError)
    assert wrong.slug == "seq_conflict"


def test_a_service_that_is_not_there_is_unreachable(desk: Desk) -> None:
    waits: list[float] = []
    elsewhere = replace(desk, address=no_port())
    with Client(elsewhere, sleep=waits.append) as nowhere, pytest.raises(UnreachableError):
        nowhere.head(nowhere.new("arm"))
    assert len(waits) == desk.patience.attempts - 1


def test_nothing_travels_without_tls_but_on_this_machine(desk: Desk) -> None:
    with pytest.raises(UsageError) as caught:
        replace(desk, address="http://ledger.example")
    assert caught.value.slug == "address_insecure"
    assert replace(desk, address="https://ledger.example").address == "https://ledger.example"


def test_a_desk_without_an_officer_signs_nothing(desk: Desk) -> None:
    with Client(replace(desk, event_key=None)) as reader, pytest.raises(UsageError) as caught:
        made(reader)
    assert caught.value.slug == "event_key_missing"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'{"eid": "x"}', b'{"eid":1,"index":1,"proof":1,"repeated":1}']
)
def test_an_answer_that_is_none_of_the_service_is_no_receipt(desk: Desk, body: bytes) -> None:
    strange = httpx.MockTransport(lambda _: httpx.Response(201, content=body))
    http = httpx.Client(transport=strange)
    with Client(desk, http) as client, pytest.raises(MunimentError) as caught:
        client.append(born())
    assert caught.value.slug in {"answer_strange", "receipt_invalid"}
