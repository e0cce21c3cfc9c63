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
from operator import lt
from typing import Any, Final, NamedTuple

from pydantic import create_model
from pydantic.fields import FieldInfo

from audit.proof.encoding import canonical_json
from audit.proof.limits import DATA_TEXT_CHARS_MAX
from domain.schema import Closed

MEMBERS_REMEMBERED_MAX: Final = 2_048
"""For each event type and process: some 2 MB for all types together."""

SHAPES_REMEMBERED_MAX: Final = 256
"""For each event type and process: which members an event has, of those that may be left out."""

NOWHERE: Final = Closed()
"""Data without a jurisdiction."""

_PLACE: Final = "jur"

_ATTESTED: Final = "endorsements"
"""Further signatures, which the long way verifies."""

_TAKEN_OVER: Final = "source"


class Shape(NamedTuple):
    """Which members an event has.

    Attributes:
        place: The how manyeth is its jurisdiction; nothing where it states none.
        taken_over: Whether it was taken over from an older record.
    """

    place: int | None
    taken_over: bool


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
        self._shape = lru_cache(SHAPES_REMEMBERED_MAX)(self._check_shape)

    def read(self, dat: bytes) -> tuple[Closed, bool]:
        """Check the data of an event.

        Returns:
            Its jurisdiction alone, as a model, and whether it was taken over from elsewhere.

        Raises:
            ValueError: It is not valid, holds further signatures, or cannot be read this way.
            KeyError: It has a member that its type lacks.
        """
        members = _MEMBER.findall(dat)
        if b"{%b}" % b",".join(members) != dat:
            raise ValueError
        found = [self._check(each) for each in members]
        shape = self._shape(tuple([name for name, _ in found]))
        return NOWHERE if shape.place is None else found[shape.place][1], shape.taken_over

    def _check_shape(self, names: tuple[str, ...]) -> Shape:
        # Strictly ascending names are canonical order, and none comes twice.
        ordered = all(map(lt, names, names[1:]))
        if not ordered or not self._required.issubset(names) or _ATTESTED in names:
            raise ValueError
        return Shape(names.index(_PLACE) if _PLACE in names else None, _TAKEN_OVER in names)

    def _check_member(self, member: bytes) -> tuple[str, Closed]:
        text = b"{%b}" % member
        if _FORBIDDEN.search(text):
            raise ValueError
        value = canonical_json(text)
        ((name, _),) = value.items()
        checked = self._schemas[name].model_validate(value)
        return name, checked if name == _PLACE else NOWHERE


def is_memberwise(model: type[Closed]) -> bool:
    """Tell whether a schema has no rule that looks at several members at once."""
    rules = model.__pydantic_decorators__
    return not (rules.model_validators or rules.field_validators or rules.root_validators) and all(
        each.alias is None for each in model.model_fields.values()
    )


def _member(name: str, field: FieldInfo) -> dict[str, Any]:
    return {name: (field.annotation, field)}


_FORBIDDEN: Final = re.compile(rb'null|"_sd"|"\.\.\."|"[^"]{%d}' % (DATA_TEXT_CHARS_MAX + 1))
_OBJECT: Final = rb"\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}"
_ARRAY: Final = rb"\[[^][]*(?:\[[^][]*\][^][]*)*\]"
_MEMBER: Final = re.compile(rb'"[^"]*":(?:"[^"]*"|-?[0-9]+|true|false|%b|%b)' % (_OBJECT, _ARRAY))
"""Cuts members apart where that is easy; each is then checked to be one."""
