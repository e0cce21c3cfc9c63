# SPDX-License-Identifier: Apache-2.0
"""Members of an event's data by their dotted path: what a schema admits, what an event states.

A path leads through closed models and through the elements of lists, so that
``markings.kind`` means the kind of any of the marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from domain.schema import Closed, Known

Test: TypeAlias = Callable[[object], bool]
Tests: TypeAlias = Sequence[tuple[Sequence[str], Test]]
"""What members have to pass, each by its path."""

STRICT: Final = ConfigDict(strict=True)
_DATE: Final = "2026-02-28"
_NO_DATE: Final = "2026-02-30"


def values_at(value: object, path: Sequence[str]) -> tuple[object, ...]:
    """Give every value that a member has; none where it is absent."""
    if isinstance(value, tuple):
        return tuple(each for element in value for each in values_at(element, path))
    if isinstance(value, Known) and not path:
        return (value.known,)
    if value is None or not path:
        return () if value is None else (value,)
    return values_at(getattr(value, path[0], None), path[1:])


def fits(value: object, tests: Tests) -> bool:
    """Tell whether members pass their tests; those of a list all in one and the same element."""
    if isinstance(value, tuple):
        return any(fits(element, tests) for element in value)
    if value is None:
        return False
    below: dict[str, list[tuple[Sequence[str], Test]]] = {}
    for path, test in tests:
        if not path:
            return test(value.known if isinstance(value, Known) else value)
        below.setdefault(path[0], []).append((path[1:], test))
    return all(fits(getattr(value, name, None), inner) for name, inner in below.items())


def members_at(model: type[Closed], path: Sequence[str]) -> tuple[FieldInfo, ...]:
    """Give the members that a path leads to in a schema; none where it has no such member."""
    models: Iterable[type[Closed]] = (model,)
    found: tuple[FieldInfo, ...] = ()
    for name in path:
        found = tuple(each.model_fields[name] for each in models if name in each.model_fields)
        models = tuple(inner for each in found for inner in _models(each.annotation))
    return found


def is_single(model: type[Closed], name: str) -> bool:
    """Tell whether a member, where it is there, holds one text, number or truth value."""
    field = model.model_fields.get(name)
    return field is not None and not _is_composed(field.annotation)


def admits(member: FieldInfo, value: object) -> bool:
    """Tell whether a member, or an element of it, may have a value."""
    return any(_valid(member, tried) for tried in (value, [value], {"known": value}))


def holds_date(member: FieldInfo) -> bool:
    """Tell whether a member holds a date, and nothing but dates."""
    return _valid(member, _DATE) and not _valid(member, _NO_DATE)


def _valid(member: FieldInfo, value: object) -> bool:
    annotation: Any = member.annotation
    for note in member.metadata:
        annotation = Annotated[annotation, note]
    try:
        TypeAdapter(annotation, config=None if _is_model(annotation) else STRICT).validate_python(
            value
        )
    except ValidationError:
        return False
    return True


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Closed)


def _models(annotation: Any) -> Iterator[type[Closed]]:
    if isinstance(annotation, type) and issubclass(annotation, Closed):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _is_composed(annotation: Any) -> bool:
    """Tell whether something may be a list or a model; what is known or unknown is one value."""
    if get_origin(annotation) is Literal or annotation is Known:
        return False
    if get_origin(annotation) in (tuple, list, dict):
        return True
    if isinstance(annotation, type) and issubclass(annotation, Closed):
        return True
    return any(_is_composed(inner) for inner in get_args(annotation))
