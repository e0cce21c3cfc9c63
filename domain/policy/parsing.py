# SPDX-License-Identifier: Apache-2.0
"""Reading a policy from the bytes of its TOML file, with everything that is wrong named at once.

A policy that is wrong in one duty is not used at all: half a set of deadlines would look like a
whole one. Where the bytes come from, and their digest, are the concern of ``api.policies``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from domain.errors import InvalidValueError
from domain.policy.checks import problems
from domain.policy.model import Policy
from domain.schema import Catalogue

POLICY_MAX_BYTES: Final = 262_144


def parse_policy(text: bytes, catalogue: Catalogue) -> Policy:
    """Read a policy, and check it against the events that the ledger admits.

    Raises:
        InvalidValueError: ``policy_invalid``; each line names the duty by its code or number.
    """
    if len(text) > POLICY_MAX_BYTES:
        raise _invalid(["the file is too large for a policy"])
    try:
        tables = tomllib.loads(text.decode())
        policy = Policy.model_validate(tables)
    except ValidationError as error:
        raise _invalid(_told(error, tables)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _invalid([f"it is not TOML: {error}"]) from error
    except RecursionError as error:
        raise _invalid(["its tables are nested too deeply"]) from error
    found = problems(policy, catalogue)
    if found:
        raise _invalid(found)
    return policy


def _told(error: ValidationError, tables: Mapping[str, Any]) -> list[str]:
    return [
        f"{_place(each['loc'], tables)}: {each['msg']}"
        for each in error.errors(include_url=False, include_input=False)
    ]


def _place(loc: Sequence[int | str], tables: Mapping[str, Any]) -> str:
    """Name what is wrong: a duty by its code, or by its number where it has none."""
    if len(loc) < 2 or loc[0] != "duty":  # noqa: PLR2004 - a list and the place in it
        return ".".join(map(str, loc))
    number = int(loc[1])
    duty = tables["duty"][number]
    code = duty.get("code") if isinstance(duty, Mapping) else None
    name = code if isinstance(code, str) else f"no. {number + 1}"
    return ", ".join((f"duty {name}", ".".join(map(str, loc[2:])))).removesuffix(", ")


def _invalid(found: Sequence[str]) -> InvalidValueError:
    lines = "\n".join(f"  {each}" for each in found)
    return InvalidValueError(
        f"The policy cannot be used:\n{lines}\n",
        slug="policy_invalid",
        next_step="Correct the file; docs/policies.md explains what it may hold.",
    )
