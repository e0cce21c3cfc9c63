# SPDX-License-Identifier: Apache-2.0
"""Elements of SVG and HTML: whatever is not markup already is cleaned and escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite

from markupsafe import Markup, escape

from api.console.charts.drawing.reader import clean

Attribute = str | float | None
"""A value; nothing leaves the attribute out."""

Attributes = Mapping[str, Attribute]

_PLAIN = re.compile(r"[A-Za-z0-9.,:#()-]+(?: [A-Za-z0-9.,:#()-]+)*")
"""Names of classes, places and paths: nothing of them is to be cleaned or escaped."""


def element(name: str, attributes: Attributes, *children: str) -> Markup:
    """Write an element.

    Args:
        name: Its name; never of somebody else's making.
        attributes: Its attributes by name; one without a value is left out.
        children: Markup, or texts, which are escaped.

    Raises:
        ValueError: A number is none that can be drawn.
    """
    given = [(key, value) for key, value in attributes.items() if value is not None]
    head = "".join([f' {key}="{_value(value)}"' for key, value in given])
    body = "".join([_child(child) for child in children])
    return Markup(f"<{name}{head}>{body}</{name}>")  # noqa: S704 - each part is escaped above


def joined(*parts: str) -> Markup:
    """Join markup and texts, which are escaped."""
    return Markup("").join(map(_child, parts))


def number(value: float) -> str:
    """Write a length with one digit behind the point, which is finer than anybody sees.

    Raises:
        ValueError: It is none that can be drawn.
    """
    if not isfinite(value):
        raise ValueError(f"A length of a picture is {value}.")
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def _value(value: str | float) -> str:
    if not isinstance(value, str):
        return number(value)
    return value if _PLAIN.fullmatch(value) else escape(clean(value))


def _child(child: str) -> Markup:
    return child if isinstance(child, Markup) else escape(clean(child))
