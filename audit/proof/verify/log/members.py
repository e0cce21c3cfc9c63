# SPDX-License-Identifier: Apache-2.0
"""Checking ``dat`` member by member, so that what repeats is checked once.

Serves the shortcut. In a register most members of an event repeat from row to row: the
maker, the agency, the calibre. Each member's octets are checked against its field and
its canonical form once and remembered; what is left for each event is that its members
are these, in order, and complete. Only schemas without rules across members are read so.
"""

from __future__ import annotations

import re
from functools import lru_cache
from json import JSONDecoder
from operator import lt
from typing import Any, Final

from pydantic import create_model
from pydantic.fields import FieldInfo

from audit.proof.encoding import canonical
from audit.proof.limits import DATA_TEXT_CHARS_MAX
from domain.schema import Closed

MEMBERS_REMEMBERED_MAX: Final = 2_048
"""For each event type and process: some 2 MB for all types together."""

NOWHERE: Final = Closed()
"""Data without a jurisdiction."""

_PLACE: Final = "jur"

_ATTESTED: Final = "endorsements"
"""Further signatures, which the long way verifies."""


class MemberReader:
    """Reads the ``dat`` of one event type in printable ASCII without escapes."""

    def __init__(self, model: type[Closed]) -> None:
        """Prepare one small schema for each member.

        Args:
            model: A schema for which ``is_memberwise`` holds.
        """
        self._required = frozenset(
            name for name, each in model.model_fields.items() if each.is_required()
        )
        self._schemas: dict[str, type[Closed]] = {
            name: create_model(name, __base__=Closed, **_member(name, each))
            for name, each in model.model_fields.items()
        }
        self._check = lru_cache(MEMBERS_REMEMBERED_MAX)(self._check_member)

    def read(self, dat: bytes) -> Closed:
        """Check the data of an event; give its jurisdiction alone, as a model.

        Raises:
            ValueError: It is not valid, holds further signatures, or cannot be read this way.
            KeyError: It has a member that its type lacks.
        """
        members = _MEMBER.findall(dat)
        if b"{%b}" % b",".join(members) != dat:
            raise ValueError
        found = [self._check(each) for each in members]
        names = [name for name, _ in found]
        if _ATTESTED in names:
            raise ValueError
        # Strictly ascending names are canonical order, and none comes twice.
        if not all(map(lt, names, names[1:])) or not self._required.issubset(names):
            raise ValueError
        return next((place for _, place in found if place is not None), NOWHERE)

    def _check_member(self, member: bytes) -> tuple[str, Closed | None]:
        text = b"{%b}" % member
        if max(map(len, text.split(b'"'))) > DATA_TEXT_CHARS_MAX or _FORBIDDEN.search(text):
            raise ValueError
        value, _ = _DECODER.raw_decode(text.decode())
        # Equal octets also mean that this is one member and that nothing followed it.
        if canonical(value) != text:
            raise ValueError
        ((name, _),) = value.items()
        checked = self._schemas[name].model_validate(value)
        return name, checked if name == _PLACE else None


def is_memberwise(model: type[Closed]) -> bool:
    """Tell whether a schema has no rule that looks at several members at once."""
    rules = model.__pydantic_decorators__
    return not (rules.model_validators or rules.field_validators or rules.root_validators) and all(
        each.alias is None for each in model.model_fields.values()
    )


def _member(name: str, field: FieldInfo) -> dict[str, Any]:
    return {name: (field.annotation, field)}


def _integer(digits: str) -> int:
    if len(digits) > _INTEGER_CHARS_MAX:
        raise ValueError
    return int(digits)


def _refuse(_: str) -> object:
    raise ValueError


_INTEGER_CHARS_MAX: Final = 15
"""Fewer digits than the largest integer has, so none can exceed it."""

_DECODER: Final = JSONDecoder(parse_int=_integer, parse_float=_refuse, parse_constant=_refuse)
_FORBIDDEN: Final = re.compile(rb'null|"_sd"|"\.\.\."')
_OBJECT: Final = rb"\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}"
_ARRAY: Final = rb"\[[^][]*(?:\[[^][]*\][^][]*)*\]"
_MEMBER: Final = re.compile(rb'"[^"]*":(?:"[^"]*"|-?[0-9]+|true|false|%b|%b)' % (_OBJECT, _ARRAY))
"""Cuts members apart where that is easy; each is then checked to be one."""
