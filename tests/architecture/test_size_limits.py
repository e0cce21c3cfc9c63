# SPDX-License-Identifier: Apache-2.0
"""Keeps functions, files and folders small: the long tail is where a newcomer gets lost."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, Mapper, ProcessRecorder

from tests.architecture.source_tree import ROOMS, parse, python_files, read

FUNCTION_LINES_MAX = 50
PARAMETERS_MAX = 5
POSITIONAL_PARAMETERS_MAX = 3  # as in sign(event, disclosures, key)
NESTING_MAX = 3
FILE_LINES_MAX = 400
FOLDER_MODULES_MAX = 12

COMMAND_FOLDER = "api/cli/"
ROUTE_FOLDERS = ("api/http/routes/", "api/console/pages/")
"""Each parameter of a command is an option, and of a route a parameter of its address."""

FOREIGN_NAMES = {
    name
    for each in (Application, InfrastructureFactory, Mapper, ProcessRecorder)
    for name in dir(each)
}

TYPER_OPTION = re.compile(r"\bAnnotated\[.*typer\.(Option|Argument)\(", re.DOTALL)

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
    *(ast.Try, ast.TryStar, ast.Match),
)


def test_no_function_is_longer_than_its_limit() -> None:
    long = [
        f"{place}: {lines} lines"
        for place, function in _functions(*ROOMS, "tests")
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long, "\n".join(long)


def test_no_function_takes_more_parameters_than_a_reader_can_hold() -> None:
    wide = [
        f"{place}: {count} parameters"
        for place, function in _functions(*ROOMS, "tests")
        if (count := len(_positional(function)) + len(function.args.kwonlyargs)) > PARAMETERS_MAX
        and not (place.startswith(COMMAND_FOLDER) and _is_command(function))
        and not (place.startswith(ROUTE_FOLDERS) and function.decorator_list)
    ]
    assert not wide, "\n".join(wide)


def test_parameters_beyond_the_third_are_given_by_name() -> None:
    unnamed = [
        f"{place}: {len(_positional(function))} positional parameters"
        for place, function in _functions(*ROOMS)
        if len(_positional(function)) > POSITIONAL_PARAMETERS_MAX
        and not _form_is_given(function)
        and not (place.startswith(COMMAND_FOLDER) and _is_command(function))
    ]
    assert not unnamed, "\n".join(unnamed)


def test_no_function_nests_deeper_than_its_limit() -> None:
    deep = [
        f"{place}: {depth} levels"
        for place, function in _functions(*ROOMS, "tests")
        if (depth := _nesting(function.body)) > NESTING_MAX
    ]
    assert not deep, "\n".join(deep)


def test_no_file_is_longer_than_its_limit() -> None:
    long = [
        f"{path}: {lines} lines"
        for path in python_files(*ROOMS, "tests")
        if (lines := read(path).count("\n")) > FILE_LINES_MAX
    ]
    assert not long, "\n".join(long)


def test_no_folder_holds_more_modules_than_its_limit() -> None:
    modules = (path for path in python_files(*ROOMS, "tests") if path.name != "__init__.py")
    counts = Counter(path.parent for path in modules)
    assert {folder: n for folder, n in counts.items() if n > FOLDER_MODULES_MAX} == {}


def test_a_command_is_known_by_its_options_and_a_helper_is_not() -> None:
    command = "def f(a: Annotated[Path, typer.Option(help='x')], *, b: int): pass"
    assert _is_command(_only_function(command))
    assert _is_command(_only_function("def f(context: typer.Context): pass"))
    assert not _is_command(_only_function("def f(context: Context, b: Annotated[int, 3]): pass"))


def test_nesting_is_counted_as_a_reader_sees_it() -> None:
    flat = "def f():\n if a: pass\n elif b: pass\n elif c: pass\n elif d:\n  for x in y: pass"
    deep = "def f():\n with a:\n  for x in y:\n   try:\n    if z: pass\n   finally: pass"
    assert _nesting(_only_function(flat).body) == len(["if", "for"])
    assert _nesting(_only_function(deep).body) == len(["with", "for", "try", "if"])


def _functions(*folders: str) -> Iterator[tuple[str, Function]]:
    for path in python_files(*folders):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path}:{node.lineno} {node.name}", node


def _positional(function: Function) -> list[ast.arg]:
    arguments = [*function.args.posonlyargs, *function.args.args]
    return arguments[1:] if arguments and arguments[0].arg in {"self", "cls"} else arguments


def _form_is_given(function: Function) -> bool:
    """Whether the language or the library that we extend fixes the parameters."""
    return function.name.startswith("__") or function.name in FOREIGN_NAMES


def _is_command(function: Function) -> bool:
    """Whether it is a command of the command line, each parameter of which is an option of its."""
    notes = [arg.annotation for arg in (*function.args.args, *function.args.kwonlyargs)]
    shown = {ast.unparse(note) for note in notes if note is not None}
    return "typer.Context" in shown or any(TYPER_OPTION.search(note) for note in shown)


def _nesting(body: list[ast.stmt]) -> int:
    return max((_depth(statement) for statement in body), default=0)


def _depth(statement: ast.stmt) -> int:
    if not isinstance(statement, BLOCKS):
        return 0
    if isinstance(statement, ast.If) and _goes_on_with_elif(statement):
        return max(1 + _nesting(statement.body), _depth(statement.orelse[0]))
    return 1 + max(_nesting(block) for block in _blocks(statement))


def _goes_on_with_elif(statement: ast.If) -> bool:
    """Whether an `elif` follows: it starts in the column of its `if`, which `else: if` does not."""
    rest = statement.orelse
    return (
        len(rest) == 1
        and isinstance(rest[0], ast.If)
        and rest[0].col_offset == statement.col_offset
    )


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for _, value in ast.iter_fields(statement):
        for item in value if isinstance(value, list) else []:
            if isinstance(item, ast.ExceptHandler | ast.match_case):
                yield item.body
            elif isinstance(item, ast.stmt):
                yield [item]


def _only_function(source: str) -> Function:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function
