# SPDX-License-Identifier: Apache-2.0
"""What the ledger says in English and a page shows: which modules are heard, and what is left out.

Whatever looks like words in a module that is heard has to be translated. What is nevertheless left
out is listed with its reason, so that leaving something out is a decision.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from api.console.vocabulary.recognising import Template
from api.policies.loading import NAMES, load_policy
from tests.architecture.translating.composed import Source

HEARD: Final = (
    "domain/**/*.py",
    "projections/asking/*.py",
    "projections/findings/remarks.py",
    "projections/marking_search/**/*.py",
    "projections/timeline/*.py",
    "projections/statistics/period.py",
    "projections/statistics/queries.py",
    "projections/standing.py",
    "projections/tables.py",
    "audit/access/log.py",
    "audit/access/reading.py",
    "audit/appending/*.py",
    "audit/findings/collecting.py",
    "audit/findings/witnesses.py",
    "audit/proof/access/verifying.py",
    "audit/proof/checkpoint.py",
    "audit/proof/disputes/words.py",
    "audit/proof/envelope/*.py",
    "audit/proof/approvals/*.py",
    "audit/proof/note.py",
    "audit/proof/timestamps/bracket.py",
    "audit/proof/timestamps/lateness.py",
    "audit/proof/timestamps/terms.py",
    "audit/proof/verify/fraud.py",
    "audit/proof/verify/registry.py",
    "audit/tree.py",
    "audit/vault/personal.py",
    "api/access/quotas.py",
    "api/access/reasons.py",
    "api/access/refusals.py",
    "api/asking.py",
    "api/auditing/**/*.py",
    "api/condition.py",
    "api/console/**/*.py",
    "api/drafting.py",
    "api/erasing/*.py",
    "api/explaining.py",
    "api/gate/**/*.py",
    "api/people/enrolling/*.py",
    "api/people/refusals.py",
    "api/registrar.py",
    "api/tracing/context.py",
    "api/tracing/inquiry.py",
    "api/tracing/pending.py",
    "api/tracing/recorded.py",
    "api/tracing/words.py",
)
"""Modules whose sentences reach a page; what pages mark themselves is gathered elsewhere."""

UNHEARD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api/console/assets.py": "no page names a file that is not there",
        "api/console/charts/**/*.py": "told to whoever writes pages",
        "api/console/signing/assembling.py": "no browser makes other signatures",
        "api/console/verifying/*.py": "told to whoever writes pages",
        "api/erasing/compacting.py": "told by commands",
        "api/erasing/schedule.py": "told by commands",
        "domain/application.py": "restoring a log is for commands",
        "domain/**/events.py": "schemas; forms gather their labels and hints",
        "domain/**/events/*.py": "schemas; forms gather their labels and hints",
        "domain/**/lines/*.py": "sources in law are cited as they are written",
        "domain/**/table.py": "sources in law are cited as they are written",
        "domain/component/trade/lines.py": "sources in law are cited as they are written",
        "domain/policy/checks.py": "policies are written and checked with commands",
        "domain/policy/parsing.py": "policies are written and checked with commands",
        "domain/policy/duties.py": "no sentences",
        "domain/registry/describe.py": "told by commands",
        "domain/registry/founding.py": "a ledger is founded with commands",
        "domain/script/*.py": "tables of letters",
        "domain/schema.py": "told to whoever writes schemas",
        "projections/marking_search/statements.py": "statements of SQL",
        "projections/marking_search/store.py": "tables of SQL",
        "projections/timeline/store.py": "tables of SQL",
    }
)
"""Modules in which nothing is said to a reader of pages, and why."""

LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(
        (
            "%(iss)s, key %(kid)s",
            "%(name)s (%(iss)s), key %(kid)s",
            "%(kind)s mark",
            ", role unknown",
            "described as",
            "deposit number",
            "second record of this number because of",
            "further numbers:",
            "permit class",
            "present in",
            "given by",
            "taken by",
            "taken over from",
            "not before",
            "not after",
            "nothing more was stated",
            "text %(text)s",
            "symbols %(symbols)s",
            "maker %(maker)s",
            "country %(country)s",
            "year %(year)s",
        ),
        "commands tell an event in a line; pages tell it by the questions that it answers",
    )
    | dict.fromkeys(
        (
            "PROVED: the log, or whoever holds its key, signed two histories.",
            "Two heads of the log %(origin)s",
            "Verified with the trusted keys:",
            "  %(name)s size %(values)s, root %(values2)s",
            "          SHA-256 of the note %(values)s",
            "both heads are of one tree",
            "the log only grew",
        ),
        "the report of muniment-verify --fraud",
    )
    | dict.fromkeys(
        (
            "%(kind)s: unknown",
            "anonymous: false",
            "antique: false",
            "basis forfeiture_set_aside",
            "basis owner_consent",
            "broker: valid",
            "document and document_no",
            "final: true",
            "firearm.returned-to-owner, basis forfeiture_set_aside",
            "method other",
            "ordered with reference",
            "passed: true",
            "retention_ended with clock",
            "seized found",
            "seized surrendered found",
        ),
        "names of events, members and codes, as the form of an event names them",
    )
    | dict.fromkeys(
        (
            "%(found)s, beside %(beside)s",
            "%(sent)s under %(authorization)s",
            "%(text)s to %(last)s, before %(text2)s",
            "%(at)s (size %(size)s, %(kind)s by %(source)s)",
            "%(status)s, %(outstanding)s not looked for",
            "%(due)s, as %(expected)s less %(missing)s missing and %(more)s too much",
        ),
        "values with so few words between them that other sentences would be taken for them",
    )
    | {
        "second %(at)s": "no time is so far away in a log",
        "A time that ends before it begins says nothing.": "told to whoever writes code",
        "Positions are given once each, in rising order.": "told to whoever writes code",
        " (the month is known)": "its template is in SEVERAL_STEPS",
        " (the year is known)": "its template is in SEVERAL_STEPS",
        "more such checkpoint came, which proves": "its template is in SEVERAL_STEPS",
        "more such checkpoints came, which prove": "its template is in SEVERAL_STEPS",
        "%(came)s nothing either.": "its template is in SEVERAL_STEPS",
        "a legible mark has a known text or symbols": "it is in SEVERAL_STEPS",
        "a mark that is obliterated or missing has no known text": "it is in SEVERAL_STEPS",
        "%(number)s character": "its templates are in SEVERAL_STEPS",
        "later record": "its templates are in SEVERAL_STEPS",
    }
)
"""Texts of modules that are heard which no page shows, and why."""

SEVERAL_STEPS: Final = (
    "%(day)s (the month is known)",
    "%(day)s (the year is known)",
    "%(number)s more such checkpoint came, which proves nothing either.",
    "%(number)s more such checkpoints came, which prove nothing either.",
    "%(number)sst character",
    "%(number)snd character",
    "%(number)srd character",
    "%(number)s entry",
    "%(number)s entries",
    "%(number)s record",
    "%(number)s records",
    "%(number)s later record",
    "%(number)s later records",
    "%(number)s finding",
    "%(number)s findings",
    ",",
    "and",
    "giver",
    "receiver",
    "receiver, serial %(serial)s",
    "receiver, no serial known",
    "A legible mark has a known text or symbols.",
    "A mark that is obliterated or missing has no known text.",
    "A place states at least one of its members.",
    "Each firearm is named once.",
)
"""What is composed in more steps than anybody could follow in the code."""

UNSAID: Final = re.compile(
    r"^(source|sources|roles|description|summary|pattern|media_type|domain|options|default|tags)$"
)
"""Arguments that are not said, or are cited as they are written."""

CALLS: Final = re.compile(
    r"(^|\.)(compile|SQL|execute|rows|scalar|cast|TypeVar|TypeError|AssertionError|KeyError|Path"
    r"|part_key|Query|Header|Field|Body|info|warning|exception|debug|encode|fullmatch|split)$"
)
"""Calls whose texts are patterns, statements of SQL, schemas or for whoever writes code."""

SQL: Final = re.compile(
    r"(?i)\n|^(select|insert|update|delete|with|left join|lock) |%b|::|^-c | is not null"
)
_PLACE: Final = re.compile(r"%\(\w+\)s")
_SPOKEN: Final = re.compile(r"(?s)(?=.*[a-z]{2})(.*\S \S)")
_ERRORS: Final = re.compile(r"Error$|refus|invalid|hidden|unknown")


@cache
def heard() -> tuple[str, ...]:
    """Give the message id of everything that is said in a module that is heard."""
    policies = [load_policy(each).policy for each in NAMES]
    return (
        *SEVERAL_STEPS,
        *(each.title for each in policies),
        *(line.sentence for each in policies for line in each.duty),
        *(line.sentence for each in policies for line in each.retention),
        *(each for each in _texts() if each not in LEFT_OUT),
    )


@cache
def _texts() -> tuple[str, ...]:
    return tuple(
        text
        for place in sorted(_modules(HEARD) - _modules(UNHEARD))
        for source in [Source.read(place.read_text(encoding="utf-8"))]
        for node, text in source.texts()
        if _speaks(text) and _is_said(source, node, pages=place.is_relative_to("api/console"))
    )


def needless() -> set[str]:
    """Give what is left out although nobody says it."""
    return LEFT_OUT.keys() - set(_texts())


def once(texts: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """Leave out what differs from another text by the names of its places alone."""
    shapes = {_PLACE.sub("%", each) for each in known}
    for text in texts:
        shape = _PLACE.sub("%", text)
        if shape not in shapes:
            shapes.add(shape)
            yield text


def _modules(patterns: Iterable[str]) -> set[Path]:
    return {each for pattern in patterns for each in Path().glob(pattern)}


def _speaks(text: str) -> bool:
    """Tell whether a text has words that something can be known by."""
    fixed = _PLACE.sub("%", text)
    if SQL.search(fixed) or not _SPOKEN.search(fixed):
        return False
    read = Template.parse(text)
    return any(read.words()) if read else "%(" not in text


def _is_said(source: Source, node: ast.AST, *, pages: bool) -> bool:
    calls, arguments = [], []
    for each in source.above(node):
        if isinstance(each, ast.Call):
            calls.append(ast.unparse(each.func))
        elif isinstance(each, ast.keyword):
            arguments.append(str(each.arg))
        elif isinstance(each, ast.stmt):
            break
    if any(map(UNSAID.search, arguments)) or any(map(CALLS.search, calls)):
        return False
    return not pages or any(map(_ERRORS.search, calls))
