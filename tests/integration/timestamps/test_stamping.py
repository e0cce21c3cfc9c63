# SPDX-License-Identifier: Apache-2.0
"""Stamping checkpoints over HTTP: what is asked, kept, renewed, retried and refused."""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.checkpoint import Checkpoint
from audit.proof.note import sign_note, with_lines
from audit.proof.timestamps.authorities import trusted_authorities
from audit.proof.timestamps.bracket import Timeline
from audit.proof.timestamps.files import StampName
from audit.proof.timestamps.series import facts_of, judge_stamps
from audit.proof.timestamps.token import TOKEN_OCTETS_MAX, read_token
from audit.proof.timestamps.verifying import read_request
from audit.timestamps import post
from audit.timestamps.settings import read_settings
from audit.timestamps.shelf import Shelf
from audit.timestamps.stamping import Due, Stamper
from domain.errors import UnreachableError, UnsafeError, UsageError
from tests.integration.timestamps.serving import Reply, Served, write_settings
from tests.unit.audit.timestamps.local_authority import DAY, NOW, issue, needs_openssl, query

pytestmark = needs_openssl

ORIGIN = "ledger.xa-test"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HOUR = 3_600


def head(size: int, root: bytes = b"root") -> tuple[Checkpoint, bytes]:
    digest = sha256(root if size else b"").digest()
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=digest)
    return checkpoint, sign_note(checkpoint.body(), name=ORIGIN, private_key=KEY)


def now(after: int = 0) -> int:
    return int(time.time()) + after


def slugs(stamper: Stamper, size: int = 7) -> list[str]:
    """Stamp, and tell what went wrong with each authority."""
    outcomes = stamper.stamp(now(), head(size))
    return [each.error.slug if each.error else "" for each in outcomes]


def tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_whole_note_is_dated_by_both_and_kept_as_a_bundle_holds_it(
    stamper: Stamper, tmp_path: Path, alpha: Served, beta: Served
) -> None:
    assert slugs(stamper) == ["", ""]
    assert tree(tmp_path / "timestamps") == {
        ".lock",
        "checkpoints/7.note",
        *("tsa/7.alpha.0.tsr", "tsa/7.alpha.0.tsq"),
        *("tsa/7.beta.0.tsr", "tsa/7.beta.0.tsq", "tsa/7.beta.0.pem"),
    }
    assert (tmp_path / "timestamps/checkpoints/7.note").read_bytes() == head(7)[1]
    for served in (alpha, beta):
        (request,) = served.asked
        asked = read_request(request)
        assert asked.message_imprint.message == sha256(head(7)[1]).digest()
        assert asked.cert_req
        assert asked.nonce
        assert served.types == ["application/timestamp-query"]


def test_what_is_kept_verifies_from_the_files_alone(
    stamper: Stamper, tmp_path: Path, alpha: Served, beta: Served
) -> None:
    stamper.stamp(now(), head(7))
    stamper.stamp(now(), head(9), every=0)
    folder = tmp_path / "timestamps"
    files = {name: (folder / name).read_bytes() for name in tree(folder)}
    roots = [(each.authority.name, each.authority.root.pem) for each in (alpha, beta)]
    notes = {size: head(size)[1] for size in (7, 9)}
    verdicts = judge_stamps(files, notes, trusted_authorities(roots), now=now())
    assert [each.state for each in verdicts] == ["valid"] * 4
    bracket = Timeline(facts_of(verdicts)).bracket(8)
    assert bracket.not_before is None, "an old checkpoint can be stamped at any time"
    assert bracket.not_after
    assert bracket.not_after.fact.size == 9


def test_an_authority_is_asked_once_an_hour_and_once_a_checkpoint(
    stamper: Stamper, alpha: Served
) -> None:
    assert stamper.stamp(now(), head(0)) == ()
    assert slugs(stamper) == ["", ""]
    assert slugs(stamper, size=9) == []
    assert len(stamper.due(now(HOUR), head(9)[0])) == 2
    assert stamper.due(now(HOUR), head(7)[0]) == ()
    assert len(stamper.stamp(now(), head(9), every=0)) == 2
    assert len(alpha.asked) == 2


def test_the_witnessed_checkpoint_is_dated_before_a_newer_one(
    stamper: Stamper, shelf: Shelf
) -> None:
    witnessed = head(7)[0], with_lines(head(7)[1], ["\N{EM DASH} court.example AAAAAAAA\n"])
    stamper.stamp(now(), head(9), witnessed=witnessed)
    assert shelf.note(7) == witnessed[1]
    assert {name.size for name in shelf.names()} == {7}
    # While witnesses bring no newer one, time goes on all the same.
    stamper.stamp(now(), head(9), witnessed=witnessed, every=0)
    assert {name.size for name in shelf.names()} == {7, 9}


