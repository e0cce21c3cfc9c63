# SPDX-License-Identifier: Apache-2.0
"""The pages of the auditor: each figure leads to its entries, and each entry to its proof."""

from __future__ import annotations

import re
from contextlib import closing
from html import unescape

import pytest
from typer.testing import CliRunner

from api.auditing.kept import last_check
from api.cli.main import COMMANDS, load
from audit.link import Link
from audit.proof.encoding import decode
from audit.proof.inclusion import parse_tlog_proof, verify_tlog_proof
from audit.proof.merkle import leaf_hash
from audit.proof.note import parse_verifier_key
from audit.signer.keys.known import known_log_keys
from domain.identifiers import StreamId
from tests.integration.console.conftest import Console, Person, text_of

FIRST = "select idx, raw from ledger.event where stream = %b and seq = 1"
AUDIT = {"purpose": "audit", "basis": "act_12", "case": "A-7"}
PAGES = (
    "/audit",
    "/audit/findings",
    "/audit/signers",
    "/audit/verify",
    "/audit/compare",
    "/audit/access",
    "/audit/access/verify",
    "/audit/entry/0",
    "/audit/entry/0/proof",
    "/audit/entry/0/bytes",
)

pytestmark = pytest.mark.slow


def _first_of(console: Console, stream: StreamId) -> tuple[int, bytes]:
    """Give index and bytes of the first entry of a stream."""
    with closing(Link(console.office.database.conninfo("ledger_reader"))) as link:
        rows = link.read(FIRST, (stream.uuid,))
    return rows[0][0], bytes(rows[0][1])


@pytest.fixture(scope="module")
def firearm(console: Console) -> StreamId:
    """Record a life of a firearm."""
    return console.desk.life("AUDIT-1")


@pytest.fixture
def auditor(console: Console, firearm: StreamId) -> Person:
    """Somebody who may audit, with the purpose stated."""
    del firearm
    return console.person("AUD").says(**AUDIT)


@pytest.mark.parametrize("path", PAGES)
def test_an_auditor_may_open_every_page(auditor: Person, path: str) -> None:
    assert auditor.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_dealer_is_shown_none_of_it(console: Console, firearm: StreamId, path: str) -> None:
    del firearm
    answer = console.person("DLR").says(**AUDIT).get(path)
    assert answer.status_code in (403, 404)
    assert "AUDIT-1" not in answer.text
    assert console.office.name.origin not in text_of(answer)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_led_to_the_log_in(console: Console, path: str) -> None:
    answer = console.stranger.get(path)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/log-in")


def test_looks_are_shown_for_an_audit_and_a_fresh_factor_alone(console: Console) -> None:
    auditor = console.person("AUD")
    assert auditor.get("/audit/access").headers["location"].startswith("/purpose?")
    assert auditor.says().get("/audit/access").headers["location"].startswith("/purpose?")
    tired = console.logged_in(auditor.officer, ago=3_600).says(**AUDIT)
    assert tired.get("/audit/access").headers["location"].startswith("/step-up?")


def test_the_overview_tells_size_root_and_whose_signature_holds(
    console: Console, auditor: Person
) -> None:
    console.office.notary.checkpoint()
    text = text_of(auditor.get("/audit"))
    size = console.office.ledger.size
    assert f"{size:,} entries" in text
    assert "signature holds" in text
    assert "No checkpoint was ever taken to a witness" in text
    assert "muniment fsck" in text


def test_a_contradiction_is_found_and_leads_to_its_entry(console: Console, auditor: Person) -> None:
    arm = console.desk.manufacture("AUDIT-2", occ="2016-01-01")
    seizure = {"ground": "illicit_possession", "proceeding": "criminal", "station": "STATION 7"}
    console.desk.record("seized", arm, "2010-07-09", **seizure)
    made, _ = _first_of(console, arm)
    page = auditor.get("/audit/findings?check=sequence")
    assert f'href="/audit/entry/{made}"' in page.text
    assert f'href="/firearms/{arm}"' in page.text
    assert "Events in an order that cannot be" in text_of(page)
    overview = text_of(auditor.get("/audit"))
    assert "Events in an order that cannot be" in overview


def test_findings_are_paged_from_the_same_entries(console: Console, auditor: Person) -> None:
    first = auditor.get("/audit/findings?severity=notice")
    size = console.office.ledger.size
    assert f"from the first {size:,} entries" in text_of(first)
    past = auditor.get(f"/audit/findings?severity=notice&size={size}&after=100000")
    assert "Nothing of that sort was found." in text_of(past)
    assert auditor.get("/audit/findings?size=999999").status_code == 404


def test_signers_are_listed_with_keys_roles_and_ends(console: Console, auditor: Person) -> None:
    page = auditor.get("/audit/signers")
    text = text_of(page)
    for kid in (auditor.key, console.desk.key):
        assert kid is not None
        assert f'id="key-{kid.kid}"' in page.text
    assert "root key" in text
    assert "auditor" in text


def test_an_entry_is_taken_apart_with_its_exact_bytes(
    console: Console, auditor: Person, firearm: StreamId
) -> None:
    index, raw = _first_of(console, firearm)
    page = auditor.get(f"/audit/entry/{index}")
    text = unescape(page.text)
    payload = decode(raw.split(b".")[1]).decode()
    assert f'<pre tabindex="0">{payload}</pre>' in text
    assert raw.decode() in page.text
    assert "This entry is not as it was signed" not in page.text
    assert auditor.get(f"/audit/entry/{index}/bytes").content == raw


