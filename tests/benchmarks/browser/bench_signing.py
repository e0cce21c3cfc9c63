# SPDX-License-Identifier: Apache-2.0
"""Milliseconds in which a browser signs one event, from the press of the button to the signature.

Our own modules run in Chromium: the key is fetched from IndexedDB, each disclosure is held against
its digest, and the key signs. The goal (console issue): under 100 ms.

Run with ``python -m tests.benchmarks.browser.bench_signing [ROUNDS]``; it needs Chromium.
"""

from __future__ import annotations

import json
import shutil
import sys
from importlib.resources import files
from typing import Final

from playwright.sync_api import Page, Route, sync_playwright

from api.client.keyfile import FileKey
from api.client.signer import Unsigned, prepare
from domain.catalogue import CATALOGUE
from tests.integration.append.desk import born

ROUNDS: Final = 200
GOAL_MS: Final = 100
ORIGIN: Final = "http://localhost:9"
WITHOUT_ED25519: Final = """
const made = SubtleCrypto.prototype.generateKey;
SubtleCrypto.prototype.generateKey = function (way, ...rest) {
  if (way.name === "Ed25519") throw new DOMException("none", "NotSupportedError");
  return made.call(this, way, ...rest);
};
"""
SIGN: Final = """async ([input, disclosures, rounds]) => {
  const { findKey, makeKey, signWith } = await import("/static/keys.js");
  const { decode, digest, octetsOf } = await import("/static/octets.js");
  const { kid, alg } = await makeKey("off.bench");
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    const payload = JSON.parse(new TextDecoder().decode(decode(input.split(".")[1])));
    for (const each of disclosures) payload._sd.includes(await digest(octetsOf(each)));
    await signWith(await findKey(kid), octetsOf(input));
    times.push(performance.now() - begun);
  }
  times.sort((one, other) => one - other);
  return [alg, times[Math.floor(rounds / 2)], times[Math.floor(rounds * 0.99)]];
}"""


def main() -> None:
    """Measure both kinds of keys, and print medians and 99th percentiles."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    place = shutil.which("chromium")
    if place is None:
        sys.exit("Chromium is not here; Debian's package chromium brings it.")
    event = _event()
    given = [event.signing_input.decode(), [each.decode() for each in event.disclosures], rounds]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox"])
        for script in ("", WITHOUT_ED25519):
            page = browser.new_context().new_page()
            page.route("**/*", _serve)
            page.add_init_script(script)
            _tell(page, given)
        browser.close()


def _tell(page: Page, given: list[object]) -> None:
    page.goto(ORIGIN)
    alg, median, late = page.evaluate(SIGN, given)
    figures = {"key": alg, "median_ms": round(median, 2), "p99_ms": round(late, 2)}
    print(json.dumps(figures | {"goal_ms": GOAL_MS, "of_goal": round(late / GOAL_MS, 3)}))  # noqa: T201


def _serve(route: Route) -> None:
    """Give our own files, at an address that counts as secure."""
    name = route.request.url.removeprefix(f"{ORIGIN}/static/")
    if name == route.request.url:
        route.fulfill(body="<!doctype html><title>bench</title>", content_type="text/html")
        return
    body = (files("api.console") / "static" / name).read_text("utf-8")
    route.fulfill(body=body, content_type="text/javascript")


def _event() -> Unsigned:
    """Prepare a transfer with three lines about its new holder."""
    draft = born(
        evt="firearm.transferred",
        dat={"acq": "sale", "hld": "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54",
             "permit_class": "sport", "exemption": "not_required"},
    )  # fmt: skip
    claims = {"holder_name": "Zofia Example", "holder_birth_date": "1979-03-14"}
    key = FileKey.create("Ed25519")
    return prepare(draft, {**claims, "permit_no": "XA-1"}, key, catalogue=CATALOGUE)


if __name__ == "__main__":
    main()
