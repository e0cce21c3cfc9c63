# SPDX-License-Identifier: Apache-2.0
"""Signatures of requests over a real port: replayed, narrowed, re-targeted, with a body swapped."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import httpx
import pytest

from api.access.message import Fields, HttpRequest
from api.access.signing import Times, sign_request
from api.client.keyfile import FileKey
from api.registrar import change_key
from tests.integration.append.desk import born, signed
from tests.integration.http.conftest import REASON, Machine, Served

SEARCH = "/v1/search"
ONE = b'{"questions":[{"text":"TW9-0000001"}]}'
OTHER = b'{"questions":[{"text":"TW9-0000002"}]}'
JSON = ("Content-Type", "application/json")


@dataclass(frozen=True)
class Sent:
    """A request with the headers that its machine signed."""

    machine: Machine
    method: str
    path: str
    body: bytes
    fields: Fields

    def send(
        self, *, method: str = "", path: str = "", body: bytes | None = None
    ) -> httpx.Response:
        return self.machine.client.request(
            method or self.method,
            path or self.path,
            content=self.body if body is None else body,
            headers=list(self.fields),
        )

    def changed(self, name: str, old: str, new: str) -> Sent:
        """Change one header behind the machine's back."""
        fields = tuple(
            (key, re.sub(old, new, value) if key.lower() == name else value)
            for key, value in self.fields
        )
        return Sent(self.machine, self.method, self.path, self.body, fields)

    def without(self, name: str) -> Sent:
        fields = tuple(each for each in self.fields if each[0].lower() != name)
        return Sent(self.machine, self.method, self.path, self.body, fields)


def _signed(machine: Machine, *, method: str = "POST", at: int = 0, origin: str = "") -> Sent:
    body = ONE if method == "POST" else b""
    path = SEARCH if method == "POST" else f"{SEARCH}?text=TW9-0000001"
    given = (*REASON.items(), *([JSON] if body else []))
    url = f"{origin or machine.origin}{path}"
    message = HttpRequest(method=method, url=url, fields=given, body=body)
    times = Times(created=int(time.time()) + at)
    return Sent(machine, method, path, body, sign_request(message, machine.key, times=times))


@pytest.fixture
def machine(served: Served) -> Machine:
    return served.machine("TRC")


def _refusal(answer: httpx.Response) -> str:
    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == 'Signature realm="muniment"'
    return str(answer.json()["code"])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_counts_once(machine: Machine, method: str) -> None:
    sent = _signed(machine, method=method)
    assert sent.send().status_code == 200
    assert _refusal(sent.send()) == "nonce_replayed"


def test_a_forged_request_does_not_use_up_the_nonce_of_an_honest_one(machine: Machine) -> None:
    sent = _signed(machine)
    assert sent.send(body=OTHER).status_code == 401
    assert sent.changed("signature", "=:....", "=:AAAA").send().status_code == 401
    assert sent.send().status_code == 200


def test_a_body_cannot_be_swapped(machine: Machine) -> None:
    sent = _signed(machine)
    assert _refusal(sent.send(body=OTHER)).startswith("content_digest")
    assert _refusal(sent.without("content-digest").send()).startswith(("signature", "content"))


def test_a_request_cannot_be_sent_elsewhere(machine: Machine) -> None:
    sent = _signed(machine, method="GET")
    assert _refusal(sent.send(path=f"{SEARCH}?text=TW9-0000002")) == "signature_wrong"
    assert _refusal(sent.send(path=f"{SEARCH}?text=TW9-0000001&limit=9")) == "signature_wrong"
    assert _refusal(sent.send(path="/v1/holdings")) == "signature_wrong"
    assert sent.send().status_code == 200
    assert _refusal(_signed(machine, origin="https://other.example").send()) == "signature_wrong"


def test_a_host_header_changes_nothing(machine: Machine) -> None:
    elsewhere = _signed(machine, origin="https://other.example")
    fields = (*elsewhere.fields, ("Host", "other.example"))
    sent = Sent(machine, elsewhere.method, elsewhere.path, elsewhere.body, fields)
    assert _refusal(sent.send()) == "signature_wrong"


@pytest.mark.parametrize("name", ["@method", "@target-uri", "content-digest", "muniment-purpose"])
def test_a_signature_cannot_be_narrowed(machine: Machine, name: str) -> None:
    sent = _signed(machine).changed("signature-input", f'"{name}" ?', "")
    assert _refusal(sent.send()).startswith("signature_")


