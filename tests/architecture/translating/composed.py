# SPDX-License-Identifier: Apache-2.0
"""Sentences in source code, with places where data is put into them.

An f-string becomes a message id with named places: ``f"Its seal {seal} was not found."`` is ``Its
seal %(seal)s was not found.``; so does a text that ``str.format`` fills. A text that is put
together over several lines of a function is followed to where it begins, and of a choice between
two texts each is taken.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from typing import TypeGuard

ALTERNATIVES_MAX = 16
"""Ways of one sentence beyond which it should be written another way."""

_FIELD = re.compile(r"\{(\w*)\}")

Piece = str | tuple[str]
"""A fixed text, or the name of a place."""

Pieces = tuple[Piece, ...]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Source:
    """One file.

    Attributes:
        parents: What each part of it stands in.
    """

    parents: dict[ast.AST, ast.AST]
    _used: set[ast.AST] = field(default_factory=set)

    @classmethod
    def read(cls, text: str) -> Source:
        """Read a file."""
        tree = ast.parse(text)
        return cls({part: each for each in ast.walk(tree) for part in ast.iter_child_nodes(each)})

    def texts(self) -> list[tuple[ast.AST, str]]:
        """Give every text that is no documentation, with where it stands."""
        found = [
            (node, said)
            for node in self.parents
            if self._begins(node)
            for said in sorted({message(each) for each in self._ways(node)})
        ]
        return [(node, said) for node, said in found if node not in self._used]

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Give what a part stands in, from the inside to the outside."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def said(self, node: ast.AST) -> list[Pieces]:
        """Give each way in which an expression may be said."""
        match node:
            case ast.Constant(value=str(text)):
                return [_formatted(text)]
            case ast.JoinedStr(values=parts):
                return self._joined(parts)
            case ast.FormattedValue(value=value):
                return self.said(value)
            case ast.IfExp(body=one, orelse=other) if _is_text(one) or _is_text(other):
                return [*self.said(one), *self.said(other)]
            case ast.BinOp(left=one, op=ast.Add(), right=other):
                return self._joined([one, other])
            case ast.Name(id=name) if (before := self._assigned(node, name)) is not None:
                return self._followed(before)
        return [((_name(node),),)]

    def _ways(self, node: ast.AST) -> list[Pieces]:
        return self._added(node) if isinstance(node, ast.AugAssign) else self.said(node)

    def _joined(self, parts: list[ast.expr]) -> list[Pieces]:
        ways = [self.said(each) for each in parts]
        if reduce(lambda number, each: number * len(each), ways, 1) > ALTERNATIVES_MAX:
            ways = [each[:1] for each in ways]
        return [tuple(piece for way in each for piece in way) for each in product(*ways)]

    def _begins(self, node: ast.AST) -> bool:
        """Tell whether a text begins here and is no part of another one, nor documentation."""
        if isinstance(node, ast.AugAssign):
            return _is_text(node.value) and self._before(node) is not None
        if not isinstance(node, ast.Constant | ast.JoinedStr) or not _is_text(node):
            return False
        above = next(self.above(node))
        if isinstance(above, ast.Expr) or (
            isinstance(above, ast.AugAssign) and self._begins(above)
        ):
            return False
        return not any(isinstance(each, ast.JoinedStr) for each in self.above(node))

    def _followed(self, before: ast.Assign | ast.AugAssign) -> list[Pieces]:
        self._used |= {before, *ast.walk(before.value)}
        if isinstance(before, ast.Assign):
            return self.said(before.value)
        return self._added(before)

    def _added(self, node: ast.AugAssign) -> list[Pieces]:
        first = self._before(node)
        assert first is not None
        return [(*one, *other) for one in self._followed(first) for other in self.said(node.value)]

    def _before(self, node: ast.AugAssign) -> ast.Assign | ast.AugAssign | None:
        return self._assigned(node, node.target.id) if isinstance(node.target, ast.Name) else None

    def _assigned(self, node: ast.AST, name: str) -> ast.Assign | ast.AugAssign | None:
        """Give the last line before a part of a function that gives a text to a name."""
        inside = next((each for each in self.above(node) if isinstance(each, Function)), None)
        if inside is None:
            return None
        at = getattr(node, "lineno", 0)
        before = (each for each in ast.walk(inside) if _gives(each, name) and each.lineno < at)
        last = max(before, key=lambda each: each.lineno, default=None)
        return last if last is not None and _is_text(last.value) else None


def message(pieces: Pieces) -> str:
    """Write pieces as a message id, whose places bear different names."""
    joined: list[Piece] = []
    for each in pieces:
        if isinstance(each, str) and joined and isinstance(joined[-1], str):
            joined[-1] += each
        elif each and not (isinstance(each, tuple) and joined and isinstance(joined[-1], tuple)):
            joined.append(each)
    if all(isinstance(each, str) for each in joined):
        return "".join(map(str, joined))
    names: list[str] = []
    return "".join(_written(each, names) for each in joined)


def _written(piece: Piece, names: list[str]) -> str:
    if isinstance(piece, str):
        return piece.replace("%", "%%")
    names.append(piece[0])
    number = names.count(piece[0])
    return f"%({piece[0]}{number if number > 1 else ''})s"


def _formatted(text: str) -> Pieces:
    """Read the places that ``str.format`` fills."""
    pieces = _FIELD.split(text)
    return tuple(
        (f"value{each}" if not each or each.isdigit() else each,) if number % 2 else each
        for number, each in enumerate(pieces)
    )


def _is_text(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, str)
        case ast.IfExp(body=one, orelse=other):
            return _is_text(one) or _is_text(other)
        case ast.BinOp(left=one, op=ast.Add(), right=other):
            return _is_text(one) or _is_text(other)
    return isinstance(node, ast.JoinedStr)


def _gives(node: ast.AST, name: str) -> TypeGuard[ast.Assign | ast.AugAssign]:
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(each, ast.Name) and each.id == name for each in targets)


def _name(node: ast.AST) -> str:
    """Name a place by the last name in an expression."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.strip("_").lower()
        case ast.Call(func=func, args=[]):
            return _name(func)
        case ast.Call(args=[*_, last]):
            return _name(last)
        case ast.BoolOp(values=[first, *_]) | ast.BinOp(left=first) | ast.Subscript(value=first):
            return _name(first)
        case ast.Starred(value=inside) | ast.IfExp(body=inside) | ast.GeneratorExp(elt=inside):
            return _name(inside)
    return "value"
