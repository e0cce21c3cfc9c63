# SPDX-License-Identifier: Apache-2.0
"""The two verifiers over the same input: ``muniment-verify``, and the page in a browser."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final

from playwright.sync_api import Page

from api.console.verifying.data import catalogue_data
from audit.proof.policy.file import parse_policy
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.report import FINDINGS_KEPT_MAX, Report
from audit.proof.verify.trust import Trust
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError, UnreachableError

STATIC: Final = Path(__file__).parents[3] / "api" / "console" / "static" / "verify"
LEFT_OUT: Final = frozenset(
    ("disputes", "heads", "lateness", "post-quantum", "revocation", "schema", "time")
)
"""What the browser may say that it does not check, whatever the program finds there."""

_RUN: Final = """async ({evidence, trust, policy, saved, assume, catalogue}) => {
  const octets = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const blob = (text) => text === null ? null : new Blob([octets(text)]);
  const { verifyChoice } = await import("/page/input.js");
  const choice = {
    evidence: evidence.map(([name, text]) => ({ name, file: blob(text) })),
    trust: blob(trust), policy: blob(policy), saved: blob(saved), assumeTrust: assume,
  };
  const plain = (key, value) => typeof value === "bigint" ? Number(value) : value;
  const said = async () => {
    try {
      return await verifyChoice(choice, catalogue);
    } catch (error) {
      if (!error.result) throw error;
      return { result: error.result, first: { code: error.code }, checks: [], findings: [] };
    }
  };
  return JSON.parse(JSON.stringify(await said(), plain));
}"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is verified, and whom the reader believes.

    Attributes:
        files: Octets by name: one archive, the files of a folder, or a receipt and its entry.
        trust: What the reader trusts.
        assume: Whether the evidence's own keys are taken for the right ones.
        policy: Which witnesses the reader believes.
        saved: A checkpoint that the reader kept.
    """

    files: Mapping[str, bytes] = field(repr=False)
    trust: Trust | None = None
    assume: bool = False
    policy: bytes | None = None
    saved: bytes | None = None

    def request(self, path: Path) -> Request:
        """Say to the program what is said to the page."""
        policy = None if self.policy is None else parse_policy(self.policy)
        return Request(
            path=path,
            trust=self.trust,
            assume_trust=self.assume,
            saved=self.saved,
            policy=policy,
        )


Seen = tuple[str, str, int | None, bool]
"""Check, code, index and whether something is missing rather than contradicted."""


@dataclass(frozen=True)
class Verdict:
    """What a verifier says.

    Attributes:
        result: ``ok``, ``violated``, ``incomplete`` or ``unusable``.
        code: Of the first failing check, or why nothing could be verified.
        states: Of every check.
        found: What weighs against it.
    """

    result: str
    code: str | None = None
    states: Mapping[str, str] = field(default_factory=dict)
    found: frozenset[Seen] = frozenset()

    def agrees(self, browser: Verdict) -> bool:
        """Tell whether the browser says the same, or openly says that it checks less."""
        states = {name: browser.states.get(name, "not checked") for name in self.states}
        less = {name for name, state in states.items() if state == "not checked"} & LEFT_OUT
        return (
            {**self.states, **dict.fromkeys(less, "not checked")} == states
            and (self.result, self.code) == (browser.result, browser.code)
            and self._listed(self.found) == self._listed(browser.found)
        )

    def _listed(self, found: frozenset[Seen]) -> frozenset[Seen]:
        """Leave out checks of which the program's report does not list everything."""
        counts = Counter(check for check, *_ in self.found)
        return frozenset(each for each in found if counts[each[0]] < FINDINGS_KEPT_MAX)


def by_program(case: Case) -> Verdict:
    """Verify a bundle as ``muniment-verify`` does."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "evidence")
        if len(case.files) > 1:
            for name, octets in case.files.items():
                Path(path, name).parent.mkdir(parents=True, exist_ok=True)
                Path(path, name).write_bytes(octets)
        else:
            (octets,) = case.files.values()
            path.write_bytes(octets)
        try:
            return said(verify_bundle(case.request(path)))
        except UnreachableError as error:
            return Verdict("incomplete", code=error.slug)
        except MunimentError as error:
            return Verdict("unusable", code=error.slug)


def said(report: Report) -> Verdict:
    """Give the verdict of a report of the program."""
    return Verdict(
        report.exit_code.name.lower(),
        code=report.first.code if report.first else None,
        states={each.name: each.state for each in report.checks},
        found=frozenset(
            (each.check, each.code, each.index, each.missing)
            for each in report.findings
            if not each.notice
        ),
    )


def by_browser(page: Page, case: Case) -> Verdict:
    """Verify the same in a browser that shows the modules of the page."""
    told = run(page, case)
    return Verdict(
        told["result"],
        code=(told["first"] or {}).get("code"),
        states={each["name"]: each["state"] for each in told["checks"]},
        found=frozenset(
            (each["check"], each["code"], each.get("index"), each.get("missing", False))
            for each in told["findings"]
            if not each.get("notice")
        ),
    )


def run(page: Page, case: Case) -> dict[str, Any]:
    """Give the whole report that the browser makes."""
    given = {
        "evidence": [(f"evidence/{name}", _text(each)) for name, each in case.files.items()],
        "trust": case.trust and _text(case.trust.encode()),
        "policy": case.policy and _text(case.policy),
        "saved": case.saved and _text(case.saved),
        "assume": case.assume,
        "catalogue": catalogue_data(CATALOGUE),
    }
    told: dict[str, Any] = page.evaluate(_RUN, given)
    return told


@contextmanager
def served_modules() -> Iterator[str]:
    """Serve the modules of the page on this machine; give their address."""
    handler = partial(_Quiet, directory=str(STATIC))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files, and an empty page to import them into."""

    extensions_map = {".js": "text/javascript", "": "text/html"}  # noqa: RUF012

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Give a file, or the empty page."""
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href=data:,>")


def _text(octets: bytes) -> str:
    return b64encode(octets).decode()
