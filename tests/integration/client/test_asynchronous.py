# SPDX-License-Identifier: Apache-2.0
"""The same client in an event loop: many events at once, over a line that breaks too."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace

import httpx
import pytest

from api.client.asynchronous import AsyncClient
from api.client.calling.receipts import Receipt
from api.client.desk import Desk
from api.client.service import Client
from domain.errors import ConflictError
from tests.integration.append.desk import born, following, manufactured
from tests.integration.client.conftest import TRACING, Line

SEIZURE = {"ground": "illicit_possession", "proceeding": "criminal"}


def test_it_does_what_the_other_does_under_the_same_names() -> None:
    names = {name for name in vars(Client) if not name.startswith("_")}
    assert names == {name for name in vars(AsyncClient) if not name.startswith("_")}
    for name in names:
        there, here = (inspect.signature(getattr(kind, name)) for kind in (Client, AsyncClient))
        assert there.parameters == here.parameters, name


def test_events_are_recorded_side_by_side_and_conflicts_are_told(desk: Desk) -> None:
    async def work() -> None:
        async with AsyncClient(replace(desk, retry_stale=True)) as client:
            draft = born(sub=client.new("arm"))
            first = await client.append(draft)
            several = (client.record("firearm.seized", draft.sub, dat=SEIZURE) for _ in range(3))
            receipts = await asyncio.gather(*several)
            assert {type(each) for each in receipts} == {Receipt}
            assert (await client.head(draft.sub)).seq == 4
            with pytest.raises(ConflictError):
                await client.append(following(draft, first.eid))

    asyncio.run(work())


def test_everything_is_read(desk: Desk) -> None:
    async def work() -> None:
        async with AsyncClient(replace(desk, reason=None)) as opened:
            client = opened.because(TRACING)
            arm = client.new("arm")
            drafts = [born(sub=arm, dat=manufactured("SDKA9931")), born()]
            outcomes = [each async for each in client.append_all([client.sign(d) for d in drafts])]
            (receipt, _) = outcomes
            assert isinstance(receipt, Receipt)
            assert (await client.firearm(arm)).entries == 1
            assert (await client.timeline(arm))["firearm"] == arm
            assert arm in str(await client.search("SDKA99?1"))
            assert [each async for each in client.items("holdings", holder="maker", limit=1)]
            assert (await client.feed()).items
            assert (await client.checkpoint()).checkpoint.size > receipt.index
            assert await client.receipt(receipt.index, receipt.jws)

    asyncio.run(work())


def test_an_event_whose_answer_was_lost_is_sent_again_and_recorded_once(
    desk: Desk, line: Line
) -> None:
    async def work() -> None:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        http = httpx.AsyncClient(proxy=line.address)
        line.plan = ["answer lost", "busy"]
        async with AsyncClient(desk, http, sleep=sleep) as client:
            receipt = await client.append(born())
        assert receipt.repeated
        assert waits[1] == 3.0

    asyncio.run(work())
    assert len(set(line.seen)) == 1
