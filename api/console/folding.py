# SPDX-License-Identifier: Apache-2.0
"""Templates that are translated when they are compiled, not each time a page is made.

A language has templates of its own, so a sentence without data is a constant of its template.
"""

from __future__ import annotations

from typing import Any, Final

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from api.languages import Translate

GETTEXT: Final = "_"


class FoldingGenerator(CodeGenerator):
    """Compiles a template after its sentences were put in; ``environment.told`` translates."""

    def visit_Template(  # noqa: N802 - the visitor finds it by the node's name
        self, node: nodes.Template, frame: Frame | None = None
    ) -> None:
        """Compile a template."""
        told: Translate = self.environment.told  # type: ignore[attr-defined]
        super().visit_Template(_Folding(told).visit(node), frame)


class _Folding(NodeTransformer):
    """Puts the translation in the place of each sentence that takes no data."""

    def __init__(self, told: Translate) -> None:
        self._told = told

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as above
        """Translate a call of ``_`` with a sentence alone; it is a format string all the same."""
        node = self.generic_visit(node)  # type: ignore[assignment]
        sentence = _sentence_of(node)
        if sentence is None:
            return node
        markup = Markup(self._told(sentence)) % {}  # noqa: S704 - sentences are our own
        return nodes.Const(markup, lineno=node.lineno, environment=node.environment)


def _sentence_of(node: nodes.Call) -> str | None:
    """Give the sentence of a call that translates one without data."""
    asked: Any = node.node
    alone = len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    if not (alone and isinstance(asked, nodes.Name) and asked.name == GETTEXT):
        return None
    given = node.args[0]
    return given.value if isinstance(given, nodes.Const) and isinstance(given.value, str) else None
