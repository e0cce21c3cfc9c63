# SPDX-License-Identifier: Apache-2.0
"""Reads every slug that the rooms can answer with, and writes ``docs/errors.md`` from them.

Run it as ``python -m tests.architecture.error_slugs > docs/errors.md`` after adding one, and with
``--json`` for ``api/http/data/problems.json``, from which the service gives a page to each.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from api.cli.exit_codes import CODES, ExitCode
from tests.architecture.source_tree import ROOMS, parse, python_files

KINDS = {kind.__name__: int(code) for kind, code in CODES.items()}
KINDS["Refusal"] = int(ExitCode.REFUSED)  # becomes a RefusedError at the room's edge
SLUG_WORDS = ("slug", "rule")
NOTED = 0
"""Stands for what is recorded all the same, as a contradiction."""

SHARED = {
    "blocked": (int(ExitCode.REFUSED), ["rule", "sentence"]),
    "note": (NOTED, ["rule", "sentence"]),
    "key_unknown": (int(ExitCode.REFUSED), ["rule", "sentence"]),
}
"""Functions of the domain that other modules make objections and refusals with."""

MEANINGS = {
    ExitCode.NOT_VERIFIED: "1, something does not hold, or going on would be unsafe",
    ExitCode.USAGE: "2, the command, its files or a value in them cannot be understood",
    ExitCode.REFUSED: "3, the ledger refuses: the envelope, the mandate, a rule, or a conflict",
    ExitCode.UNREACHABLE: "4, a service or a file cannot be reached; retry",
    ExitCode.INTERNAL: "5, a fault of the program",
    NOTED: "0: recorded all the same, and shown in the history as not fitting the rest",
}


Helper = tuple[int, list[str], str, str]
"""Of a function that makes an error: exit code, names of its parameters, its own sentence, and
its own slug; one of the two is given to it."""


@dataclass(frozen=True, order=True)
class Slug:
    """One slug with the sentence that it comes with."""

    code: int
    name: str
    sentence: str


@cache
def slugs() -> tuple[Slug, ...]:
    """Give every slug that is written out in a room, with its sentences."""
    return tuple(_slugs())


def _slugs() -> Iterator[Slug]:
    modules = [parse(path) for path in python_files(*ROOMS)]
    public = {
        name: speaker
        for module in modules
        for name, speaker in _speakers(module)
        if not name.startswith("_")
    }
    for module in modules:
        helpers = {**public, **dict(_speakers(module)), **dict(_helpers(module))}
        constants = dict(_constants(module))
        for scope in ast.walk(module):
            if isinstance(scope, ast.ClassDef):
                yield from _declared(scope)
            for call in _calls(scope) if isinstance(scope, ast.Module | ast.FunctionDef) else ():
                yield from _called(call, helpers, constants, said=dict(_assigned(scope)))


def page() -> str:
    """Give the page of documentation."""
    found = sorted(set(slugs()))
    parts = [_INTRODUCTION]
    for code, meaning in MEANINGS.items():
        lines = [f"\n## Exit code {meaning}\n", "| slug | said |", "|---|---|"]
        for name in sorted({each.name for each in found if each.code == code}):
            said = sorted(
                each.sentence
                for each in found
                if (each.code, each.name) == (code, name) and each.sentence
            )
            lines.append(f"| `{name}` | {_CELL.sub(' ', ' / '.join(said))} |")
        parts.append("\n".join(lines))
    return "\n".join(parts) + "\n"


def _called(
    call: ast.Call,
    helpers: dict[str, Helper],
    constants: dict[str, str],
    *,
    said: dict[str, str],
) -> Iterator[Slug]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    code, words = SHARED.get(name) or (KINDS.get(name), ["sentence"])
    own = slug = ""
    if name in helpers:
        code, words, own, slug = helpers[name]
    given = dict(zip(words, call.args, strict=False))
    given |= {each.arg: each.value for each in call.keywords if each.arg}
    named = next((given[word] for word in SLUG_WORDS if word in given), None)
    slug = slug or constants.get(_text(named)) or _text(named)
    if code is not None and slug.isidentifier() and slug not in SLUG_WORDS:
        yield Slug(code, slug, _sentence(given.get("sentence"), said) or own)


def _declared(node: ast.ClassDef) -> Iterator[Slug]:
    bases = [KINDS[_text(base)] for base in node.bases if _text(base) in KINDS]
    for statement in node.body:
        if isinstance(statement, ast.Assign) and _text(statement.targets[0]) == "slug":
            docstring = (ast.get_docstring(node) or "").partition("\n")[0]
            code = KINDS.get(node.name, bases[0] if bases else int(ExitCode.INTERNAL))
            yield Slug(code, _text(statement.value), docstring)


def _calls(scope: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(scope) if isinstance(node, ast.Call)]


def _assigned(scope: ast.AST) -> Iterator[tuple[str, str]]:
    """Give the texts that a function puts into variables."""
    for node in ast.walk(scope) if isinstance(scope, ast.FunctionDef) else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, _sentence(node.value, {})


def _sentence(node: ast.AST | None, said: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return said.get(node.id, "")
    return _text(node) if isinstance(node, ast.Constant | ast.JoinedStr) else ""


def _helpers(module: ast.Module) -> Iterator[tuple[str, Helper]]:
    """Give the functions of a module that make an error from a slug they are given."""
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef):
            continue
        words = _parameters(node)
        made = [_text(each.func) for each in _calls(node)]
        codes = [KINDS[name] for name in made if name in KINDS]
        codes += [SHARED[name][0] for name in made if name in SHARED]
        if codes and set(words) & set(SLUG_WORDS):
            own = "" if "sentence" in words else _own(node)
            yield node.name, (codes[0], words, own, "")


def _speakers(module: ast.Module) -> Iterator[tuple[str, Helper]]:
    """Give the functions of a module that make an error of one slug with a sentence given."""
    for node in ast.walk(module):
        words = _parameters(node) if isinstance(node, ast.FunctionDef) else []
        if not isinstance(node, ast.FunctionDef) or "sentence" not in words:
            continue
        for call in _calls(node):
            (code, names) = SHARED.get(_text(call.func)) or (KINDS.get(_text(call.func)), [])
            given = dict(zip(names, call.args, strict=False))
            given |= {each.arg: each.value for each in call.keywords if each.arg}
            slug = next((_text(given[word]) for word in SLUG_WORDS if word in given), "")
            if code is not None and slug.isidentifier() and slug not in words:
                yield node.name, (code, words, "", slug)


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)]


def _own(function: ast.FunctionDef) -> str:
    """Give the sentence that a helper always says."""
    errors = [each for each in _calls(function) if _text(each.func) in {*KINDS, *SHARED}]
    texts = [arg for each in errors for arg in (*each.args, *(k.value for k in each.keywords))]
    return next((text for arg in texts if " " in (text := _sentence(arg, {}))), "")


def _constants(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in module.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant):
            yield _text(node.target), str(node.value.value)


def _text(node: ast.AST | None) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.JoinedStr):
        return "".join(
            "..." if isinstance(part, ast.FormattedValue) else _text(part) for part in node.values
        )
    return ""


_CELL = re.compile(r"[|\n]+")
_INTRODUCTION = """\
# What Muniment answers when something is wrong

Every answer has a slug for programs, a sentence for people, and ends with the next thing to try.
The table is read from the source: `...` stands for a value. What the command line says by exit
code, the table says by chapter; 0 is success and 130 an interrupt. `muniment-verify` has codes of
its own, see `verifying.md`. An `import` names further reasons of refused rows in its mapping file.
"""


def pages() -> str:
    """Give what the service says of each slug, as JSON."""
    found: dict[str, set[str]] = {}
    for each in slugs():
        found.setdefault(each.name, set()).update([each.sentence] if each.sentence else [])
    told = {name: sorted(said) for name, said in sorted(found.items())}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(pages() if sys.argv[1:] == ["--json"] else page())
