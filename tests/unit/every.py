# SPDX-License-Identifier: Apache-2.0
"""One test over a whole table: a case a line would cost more than the checks themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from domain.schema import EventType


def for_every(kinds: Sequence[EventType]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with its argument ``kind`` set to each event type; a failure names the type."""

    def looped(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)
        others = [each for name, each in signature.parameters.items() if name != "kind"]

        def run(**given: Any) -> None:
            for kind in kinds:
                try:
                    test(kind=kind, **given)
                except AssertionError as error:
                    error.add_note(f"The event type is {kind.evt}.")
                    raise

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        run.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return run

    return looped