def test_one_authority_that_is_away_holds_up_no_other(
    stamper: Stamper, alpha: Served, pauses: list[float]
) -> None:
    busy = [lambda _: Reply(b"", status=503)] * 3
    alpha.behaviours += busy
    assert slugs(stamper) == ["tsa_unreachable", ""]
    assert len(alpha.asked) == 3
    assert pauses == [1.0, 2.0]
    assert slugs(stamper) == [""]  # what is lacking is made by the next run


def test_a_try_that_fails_is_followed_by_another(
    stamper: Stamper, alpha: Served, pauses: list[float]
) -> None:
    alpha.behaviours.append(lambda _: Reply(b"", status=502))
    assert slugs(stamper) == ["", ""]
    assert pauses == [1.0]


def test_an_address_where_nobody_listens_is_told(
    tmp_path: Path, shelf: Shelf, stamper: Stamper, alpha: Served, beta: Served
) -> None:
    beta.url = "http://127.0.0.1:1/"
    authorities = read_settings(write_settings(tmp_path / "other.toml", alpha, beta))
    assert slugs(Stamper(shelf, authorities, stamper._asker)) == ["", "tsa_unreachable"]


@pytest.mark.parametrize(
    ("slug", "reply"),
    [
        ("tsa_answer", Reply(b"", status=404)),
        ("tsa_answer", Reply(b"", status=302, location="http://127.0.0.1:1/")),
        ("tsa_answer", Reply(b"<html>", kind="text/html")),
        ("tsa_answer", Reply(bytes(TOKEN_OCTETS_MAX + 1))),
        ("tsa_answer", Reply(bytes(64 * 1024 * 1024))),
        ("stamp_malformed", Reply(b"")),
        ("stamp_malformed", Reply(b"\x30\x80" + bytes(200))),
    ],
)
def test_what_is_no_time_stamp_is_refused_without_another_try(
    stamper: Stamper, alpha: Served, slug: str, reply: Reply
) -> None:
    alpha.behaviours.append(lambda _: reply)
    assert slugs(stamper) == [slug, ""]
    assert len(alpha.asked) == 1


@pytest.mark.parametrize(
    ("slug", "message"), [("stamp_nonce", head(7)[1]), ("stamp_other", b"something else")]
)
def test_the_answer_to_another_request_is_not_kept(
    stamper: Stamper, shelf: Shelf, alpha: Served, slug: str, message: bytes
) -> None:
    alpha.behaviours.append(lambda _: alpha.good(query(message)))
    assert slugs(stamper) == [slug, ""]
    assert [name.series for name in shelf.names()] == ["beta"]


def test_an_answer_that_drips_for_ever_is_cut_off(
    stamper: Stamper, alpha: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "ANSWER_SECONDS_MAX", 0.2)
    alpha.drips = True
    assert slugs(stamper)[0] in {"tsa_unreachable", "stamp_malformed"}


def test_a_cut_answer_is_not_kept(stamper: Stamper, alpha: Served) -> None:
    alpha.behaviours.append(lambda request: Reply(alpha.authority.answer(request)[:-1]))
    assert slugs(stamper) == ["stamp_malformed", ""]


def test_the_answer_of_another_authority_is_not_kept(
    stamper: Stamper, alpha: Served, beta: Served
) -> None:
    alpha.behaviours.append(beta.good)
    assert slugs(stamper) == ["stamp_untrusted", ""]


def test_a_token_is_dated_again_with_its_note_before_its_certificate_expires(
    stamper: Stamper, alpha: Served
) -> None:
    short = issue("alpha short", alpha.authority.root, dates=(NOW - DAY, NOW + 40 * DAY))
    alpha.authority = alpha.authority.with_signer(short)
    stamper.stamp(now(), head(7))
    assert stamper.due(now()) == ()
    soon = now(int(15 * DAY.total_seconds()))
    renewal = Due(name=StampName(7, "alpha", 1), reason="expiring")
    assert stamper.due(soon) == (renewal,)
    alpha.authority = alpha.authority.with_signer(issue("alpha long", alpha.authority.root))
    outcomes = stamper.stamp(soon, head(7))
    assert [(each.due, each.error) for each in outcomes] == [(renewal, None)]
    assert stamper.due(soon) == ()
    after = now(int(60 * DAY.total_seconds()))
    assert [each.state for each in stamper.verdicts(after)] == ["renewed", "valid", "valid"]


