# SPDX-License-Identifier: Apache-2.0
"""What a client asks of a service: firearms, histories, searches, lists, the feed and the log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.access.caller import Reason
from api.client.calling.problems import NotFoundError
from api.client.desk import Desk
from api.client.keyfile import FileKey
from api.client.service import Client
from audit.proof.inclusion import parse_tlog_proof
from domain.errors import ProofError, RefusedError, UnauthenticatedError
from domain.identifiers import FIRST_PREV, parse_stream_id, short_form
from tests.integration.append.desk import born, manufactured
from tests.integration.http.conftest import Served


def test_a_firearm_is_found_by_its_id_and_its_short_form(client: Client) -> None:
    draft = born(sub=client.new("arm"))
    client.append(draft)
    found = client.firearm(draft.sub)
    assert (found.id, found.entries) == (draft.sub, 1)
    assert found.short_form == short_form(parse_stream_id(draft.sub).uuid)
    assert client.firearm(found.short_form) == replace(found, log_size=found.log_size)


def test_a_history_is_told_as_it_was_known(client: Client) -> None:
    draft = born(sub=client.new("arm"))
    receipt = client.append(draft)
    told = client.timeline(draft.sub, as_known_on=str(receipt.index), view="original")
    assert told["firearm"] == draft.sub


def test_a_search_needs_a_reason_and_finds_what_bears_the_mark(client: Client, desk: Desk) -> None:
    draft = born(sub=client.new("arm"), dat=manufactured("SDKQ7742"))
    client.append(draft)
    found = client.search("SDKQ77?2", make="TESTWERK", limit=5)
    assert draft.sub in str(found)
    with Client(replace(desk, reason=None)) as mute:
        with pytest.raises(RefusedError) as caught:
            mute.search("SDKQ77?2")
        assert caught.value.slug == "purpose_missing"
        why = Reason(purpose="tracing", legal_basis="act_7")
        assert draft.sub in str(mute.because(why).search("SDKQ77?2"))


def test_a_list_is_given_whole_over_its_pages(client: Client) -> None:
    before = len(list(client.items("holdings", holder="maker")))
    list(client.append_all([client.sign(born()) for _ in range(5)]))
    assert len(list(client.items("holdings", holder="maker", limit=2))) == before + 5


def test_a_feed_goes_on_where_it_was_left(client: Client) -> None:
    page = client.feed()
    while page.items:
        page = client.feed(after=page.after)
    receipt = client.append(born())
    following = client.feed(after=page.after, wait=1)
    assert [each["index"] for each in following.items] == [receipt.index]


def test_checkpoint_and_receipt_are_verified_before_they_are_given(client: Client) -> None:
    receipt = client.append(born())
    newest = client.checkpoint()
    assert newest.checkpoint.size > receipt.index
    assert newest.note.startswith(newest.checkpoint.origin.encode())
    again = client.receipt(receipt.index, receipt.jws)
    assert parse_tlog_proof(again).index == receipt.index
    with pytest.raises(ProofError):
        client.receipt(receipt.index - 1, receipt.jws)


def test_a_stream_that_nobody_has_used_has_no_event_yet(client: Client) -> None:
    head = client.head(client.new("arm"))
    assert (head.seq, head.eid) == (0, FIRST_PREV)


def test_what_is_not_there_and_what_is_not_for_the_caller_look_the_same(
    client: Client, desk: Desk, served: Served
) -> None:
    draft = born(sub=client.new("arm"))
    client.append(draft)
    other = replace(desk, http_key=served.machine("service").key)
    with Client(other) as service, pytest.raises(NotFoundError) as hidden:
        service.firearm(draft.sub)
    assert hidden.value.slug == "not_found"
    with pytest.raises(NotFoundError):
        client.firearm(client.new("arm"))


def test_a_machine_that_nobody_enrolled_is_not_believed(desk: Desk) -> None:
    for key in (None, FileKey.create("ES256")):
        with Client(replace(desk, http_key=key)) as nobody, pytest.raises(UnauthenticatedError):
            nobody.firearm(nobody.new("arm"))
