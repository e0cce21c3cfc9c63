# SPDX-License-Identifier: Apache-2.0
"""The modules of the verification page as one script, each still with a scope of its own.

A saved file cannot import modules from ``file://``, and one script is one request. Nothing is
translated: imports become bindings, exports a returned object, all else stays as it was written,
for whoever reads the saved file.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from posixpath import dirname, join, normpath
from typing import Final

FOLDER: Final = "verify"
ENTRY: Final = "page/main.js"

_IMPORT: Final = re.compile(r'^import (\{[^}]*\}) from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.MULTILINE)
_UNJOINED: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class JoiningError(Exception):
    """A module is written in a way that cannot be joined: a fault of the program."""


@cache
def joined_script() -> str:
    """Give all modules in one script, those that others need first.

    Raises:
        JoiningError: A module imports or exports in another form, or itself by way of others.
    """
    scopes: dict[str, str] = {}
    _join(ENTRY, scopes, above=())
    script = "\n".join(["const modules = {};", *scopes.values()])
    if "</script" in script or "<!--" in script:
        raise JoiningError("A script may not hold what ends it inside of a page.")
    return f"{script}\n"


def module_names() -> tuple[str, ...]:
    """Name every module of the page."""
    root = files("api.console") / "static" / FOLDER
    folders = sorted(each.name for each in root.iterdir() if each.is_dir())
    return tuple(
        f"{folder}/{each.name}"
        for folder in folders
        for each in sorted((root / folder).iterdir(), key=lambda each: each.name)
        if each.name.endswith(".js")
    )


def read_module(name: str) -> str:
    """Give the text of a module."""
    return (files("api.console") / "static" / FOLDER).joinpath(*name.split("/")).read_text("utf-8")


def _join(name: str, scopes: dict[str, str], *, above: tuple[str, ...]) -> None:
    if name in above:
        raise JoiningError(f"{name} imports itself by way of {', '.join(above)}.")
    if name in scopes:
        return
    text = read_module(name)
    for _, other in _IMPORT.findall(text):
        _join(_resolved(name, other), scopes, above=(*above, name))
    scopes[name] = _scope(name, text)


def _scope(name: str, text: str) -> str:
    exports = [exported for _, exported in _EXPORT.findall(text)]
    bound = _IMPORT.sub(
        lambda found: f'const {found[1]} = modules["{_resolved(name, found[2])}"];\n', text
    )
    body = _EXPORT.sub(r"\1 \2", bound)
    left = _UNJOINED.search(body)
    if left:
        raise JoiningError(f"{name} cannot be joined: {left[0]}")
    return f'modules["{name}"] = (() => {{\n{body}return {{ {", ".join(exports)} }};\n}})();'


def _resolved(name: str, other: str) -> str:
    return normpath(join(dirname(name), other))
