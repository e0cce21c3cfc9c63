# SPDX-License-Identifier: Apache-2.0
"""One test over a whole table: a case a line would cost more than the checks themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any


def for_every(
    values: Iterable[Any], argument: str = "kind"
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with one argument set to each value in turn; a failure names the value."""
    rows = tuple(values)
    assert rows, "a test over an empty table would check nothing"

    def looped(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)
        others = [each for name, each in signature.parameters.items() if name != argument]

        def run(**given: Any) -> None:
            for value in rows:
                try:
                    test(**given, **{argument: value})
                except BaseException as error:  # what pytest raises itself is no Exception
                    error.add_note(f"The {argument} is {getattr(value, 'evt', value)}.")
                    raise

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        run.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return run

    return looped
