# SPDX-License-Identifier: Apache-2.0
"""Sending one notice: one POST, no redirect, a bounded time, and nothing read of the answer.

Whoever is told cannot hold us up or lead us elsewhere: all of it, the name included, takes ten
seconds at most, and only the status counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from ssl import create_default_context
from typing import Final

import httpx

from api.notices.addresses import Target, resolve
from domain.errors import RefusedError

SECONDS_MAX: Final = 10
AGENT: Final = "muniment-notices/1"


def post(url: str, headers: Mapping[str, str], body: bytes, *, loopback: bool) -> str | None:
    """Send a body; tell what went wrong by a short code, or nothing where it was taken.

    Anything but a status of 200 to 299 is a failure, a redirect included.
    """
    return asyncio.run(_bounded(url, headers, body, loopback=loopback))


async def _bounded(
    url: str, headers: Mapping[str, str], body: bytes, *, loopback: bool
) -> str | None:
    try:
        async with asyncio.timeout(SECONDS_MAX):
            status = await _status(await resolve(url, loopback=loopback), headers, body)
    except RefusedError:
        return "address refused"
    except TimeoutError:
        return "too slow"
    except (OSError, httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return type(error).__name__
    return None if httpx.codes.is_success(status) else f"status {status}"


async def _status(target: Target, headers: Mapping[str, str], body: bytes) -> int:
    """Ask the number that was checked, by the name that its certificate has to have."""
    sent = {"content-type": "application/json", "user-agent": AGENT, "host": target.host}
    async with (
        httpx.AsyncClient(
            timeout=SECONDS_MAX,
            follow_redirects=False,
            trust_env=False,
            verify=create_default_context(),  # the authorities that this machine trusts
        ) as client,
        client.stream(
            "POST",
            target.url,
            content=body,
            headers=sent | dict(headers),
            extensions={"sni_hostname": target.name},
        ) as answer,
    ):
        return answer.status_code
