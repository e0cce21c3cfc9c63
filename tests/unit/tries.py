# SPDX-License-Identifier: Apache-2.0
"""How often a law is tried that asks for a number of examples of its own."""

from __future__ import annotations

from hypothesis import settings

USUAL = settings.get_profile("default").max_examples


def tries(examples: int) -> int:
    """Give that number, or its share under a profile that tries every law less often.

    No law is tried less often than the profile says.
    """
    profile = settings().max_examples
    return min(examples, max(profile, examples * profile // USUAL))
