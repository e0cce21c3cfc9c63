# SPDX-License-Identifier: Apache-2.0
"""Keeps the documents true: commands exist, and nothing that can be met is left unexplained."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from api.cli.main import COMMANDS, app, load
from api.console.vocabulary.glossary import TERMS
from api.describing.page import markdown
from api.gate.status import BY_SLUG
from api.http.answering.pages import problem_page
from audit.proof.verify.command import _parser
from domain.catalogue import CATALOGUE
from domain.registry.members import ROLES
from projections.timeline.proving import STATES
from tests.architecture.error_slugs import pages, slugs
from tests.architecture.source_tree import ROOMS, ROOT, carried_files, python_files, read

PAGES = [path for path in carried_files() if path.suffix == ".md" and path.parts[0] != "tests"]
GUIDES = [path for path in PAGES if path.parts[:2] != ("docs", "adr")]
BLOCK = re.compile(r"^```sh\n(.*?)^```|((?:^ {4}\S.*\n)+)", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(muniment(?:-verify)? [^`]*)`")
SEPARATORS = re.compile(r"\n|&& | \| ")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
VERIFIER_OPTIONS = set(re.findall(r"--[a-z-]+", _parser().format_help()))


def _commands() -> Iterator[tuple[str, str]]:
    """Give every command line that a guide shows, with its place."""
    for path in GUIDES:
        parts = (part.strip() for shown in _shown(read(path)) for part in SEPARATORS.split(shown))
        yield from ((str(path), part) for part in parts if part.startswith("muniment"))


def _shown(text: str) -> list[str]:
    blocks = [block.group(1) or block.group(2) for block in BLOCK.finditer(text)]
    return [block.replace("\\\n", " ") for block in (*blocks, *INLINE.findall(text))]


SHOWN = sorted(set(_commands()))


@pytest.mark.parametrize(("place", "command"), SHOWN)
def test_a_command_that_a_guide_shows_exists_with_its_options(place: str, command: str) -> None:
    program, *words = shlex.split(command, comments=True)
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    known = VERIFIER_OPTIONS if program == "muniment-verify" else _options(words)
    assert given <= known, place


def _options(words: list[str]) -> set[str]:
    """Give the options of the command that the words name."""
    named = [word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)*", word)]
    group = get_command(app)
    known = {"--help", *_of(group)}
    if not named:
        return known
    assert named[0] in COMMANDS, f"there is no command {named[0]}"
    command = get_command(load(COMMANDS[named[0]]))
    below = getattr(command, "commands", {})
    if below and len(named) > 1:
        assert named[1] in below, f"there is no command {named[0]} {named[1]}"
        command = below[named[1]]
    return known | set(_of(command))


def _of(command: object) -> Iterator[str]:
    for parameter in getattr(command, "params", ()):
        yield from parameter.opts


def test_the_readme_shows_every_kind_of_command() -> None:
    shown = {command.split()[1] for place, command in SHOWN if place == "README.md"}
    assert set(COMMANDS) - {"demo", "rebuild"} <= shown


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_link_leads_somewhere(path: Path) -> None:
    targets = [(ROOT / path).parent / target for target in LINK.findall(read(path))]
    assert [str(target) for target in targets if not target.exists()] == []


def test_the_page_of_events_is_the_one_of_this_version() -> None:
    page = read(Path("docs/events.md"))
    assert page == markdown(CATALOGUE), "muniment events --markdown > docs/events.md"


def test_every_slug_is_explained() -> None:
    told = set(re.findall(r"^\| `([a-z0-9_]+)` \|", read(Path("docs/errors.md")), re.MULTILINE))
    missing = {slug.name for slug in slugs()} - told
    assert not missing, "python -m tests.architecture.error_slugs > docs/errors.md"


def test_the_service_has_a_page_for_every_slug() -> None:
    told = json.loads(pages())
    command = "python -m tests.architecture.error_slugs --json > api/http/data/problems.json"
    assert {code: problem_page(code) for code in told} == {
        code: {"code": code, "said": said} for code, said in told.items()
    }, command


def test_the_service_gives_a_status_of_its_own_only_to_slugs_that_exist() -> None:
    assert BY_SLUG.keys() <= json.loads(pages()).keys()


def test_every_setting_has_its_heading() -> None:
    used = {
        name
        for path in python_files(*ROOMS)
        for name in re.findall(r"\bMUNIMENT_[A-Z_]+", read(path))
    }
    headings = set(re.findall(r"^### (\S+)", read(Path("docs/operating.md")), re.MULTILINE))
    assert used | {"NO_COLOR", "--home"} == headings


def test_every_role_and_proof_state_is_in_the_glossary() -> None:
    glossary = read(Path("docs/glossary.md"))
    assert [role for role in sorted(ROLES) if f"| {role} |" not in glossary] == []
    assert [state for state in STATES if f"`{state}`" not in glossary] == []


def test_the_glossary_of_the_console_says_what_the_documents_say() -> None:
    rows = re.findall(
        r"^\| ([^|]+?) \| ([^|]+?) \|",
        read(Path("docs/glossary.md")).replace("`", ""),
        re.MULTILINE,
    )
    assert [each for each in TERMS if (each.word, each.meaning) not in rows] == []


def test_every_decision_is_listed() -> None:
    listed = re.findall(r"\((\d{4}-[a-z0-9-]+\.md)\)", read(Path("docs/adr/README.md")))
    present = [path.name for path in PAGES if path.parts[:2] == ("docs", "adr")]
    assert sorted(listed) == sorted(name for name in present if name != "README.md")


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in PAGES if re.match(r"\d{4}-", path.name)]
    assert numbers == list(range(1, len(numbers) + 1))