@pytest.mark.parametrize("name", ["muniment-purpose", "muniment-legal-basis", "muniment-case"])
def test_a_reason_cannot_be_changed_taken_away_or_put_in(machine: Machine, name: str) -> None:
    assert _refusal(_signed(machine).changed(name, "$", "x").send()) == "signature_wrong"
    assert _refusal(_signed(machine).without(name).send()).startswith("signature_")
    bare = HttpRequest(method="GET", url=f"{machine.origin}/v1/holdings")
    fields = sign_request(bare, machine.key, times=Times(created=int(time.time())))
    put_in = Sent(machine, "GET", "/v1/holdings", b"", (*fields, (name, "tracing")))
    assert _refusal(put_in.send()).startswith("signature_")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r";nonce=\"[^\"]*\"", ""),
        (r";expires=\d+", ""),
        (r";tag=\"fle-1\"", ""),
        (r"tag=\"fle-1\"", 'tag="fle-2"'),
        (r"nonce=\"[^\"]*\"", 'nonce="short"'),
        (r"expires=\d+", "expires=9999999999"),
        (r"created=\d+", "created=1"),
        (r"$", ";alg=hmac"),
        (r"^fle=", "other="),
        (r"$", ', second=("@method")'),
        (r".*", ""),
        (r".*", "((((("),
    ],
)
def test_a_parameter_cannot_be_taken_away_or_changed(machine: Machine, old: str, new: str) -> None:
    _refusal(_signed(machine).changed("signature-input", old, new).send())


@pytest.mark.parametrize(
    ("seconds", "code"), [(-120, "signature_expired"), (120, "signature_future")]
)
def test_a_signature_lives_for_a_minute(machine: Machine, seconds: int, code: str) -> None:
    assert _refusal(_signed(machine, at=seconds).send()) == code


def test_a_key_that_nobody_enrolled_or_that_signs_events_signs_no_request(served: Served) -> None:
    for key, code in ((FileKey.create("Ed25519"), "unknown"), (served.key, "class")):
        stranger = Machine(served.origin, key, served.client)
        assert _refusal(stranger.get("/v1/holdings")) == f"http_key_{code}"


def test_a_session_or_request_key_signs_no_event(served: Served, machine: Machine) -> None:
    answer = served.post(signed(born(), machine.key))
    assert (answer.status_code, answer.json()["code"]) == (422, "key_not_valid")


def test_an_append_may_be_signed_besides_and_then_has_to_hold(served: Served) -> None:
    machine = served.machine("TRC")
    body = signed(born(), served.key).to_bytes()
    headers = {"Content-Type": "application/sd-jwt"}
    twice = {**headers, "Signature-Input": "fle=()", "Signature": "fle=:AAAA:"}
    assert _refusal(served.client.post("/v1/events", content=body, headers=twice))
    answer = machine.request("POST", "/v1/events", content=body, headers=headers)
    assert answer.status_code == 201


def test_a_bearer_token_is_no_way_in(served: Served) -> None:
    for token in ("Bearer x", "Basic eDp5", f"Bearer {served.key.kid}"):
        answer = served.client.get("/v1/holdings", headers={"Authorization": token})
        assert _refusal(answer) == "unknown_caller"


@pytest.mark.parametrize("evt", ["key.suspended", "key.revoked"])
def test_a_key_counts_no_more_from_the_entry_that_ends_it(served: Served, evt: str) -> None:
    key = FileKey.create("Ed25519")
    served.enrol(key, "TRC", key_class="http")
    machine = Machine(served.origin, key, served.client)
    assert machine.get("/v1/holdings").status_code == 200
    more = {"reason": "lost"} if evt == "key.revoked" else {}
    change_key(served.office, evt, {"kid": key.kid, **more}, signers=[served.roots[0]])
    assert _refusal(machine.get("/v1/holdings")) == "http_key_not_valid"


def test_a_withdrawn_role_opens_nothing_more(served: Served) -> None:
    key = FileKey.create("Ed25519")
    served.enrol(key, "TRC", key_class="http")
    machine = Machine(served.origin, key, served.client)
    assert machine.get("/v1/feed/events?limit=1").status_code == 200
    dat = {"kid": key.kid, "role": "TRC"}
    change_key(served.office, "role.withdrawn", dat, signers=[served.roots[0]])
    assert machine.get("/v1/feed/events?limit=1").status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP"),
        *("Client-Cert", "X-Client-Cert", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method"),
        *("X-Method-Override", "X-HTTP-Method-Override", "X-User", "Remote-User"),
    ],
)
def test_what_a_proxy_would_say_changes_nothing(
    served: Served, machine: Machine, name: str
) -> None:
    value = {"Forwarded": "for=127.0.0.1;host=other.example"}.get(name, "/v1/metrics")
    plain = served.client.get("/v1/holdings")
    dressed = served.client.get("/v1/holdings", headers={name: value})
    assert (plain.status_code, plain.content) == (dressed.status_code, dressed.content)
    sent = _signed(machine, method="GET")
    fields = (*sent.fields, (name, value))
    assert Sent(machine, "GET", sent.path, b"", fields).send().status_code == 200