def test_a_downloaded_proof_leads_the_bytes_to_a_signed_checkpoint(
    console: Console, auditor: Person, firearm: StreamId
) -> None:
    index, _ = _first_of(console, firearm)
    proof = parse_tlog_proof(auditor.get(f"/audit/entry/{index}/proof").content)
    octets = auditor.get(f"/audit/entry/{index}/bytes").content
    known = known_log_keys(console.office.settings.signer_folder)
    keys = [parse_verifier_key(each.vkey) for each in known]
    origin = console.office.name.origin
    found = verify_tlog_proof(proof, leaf_hash(octets), keys=keys, origin=origin)
    assert found.size > index


def test_an_entry_beyond_the_log_is_unknown(auditor: Person) -> None:
    assert auditor.get("/audit/entry/9999999").status_code == 404


def test_a_whole_log_that_nobody_touched_verifies(console: Console, auditor: Person) -> None:
    last = console.office.ledger.size - 1
    page = auditor.get(f"/audit/verify?first=0&last={last}")
    text = text_of(page)
    assert f"Entries 0 to {last} passed every check that was made." in text
    assert "fails" not in text
    assert "not checked" in text
    assert "muniment-verify" in text


@pytest.mark.parametrize(
    "span", ["first=5&last=2", "first=0&last=999999", "first=x&last=3", "first=-1&last=3"]
)
def test_a_range_that_cannot_be_verified_is_told_beside_the_field(
    auditor: Person, span: str
) -> None:
    page = auditor.get(f"/audit/verify?{span}")
    assert page.status_code == 400
    assert 'id="first-error"' in page.text


def test_a_kept_checkpoint_is_led_to_the_newest_one(console: Console, auditor: Person) -> None:
    kept = console.office.notary.checkpoint()[1].decode()
    console.desk.manufacture("AUDIT-3")
    page = auditor.post("/audit/compare", {"notes": kept.replace("\n", "\r\n")})
    text = text_of(page)
    assert "This log grew out of every checkpoint that you pasted." in text
    assert "Proof of growth to the newest checkpoint" in text
    body = kept.partition("\n\n")[0]
    unsigned = text_of(auditor.post("/audit/compare", {"notes": body}))
    assert "no; by itself it proves nothing" in unsigned


def test_a_checkpoint_of_another_history_parts_from_this_log(
    console: Console, auditor: Person
) -> None:
    good = console.office.notary.checkpoint()[1].decode()
    console.desk.manufacture("AUDIT-4")
    origin, size, _ = good.split("\n")[:3]
    other = f"{origin}\n{int(size) + 1}\n{'A' * 43}=\n"
    text = text_of(auditor.post("/audit/compare", {"notes": f"{good}\n{other}"}))
    assert "What you pasted is not of the history that is stored here." in text
    assert "proves nothing by itself" in text
    assert f"one up to {int(size):,} entries, and differ at {int(size) + 1:,}" in text


@pytest.mark.parametrize("notes", ["", "no checkpoint", "a\nb\nc\n", "x\n" * 3_000])
def test_what_is_no_checkpoint_is_told_and_kept(auditor: Person, notes: str) -> None:
    page = auditor.post("/audit/compare", {"notes": notes})
    assert page.status_code == 400
    assert 'id="notes-error"' in page.text


def test_a_look_stands_in_the_access_log_with_purpose_and_case(
    console: Console, auditor: Person, firearm: StreamId
) -> None:
    tracer = console.person("TRC").says(purpose="tracing", basis="act_7", case="22-9917")
    index, _ = _first_of(console, firearm)
    assert tracer.get(f"/audit/entry/{index}").status_code == 200
    page = auditor.get(f"/audit/access?who={tracer.officer}")
    text = text_of(page)
    assert "Read an entry" in text
    assert "22-9917" in text
    assert f'href="/audit/entry/{index}"' in page.text
    assert "No such record was found." in text_of(auditor.get("/audit/access?case=NOBODYS"))
    refused = console.person("DLR").says(**AUDIT)
    refused.get("/audit/entry/0")
    told = text_of(auditor.get(f"/audit/access?who={refused.officer}&refused=1"))
    assert "refused role or mandate does not reach it" in told


def test_looks_are_paged_from_the_newest_on(auditor: Person) -> None:
    for _ in range(52):
        auditor.get("/audit/entry/0")
    page = auditor.get(f"/audit/access?who={auditor.officer}")
    found = re.search(r'href="(/audit/access\?[^"]*before=\d+)"', page.text)
    assert found
    assert "Read an entry" in text_of(auditor.get(unescape(found[1])))


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "9999-12-31x"])
def test_a_day_that_is_none_is_told_beside_its_field(auditor: Person, day: str) -> None:
    page = auditor.get(f"/audit/access?since={day}")
    assert page.status_code == 400
    assert 'id="since-error"' in page.text


def test_the_last_full_check_is_told_with_its_time(console: Console, auditor: Person) -> None:
    settings = console.office.settings
    ran = CliRunner().invoke(load(COMMANDS["fsck"]), [], obj=settings)
    assert ran.exit_code == 0, ran.output
    kept = last_check(settings)
    assert kept is not None
    assert (kept.result, kept.examined) == ("ok", kept.size)
    text = text_of(auditor.get("/audit"))
    assert f"{kept.examined:,} of {kept.size:,} entries everything agrees" in text
