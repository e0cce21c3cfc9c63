# SPDX-License-Identifier: Apache-2.0
"""Carrying the steps of a flow over httpx: once for threads, once for an event loop.

Each attempt of a call is signed anew, since a service believes a signature once (RFC 9421 nonce);
the content stays octet for octet.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx

from api.access.caller import Reason
from api.access.message import (
    CASE,
    LEGAL_BASIS,
    PURPOSE,
    RECIPIENT,
    Fields,
    HttpRequest,
    target_uri,
)
from api.access.signing import Times, sign_request
from api.client.calling.flow import Answer, Call, Flow, Lost, Pause, Reply, Step, T, Work
from api.client.desk import Desk

CONNECT_SECONDS: Final = 10.0


def request_of(call: Call, desk: Desk) -> httpx.Request:
    """Build one attempt of a call, signed by the machine's key if there is one.

    Raises:
        UsageError: ``origin_invalid``, the address of the desk is none.
    """
    query = httpx.QueryParams(list(call.query))
    url = httpx.URL(target_uri(desk.address, f"{call.path}?{query}" if call.query else call.path))
    fields: Fields = (*_content_type(call), *reason_fields(desk.reason))
    if desk.http_key is not None:
        message = HttpRequest(
            method=call.method,
            url=target_uri(desk.address, url.raw_path.decode("ascii")),
            fields=fields,
            body=call.body,
        )
        times = Times(created=int(desk.world.clock()))
        fields = sign_request(message, desk.http_key, times=times, randomness=desk.world.randomness)
    timeout = httpx.Timeout(desk.patience.answer + call.wait, connect=CONNECT_SECONDS)
    return httpx.Request(
        call.method,
        url,
        headers=list(fields),
        content=call.body or None,
        extensions={"timeout": timeout.as_dict()},
    )


def reason_fields(reason: Reason | None) -> Fields:
    """Give the headers that say why something is asked for."""
    if reason is None:
        return ()
    told = (
        (PURPOSE, reason.purpose),
        (LEGAL_BASIS, reason.legal_basis),
        (CASE, reason.case),
        (RECIPIENT, reason.recipient),
    )
    return tuple((name, value) for name, value in told if value)


class Carrier:
    """Does the steps of flows in the thread of whoever asks."""

    def __init__(self, http: httpx.Client, sleep: Callable[[float], object] = time.sleep) -> None:
        """Carry over an HTTP client, which stays its maker's to close."""
        self._http = http
        self._sleep = sleep

    def run(self, flow: Flow[T], desk: Desk) -> T:
        """Do what a flow wants until it gives its result."""
        reply: Any = None
        try:
            while True:
                reply = self._do(flow.send(reply), desk)
        except StopIteration as end:
            result: T = end.value
            return result

    def _do(self, step: Step, desk: Desk) -> object:
        match step:
            case Pause(seconds):
                return self._sleep(seconds)
            case Work(do):
                return do()
            case Call():
                try:
                    return _answer(self._http.send(request_of(step, desk)))
                except httpx.RequestError as error:
                    return _lost(error)


class AsyncCarrier:
    """Does the steps of flows in an event loop; work goes to a thread."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Carry over an HTTP client, which stays its maker's to close."""
        self._http = http
        self._sleep = sleep

    async def run(self, flow: Flow[T], desk: Desk) -> T:
        """Do what a flow wants until it gives its result."""
        reply: Any = None
        try:
            while True:
                reply = await self._do(flow.send(reply), desk)
        except StopIteration as end:
            result: T = end.value
            return result

    async def _do(self, step: Step, desk: Desk) -> object:
        match step:
            case Pause(seconds):
                return await self._sleep(seconds)
            case Work(do):
                return await asyncio.to_thread(do)
            case Call():
                request = await asyncio.to_thread(request_of, step, desk)
                try:
                    return _answer(await self._http.send(request))
                except httpx.RequestError as error:
                    return _lost(error)


def _content_type(call: Call) -> Fields:
    return (("Content-Type", call.media_type),) if call.media_type else ()


def _answer(response: httpx.Response) -> Reply:
    return Answer(status=response.status_code, fields=dict(response.headers), body=response.content)


def _lost(error: httpx.RequestError) -> Lost:
    return Lost(type(error).__name__)
