# SPDX-License-Identifier: Apache-2.0
"""Loads policies: the ones shipped with the software by their names, others by their paths.

The digest is that of the octets of the file, so that an adoption in the ledger
(``policy.adopted``) names one text and no other. What a policy may hold is the concern of
``domain.policy``.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Final

from audit.proof.encoding import encode
from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError, UnreachableError, UsageError
from domain.policy.model import Policy
from domain.policy.parsing import POLICY_MAX_BYTES, parse_policy

DATA: Final = Path(__file__).parent / "data"
NAMES: Final = tuple(sorted(path.stem for path in DATA.glob("*.toml")))
"""Names of the policies that come with the software."""

SUFFIX: Final = ".toml"


USUAL: Final = "firearms-protocol-minimum"
"""The policy that is asked by where none is named: what every State owes."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy and the text that it was read from.

    Attributes:
        policy: The policy.
        digest: SHA-256 of the file, base64url without padding, as an adoption states it.
    """

    policy: Policy
    digest: str


def load_policy(name: str) -> Loaded:
    """Load a policy by the name of a shipped one, or by the path of a file.

    Raises:
        UnreachableError: The file cannot be read.
        UsageError: ``policy_unknown``.
        InvalidValueError: ``policy_invalid``.
    """
    text = _read(_path(name))
    try:
        policy = parse_policy(text, CATALOGUE)
    except InvalidValueError as error:
        raise InvalidValueError(
            f"{name}: {error.sentence}", slug=error.slug, next_step=error.next_step
        ) from error
    return Loaded(policy, encode(sha256(text).digest()).decode())


def retention_rules(name: str) -> Policy:
    """Load a policy that says how long anything is kept.

    Raises:
        UsageError: ``policy_without_retention``, or there is no such policy.
    """
    policy = load_policy(name).policy
    if policy.retention:
        return policy
    raise UsageError(
        f"The policy {policy.id} says of nothing how long it is kept.",
        slug="policy_without_retention",
        next_step="Write [[retention]] rules into it; docs/policies.md tells how.",
    )


def _path(name: str) -> Path:
    if name in NAMES:
        return DATA / f"{name}{SUFFIX}"
    if name.endswith(SUFFIX) or "/" in name:
        return Path(name)
    near = get_close_matches(name, NAMES, n=1)
    raise UsageError(
        f"There is no policy {name}; {'near it' if near else 'there are'}:"
        f" {', '.join(near or NAMES)}.",
        slug="policy_unknown",
        next_step="List them with `muniment policies`, or give the path of a .toml file.",
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(POLICY_MAX_BYTES + 1)
    except OSError as error:
        raise UnreachableError(
            f"The policy file {path} cannot be read: {error.strerror}.",
            next_step="Check the file and its permissions.",
        ) from error
