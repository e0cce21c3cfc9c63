# SPDX-License-Identifier: Apache-2.0
"""Read models and references are falsified: fsck makes them anew and names the rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli.checking.fsck import check_ledger
from api.cli.finding.findings import findings
from api.cli.upkeep import rebuild as rebuild_command
from audit.database import Database
from audit.findings.reports import read_report
from audit.fsck.derived import differing
from audit.proof.verify.report import ExitCode, Report
from domain.errors import UsageError
from projections.catalogue import PROJECTIONS
from projections.rebuilding.comparing import COMPARED
from projections.runner import catch_up, rebuild
from tests.integration.append.desk import born, opened_desk, settings_of, signed
from tests.integration.fsck.conftest import SIZE, Ledger, edited, finding, found, state
from tests.integration.fsck.test_sound import run
from tests.integration.projections.conftest import Desk
from tests.integration.projections.conftest import opened_desk as desk_of_all_roles

INDEX = 100
"""An entry of the sound ledger that is the first of its firearm."""


def hidden(ledger: Ledger) -> None:
    """Hide a firearm from the timeline and from the search, as the audit did it."""
    for table in ("timeline", "marking"):
        ledger.falsify(f"delete from projection.{table} where idx = {INDEX}")


def test_a_firearm_that_is_hidden_from_every_answer_is_named(ledger: Ledger) -> None:
    hidden(ledger)
    report = ledger.fsck()
    assert report.exit_code is ExitCode.VIOLATED
    assert found(report) == {
        ("projections", "timeline_differs", INDEX),
        ("projections", "marking_differs", INDEX),
    }
    told = finding(report, "projections", "timeline_differs")
    assert "1 row missing, 0 rows there that no entry gives" in told.sentence
    assert f"entry {INDEX} of stream " in told.evidence
    assert "`muniment rebuild timeline`" in told.next_step
    assert "rebuild marking_search" in finding(report, "projections", "marking_differs").next_step


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ("update {at} set kind = 'x/1'{here}", 'kind "x/1" instead of kind "firearm.manuf'),
        ("update {at} set kind = chr(27) || '[2J'{here}", r'kind "\u001b[2J" instead of'),
        ("update {at} set iss = null{here}", 'iss null instead of iss "auth.xa"'),
        ("insert into {at} select gen_random_uuid(), 1, idx, kind, at from {at}{here}", "no entry"),
        ("alter table {at} drop constraint {key}; insert into {at} {copy}{here}", "of no entry"),
    ],
)
def test_a_row_that_is_changed_invented_or_doubled_is_shown(
    ledger: Ledger, change: str, shown: str
) -> None:
    words = {
        "at": "projection.timeline",
        "here": f" where idx = {INDEX}",
        "key": "timeline_shadow_pkey",
        "copy": "select * from projection.timeline",
    }
    ledger.falsify(change.format(**words))
    report = ledger.fsck()
    assert found(report) == {("projections", "timeline_differs", INDEX)}
    assert shown in finding(report, "projections", "timeline_differs").evidence


def test_only_the_first_rows_that_differ_are_shown_and_all_are_counted(ledger: Ledger) -> None:
    ledger.falsify("truncate projection.timeline")
    told = finding(ledger.fsck(), "projections", "timeline_differs")
    rows = SIZE - 4  # all but the founding and the key
    assert f"{rows} rows missing" in told.sentence or f"{rows + 1} rows missing" in told.sentence
    assert told.evidence.count("missing") == differing.ROWS_SHOWN_MAX
    assert "more" in told.evidence


def test_a_hidden_row_in_a_policy_for_readers_alone_is_what_readers_do_not_see(
    ledger: Ledger,
) -> None:
    ledger.falsify(
        "alter table projection.timeline enable row level security;"
        f"create policy p on projection.timeline for select using (idx <> {INDEX})"
    )
    assert found(ledger.fsck()) == {("projections", "timeline_differs", INDEX)}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (f"size = {SIZE + 7}", ("projection_ahead", SIZE)),
        ("size = 200", ("timeline_differs", 200)),
        ("version = 99", ("projection_newer", None)),
    ],
)
def test_a_position_that_is_not_that_of_the_rows_is_named(
    ledger: Ledger, change: str, wrong: tuple[str, int | None]
) -> None:
    ledger.falsify(f"update projection.position set {change} where name = 'timeline'")
    assert found(ledger.fsck()) == {("projections", *wrong)}


def test_a_position_moved_on_without_its_rows_is_named(ledger: Ledger) -> None:
    ledger.falsify("delete from projection.timeline where idx >= 290")
    assert finding(ledger.fsck(), "projections", "timeline_differs").index == 290


@pytest.mark.parametrize(
    "change",
    ["drop column short", "rename column short to other", "alter column seq type text"],
)
def test_a_table_of_another_form_is_named_and_healed_by_a_rebuild(
    ledger: Ledger, change: str
) -> None:
    ledger.falsify(f"alter table projection.timeline {change}")
    assert found(ledger.fsck()) == {("projections", "table_form", None)}
    done = rebuild(ledger.database.conninfo("ledger_projector"))
    assert done.differing["timeline"] is None
    assert ledger.fsck().exit_code is ExitCode.OK


def test_a_projection_that_lags_or_is_not_built_is_in_order(ledger: Ledger) -> None:
    ledger.falsify("update projection.position set size = 200")
    for table in (table for each in PROJECTIONS for table in each.tables):
        since = "known_from" if table.versioned else "idx"
        ledger.falsify(f"delete from projection.{table.name} where {since} >= 200")
        if table.versioned:
            opened = f"update projection.{table.name} set known_to = null"
            ledger.falsify(f"{opened} where known_to >= 200")
    report = ledger.fsck()
    assert (found(report), state(report, "projections")) == (set(), "ok")
    told = next(each for each in report.checks if each.name == "projections")
    assert f"timeline 200 of {SIZE}" in told.sentence
    ledger.falsify("drop table projection.timeline")
    report = ledger.fsck()
    assert (found(report), state(report, "projections")) == (set(), "ok")
    told = next(each for each in report.checks if each.name == "projections")
    assert "Not built, as the next question does: timeline." in told.sentence
    ledger.falsify("delete from projection.position")
    assert state(ledger.fsck(), "projections") == "not checked"


def test_over_rows_that_are_wrong_nothing_is_compared_or_advised(ledger: Ledger) -> None:
    hidden(ledger)
    ledger.falsify("update ledger.event set raw = %s where idx = 40", edited(ledger.raw(40)))
    report = ledger.fsck()
    assert {each.check for each in report.findings}.isdisjoint({"projections", "references"})
    assert {state(report, name) for name in ("projections", "references")} == {"not checked"}
    assert not [each for each in report.findings if "rebuild" in each.next_step.partition(" ")[2]]


# References and claims.


def test_deleted_references_are_named(ledger: Ledger) -> None:
    ledger.falsify("delete from ledger.event_ref where idx = %s", SIZE - 1)
    report = ledger.fsck()
    assert found(report) == {("references", "event_ref_differs", SIZE - 1)}
    assert 'tag "hld.' in finding(report, "references", "event_ref_differs").evidence


def test_a_claim_that_was_freed_or_moved_to_another_firearm_is_named(ledger: Ledger) -> None:
    ledger.falsify("delete from ledger.marking_claim where idx = %s", INDEX)
    wrong = ("references", "marking_claim_differs", INDEX)
    assert found(ledger.fsck()) == {wrong}
    ledger.falsify(
        "insert into ledger.marking_claim select marking, gen_random_uuid(), %s"
        " from (select sha256('x') as marking) as x",
        INDEX,
    )
    assert found(ledger.fsck()) == {wrong}
    ledger.falsify(
        "update ledger.marking_claim set stream = gen_random_uuid() where idx = %s", INDEX + 1
    )
    told = finding(ledger.fsck(), "references", "marking_claim_differs")
    assert "instead of stream" in told.evidence


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """Give an officer at a ledger with firearms that were listed as stolen."""
    with desk_of_all_roles(database, tmp_path / "ledger") as opened:
        opened.life("369J257")
        opened.life("369J258")
        yield opened


def checked(desk: Desk) -> Report:
    """Run fsck on the ledger while it is open."""
    return check_ledger(desk.office.settings, None)


def asked(desk: Desk, question: str) -> int:
    """Ask the log for one index."""
    with psycopg.connect(desk.office.database.admin) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row
    return int(row[0])


def test_references_by_hits_are_made_anew_like_those_of_the_ledger(desk: Desk) -> None:
    assert state(checked(desk), "references") == "ok"
    hit = "from ledger.event_ref where tag like 'hit:auth.xa/%'"
    first = asked(desk, f"select min(idx) {hit}")
    desk.falsify(f"delete {hit} and idx = {first}")
    assert found(checked(desk)) == {("references", "event_ref_differs", first)}


def test_a_second_firearm_of_one_serial_leaves_the_claim_with_the_first(desk: Desk) -> None:
    first = asked(desk, "select min(idx) from ledger.marking_claim")
    desk.manufacture("369J257", duplicate_reason="maker_reused_number")
    assert state(checked(desk), "references") == "ok"
    desk.falsify(
        "update ledger.marking_claim c set stream = e.stream, idx = e.idx from ledger.event e"
        " where c.idx = %(first)s and e.idx = %(last)s",
        {"first": first, "last": desk.office.ledger.size - 1},
    )
    assert found(checked(desk)) == {("references", "marking_claim_differs", first)}


def test_appends_going_on_meanwhile_are_not_mistaken_for_falsification(
    database: Database, tmp_path: Path
) -> None:
    with opened_desk(settings_of(tmp_path / "ledger", database.admin)) as desk:
        for _ in range(3):
            desk.office.append_all([signed(born(), desk.key).to_bytes() for _ in range(4)])
            catch_up(database.conninfo("ledger_projector"))
            desk.append(born())
            assert found(check_ledger(desk.office.settings, None)) == set()


def test_the_check_leaves_nothing_behind(ledger: Ledger) -> None:
    ledger.fsck()
    with psycopg.connect(ledger.database.admin) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'projection'"
            " or schemaname like 'pg_temp%'"
        ).fetchall()
    made = {table.name for each in PROJECTIONS for table in each.tables}
    assert {name for (name,) in tables} == made | {"position"}


def test_a_database_that_gives_no_room_to_compare_is_a_gap_and_not_called_ok(
    ledger: Ledger,
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(ledger.database.admin)["dbname"]
    ledger.falsify(f"revoke temporary on database {name} from public")
    report = ledger.fsck()
    assert report.exit_code is ExitCode.INCOMPLETE
    assert found(report) == {
        ("projections", "aside_refused", None),
        ("references", "aside_refused", None),
    }
    assert "grant temporary" in finding(report, "references", "aside_refused").next_step


# What the commands say.


def test_a_check_that_is_left_out_is_not_called_ok(ledger: Ledger) -> None:
    hidden(ledger)
    done = run(ledger.settings, "--without", COMPARED, "--without", "references")
    assert done.exit_code == 0
    assert "not checked projections  It was left out by --without." in done.stdout
    assert "not checked references" in done.stdout


def test_a_check_that_does_not_exist_is_a_usage_error(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no check vault"):
        check_ledger(ledger.settings, None, frozenset({"vault"}))


def test_the_list_of_findings_names_a_falsified_projection(ledger: Ledger) -> None:
    hidden(ledger)
    done = command(ledger, findings, "--json")
    listed = [json.loads(line) for line in done.stdout.splitlines()]
    proofs = [each for each in listed if each["source"] != "record"]
    wrong = {(each["source"], each["code"]) for each in proofs if each["severity"] != "notice"}
    assert wrong == {("fsck", "timeline_differs"), ("fsck", "marking_differs")}
    assert done.exit_code == 1


def test_a_report_about_long_and_strange_rows_can_be_read_back(
    ledger: Ledger, tmp_path: Path
) -> None:
    columns = ("text", "canonical", "latin", "lookalike")
    strange = ", ".join(f"{column} = repeat(chr(27), 500)" for column in columns)
    ledger.falsify(f"update projection.marking set {strange}")
    done = run(ledger.settings, "--json")
    (tmp_path / "report").write_text(done.stdout, encoding="utf-8")
    told = read_report(tmp_path / "report")
    assert [each.code for each in told.findings] == ["marking_differs"]
    assert told.findings[0].evidence.endswith(" ...")


def test_a_rebuild_says_in_what_the_old_rows_differed(ledger: Ledger) -> None:
    conninfo = ledger.database.conninfo("ledger_projector")
    assert {each.rows for each in rebuild(conninfo).differing["timeline"] or ()} == {0}
    hidden(ledger)
    ledger.falsify(f"update projection.timeline set kind = 'x/1' where idx = {INDEX + 1}")
    done = rebuild(conninfo, "timeline")
    assert done.differing.keys() == {"timeline"}
    (timeline,) = done.differing["timeline"] or ()
    assert (timeline.missing, timeline.strange, timeline.first) == (2, 1, INDEX)
    assert found(ledger.fsck()) == {("projections", "marking_differs", INDEX)}
    ledger.falsify("delete from projection.position")
    assert set(rebuild(conninfo).differing.values()) == {None}
    assert ledger.fsck().exit_code is ExitCode.OK


def test_the_command_says_how_many_rows_were_not_what_the_log_gives(ledger: Ledger) -> None:
    told = command(ledger, rebuild_command)
    assert {json.loads(line)["differing"] for line in told.stdout.splitlines()} == {0}
    ledger.falsify(f"update projection.timeline set kind = 'x/1' where idx = {INDEX}")
    told = command(ledger, rebuild_command, "timeline")
    assert json.loads(told.stdout) == {"projection": "timeline", "entries": SIZE, "differing": 2}
    assert f"timeline: 2 rows differed in timeline: entry {INDEX} of stream" in told.stderr
    ledger.falsify("delete from projection.position")
    told = command(ledger, rebuild_command, "timeline")
    assert json.loads(told.stdout)["differing"] is None
    assert "timeline: there was nothing to compare with." in told.stderr


def command(ledger: Ledger, one: Callable[..., None], *arguments: str) -> Result:
    """Run one command on the ledger."""
    app = typer.Typer()
    app.command()(one)
    return CliRunner().invoke(app, arguments, obj=ledger.settings)