def test_two_heads_of_one_size_are_never_both_dated(
    stamper: Stamper, alpha: Served, beta: Served
) -> None:
    stamper.stamp(now(), head(7))
    beta_name = StampName(7, "beta")
    assert beta_name in {each.name for each in stamper.verdicts(now())}
    alpha.asked.clear()
    (stamper._shelf._folder / StampName(7, "alpha").path("tsr")).unlink()
    with pytest.raises(UnsafeError) as refusal:
        stamper.stamp(now(), head(7, b"another root"))
    assert refusal.value.slug == "stamped_fork"
    assert alpha.asked == []
    assert len(beta.asked) == 1


def test_files_that_a_killed_run_left_are_made_anew(stamper: Stamper, shelf: Shelf) -> None:
    shelf.keep_note(7, head(7)[1])
    left = shelf._folder / StampName(7, "alpha").path("tsq")
    left.write_bytes(b"of a request that was never answered")
    assert slugs(stamper) == ["", ""]
    assert [each.state for each in stamper.verdicts(now())] == ["valid", "valid"]


def test_a_token_that_is_kept_is_never_replaced(stamper: Stamper, shelf: Shelf) -> None:
    stamper.stamp(now(), head(7))
    (name, *_), before = shelf.names(), shelf.files(shelf.names()[0])
    with pytest.raises(UnsafeError) as refusal:
        shelf.keep(name, {"tsr": b"other"})
    assert refusal.value.slug == "stamp_kept"
    assert shelf.files(name) == before


def test_one_process_stamps_at_a_time(stamper: Stamper, shelf: Shelf) -> None:
    with shelf.alone(), pytest.raises(UnsafeError) as refusal:
        stamper.stamp(now(), head(7))
    assert refusal.value.slug == "stamping_running"
    assert slugs(stamper) == ["", ""]


def test_a_clock_that_is_far_off_is_told(settings: Path, shelf: Shelf, stamper: Stamper) -> None:
    asker = type(stamper._asker)(clock=lambda: time.time() + HOUR)
    assert slugs(Stamper(shelf, read_settings(settings), asker)) == ["stamp_clock"] * 2


def test_revocation_lists_and_answers_are_kept_as_they_are(
    settings: Path, shelf: Shelf, stamper: Stamper, tmp_path: Path
) -> None:
    (tmp_path / "alpha.ocsp").write_bytes(b"kept, not looked at")
    text = settings.read_text("utf-8").replace('alpha"\nurl', 'alpha"\nocsp = "alpha.ocsp"\nurl')
    settings.write_text(text, "utf-8")
    again = Stamper(shelf, read_settings(settings), stamper._asker)
    assert slugs(again) == ["", ""]
    name = StampName(7, "alpha")
    assert shelf.files(name)[name.path("ocsp")] == b"kept, not looked at"
    assert read_token(shelf.files(name)[name.path("tsr")])


def test_a_file_beside_tokens_that_cannot_be_used_stops_that_authority_only(
    beta: Served, stamper: Stamper
) -> None:
    chain = beta.authority.folder / "chain.pem"
    chain.write_bytes(bytes(100_000))
    assert slugs(stamper) == ["", "tsa_settings"]
    chain.unlink()
    assert slugs(stamper) == ["tsa_settings"]
    assert beta.asked == []


def test_a_folder_that_cannot_be_made_is_told(stamper: Stamper, tmp_path: Path) -> None:
    (tmp_path / "timestamps").write_text("in the way")
    with pytest.raises(UnreachableError):
        stamper.stamp(now(), head(7))


@pytest.mark.parametrize(
    "text",
    [
        'authority = "alpha"',
        "authority = []",
        "[[authority]]\nname = 1",
        '[[authority]]\nname = "a"\nurl = "http://[::1"\nroots = "r"\n' * 2,
        '[[authority]]\nname = "a"\nurl = "http://a b"\nroots = "r"\n' * 2,
        "x" * 70_000,
    ],
)
def test_other_texts_are_no_settings(tmp_path: Path, text: str) -> None:
    (tmp_path / "timestamps.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError) as refusal:
        read_settings(tmp_path / "timestamps.toml")
    assert refusal.value.slug == "tsa_settings"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "beta"', 'name = "alpha"'),
        ('name = "beta"', 'name = "Beta/.."'),
        ("http://", "file://"),
        ("[[authority]]", "[[tsa]]"),
        ("roots", "root"),
        ("root.pem", "absent.pem"),
        ("root.pem", "chain.pem"),
        ("beta/root.pem", "alpha/root.pem"),
        ("[[", "["),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: Path, old: str, new: str) -> None:
    text = settings.read_text("utf-8")
    assert old in text
    settings.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(UsageError) as refusal:
        read_settings(settings)
    assert refusal.value.slug in {"tsa_settings", "tsa_roots"}


def test_one_authority_alone_is_too_few(tmp_path: Path, alpha: Served) -> None:
    with pytest.raises(UsageError, match="1 authorities, not 2 to 8"):
        read_settings(write_settings(tmp_path / "one.toml", alpha))
