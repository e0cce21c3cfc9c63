# SPDX-License-Identifier: Apache-2.0
"""The drill: a key is revoked as compromised, its entries are listed, each is settled by two."""

from __future__ import annotations

from api.registrar import change_key
from tests.integration.heads.conftest import Run, Scene, lines, timely


def compromise(scene: Scene, since: int) -> str:
    """Revoke the maker's key by a root; give its thumbprint."""
    kid = scene.desk.key.kid
    dat = {"kid": kid, "reason": "compromised", "compromised_since": since}
    change_key(scene.desk.office, "key.revoked", dat, signers=scene.desk.roots[:1])
    return kid


def test_disputed_entries_are_listed_and_settled_by_two_officers(scene: Scene, run: Run) -> None:
    kid = compromise(scene, 3)
    listed = lines(run("disputes", "--json"))
    assert [each["index"] for each in listed] == [3, 4, 5]
    assert {each["standing"] for each in listed} == {"disputed"}
    settled = run("disputes", "settle", kid, "4", "3=5", *scene.roots)
    assert settled.exit_code == 0, settled.output
    left = run("disputes")
    assert "3 entries by compromised keys, 1 of them await a word" in left.output
    standings = [each["standing"] for each in lines(run("disputes", "--all", "--json"))]
    assert standings == ["superseded", "confirmed", "disputed"]


def test_one_officer_alone_settles_nothing(scene: Scene, run: Run) -> None:
    kid = compromise(scene, 3)
    answer = run("disputes", "settle", kid, "4", *scene.roots[:2])
    assert answer.exit_code == 3
    assert "four_eyes_required" in answer.output


def test_a_root_and_a_supervisor_settle_together(scene: Scene, run: Run) -> None:
    supervisor = scene.key(scene.enrol("supervisor"))
    kid = compromise(scene, 3)
    options = ["--key", supervisor, *scene.roots[:2]]
    assert run("disputes", "settle", kid, "5", *options).exit_code == 0


def test_what_does_not_fit_the_log_is_refused_before_it_is_signed(scene: Scene, run: Run) -> None:
    kid = compromise(scene, 3)
    for words, slug in [
        (["3=4"], "settlement_unfit"),  # of another stream
        (["5=3"], "settlement_unfit"),  # before it
        (["99"], "settlement_unfit"),
        (["three"], "settlement_form"),
        ([str(each) for each in range(65)], "settlement_size"),
        (["2"], "not_disputed"),
        (["4", "4"], "settlement_order"),
    ]:
        answer = run("disputes", "settle", kid, *words, *scene.roots)
        assert slug in answer.output, answer.output
        assert answer.exit_code in (2, 3)


def test_findings_name_what_awaits_a_word(scene: Scene, run: Run) -> None:
    compromise(scene, 3)
    answer = run("findings", "--json")
    found = timely(answer)
    assert [(each["code"], each["index"]) for each in found] == [
        ("entry_disputed", 5), ("entry_disputed", 4), ("entry_disputed", 3),
    ]  # fmt: skip
    assert answer.exit_code == 0
