# SPDX-License-Identifier: Apache-2.0
"""The rules, checks and sources of event types, read from the functions that decide.

A rule's sentence is the first line of its docstring; one that a function makes has the
sentence of its maker and the values it was made with. Sources are the sentences of schema and
module that cite an article or a specification.
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
_CITES: Final = re.compile(
    r"\bart(?:\.|icles?\b)|\barts\.|\bAnnex\b|\bCFR\b|\bDirective\b|\bRegulation\b|\bProtocol\b"
    r"|\bI(?:TI\b|nternational Tracing)|\bMOSAIC\b|\bWaff|\bAWaffV\b|\bAct\b|\bRul\.|\bNIEM\b"
    r"|\brules? \d|\bsections? \d|\bSDG\b|\bNCIC\b|\bATT\b|\bATF\b|\bNWR\b|\bF 33"
)
_SENTENCE: Final = re.compile(r"(?<=[.;])\s+(?=[A-Z`])")


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


def sources_of(kind: EventType) -> tuple[str, ...]:
    """Give the sentences that cite what an event type implements: its own, or its module's."""
    own = inspect.cleandoc(kind.dat.__doc__ or "").partition("\nAttributes:")[0]
    module = sys.modules[kind.dat.__module__].__doc__ or ""
    cited = tuple(_citing(own.partition("\n")[2])) or tuple(_citing(module.partition("\n")[2]))
    told = (each.removeprefix("Implements ") for each in cited)
    return tuple(each[:1].upper() + each[1:] for each in told)


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


def _citing(text: str) -> Iterator[str]:
    plain = as_markdown(" ".join(text.split()))
    return (each for each in _SENTENCE.split(plain) if _CITES.search(each))
