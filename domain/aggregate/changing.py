# SPDX-License-Identifier: Apache-2.0
"""The next value of something that never changes itself.

A firearm's state has some thirty members, and every event folded changes a few of them: the
standard library's ``replace`` calls the constructor with all of them, which takes eight times as
long as copying. Types are checked as for that one; what checks its members when it is made must
not come here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import replace as changed
else:

    def changed(value: T, /, **members: object) -> T:
        """Give a copy of a frozen dataclass without slots in which some members are others."""
        after = object.__new__(type(value))
        after.__dict__.update(value.__dict__)
        after.__dict__.update(members)
        return after


__all__ = ("changed",)
