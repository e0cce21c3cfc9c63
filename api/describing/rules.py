# SPDX-License-Identifier: Apache-2.0
"""The rules and checks of event types, read from the functions that decide.

A rule's sentence is the first line of its docstring; one that a function makes has the
sentence of its maker and the values it was made with.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from api.describing.shapes import as_markdown
from domain.aggregate.line import Line
from domain.catalogue import AGGREGATES
from domain.registry.aggregate import RULES
from domain.schema import EventType

_MADE: Final = re.compile(r"^Make (?:the|a) (?:rule|check)(?: that|:)? ?")


def line_of(kind: EventType) -> Line[Any, Any] | None:
    """Give the line of an aggregate's table; events of the registry have none."""
    aggregate = AGGREGATES.get(kind.subject)
    return aggregate.lines[kind.evt, kind.ver] if aggregate else None


def rules_of(kind: EventType) -> tuple[str, ...]:
    """Say what the state of an event's own stream must allow."""
    line = line_of(kind)
    if line is not None:
        return tuple(map(sentence_of, line.rules))
    return (sentence_of(RULES[kind.evt]),) if kind.evt in RULES else ()


def checks_of(kind: EventType) -> tuple[str, ...]:
    """Say what other streams, persons and the record must allow."""
    line = line_of(kind)
    return tuple(map(sentence_of, line.checks)) if line else ()


def sentence_of(rule: Callable[..., object]) -> str:
    """Say a rule in one sentence."""
    function: Any = rule.func if isinstance(rule, partial) else rule
    documented = inspect.getdoc(function)
    if documented:
        return _first_line(documented)
    name = str(getattr(function, "__qualname__", type(function).__name__))
    maker = getattr(sys.modules[function.__module__], name.partition(".")[0], None)
    documented = inspect.getdoc(maker) if maker is not None and maker is not function else None
    if not documented:
        return name.rpartition(".")[2].strip("_").replace("_", " ").capitalize() + "."
    said = _MADE.sub("", _first_line(documented))
    values = ", ".join(f"`{value}`" for value in _values(function))
    return f"{said[:1].upper()}{said[1:].rstrip('.')}{f': {values}' if values else ''}."


def _first_line(text: str) -> str:
    return as_markdown(text.partition("\n")[0].strip())


def _values(function: Callable[..., object]) -> Iterator[str]:
    """Give the texts and numbers that a rule was made with."""
    for value in inspect.getclosurevars(function).nonlocals.values():
        several = sorted(value, key=str) if isinstance(value, frozenset | set) else value
        for each in several if isinstance(several, tuple | list) else (several,):
            if isinstance(each, str | int):
                yield str(each)
