# SPDX-License-Identifier: Apache-2.0
"""Reads which cryptography the code uses, and where: every name that computes something with it.

Errors, file formats and the classes of keys compute nothing, and are left out.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.architecture.source_tree import ROOMS, parse, python_files

LIBRARIES = frozenset(
    (
        *("authlib", "cryptography", "hashlib", "hmac", "joserfc", "nacl", "pkcs11"),
        *("rfc3161_client", "secrets", "ssl", "webauthn"),
        *("Crypto", "argon2", "bcrypt", "ecdsa", "jwcrypto", "jwt", "passlib", "rsa"),
    )
)
"""What is used, and what somebody might bring along."""

PRIMITIVES = "cryptography.hazmat.primitives."
WHOLE = frozenset(["authlib", "joserfc", "pkcs11", "rfc3161_client", "secrets", "ssl", "webauthn"])
"""Libraries whose use is looked at as a whole; what they are allowed stands in the inventory."""

NEUTRAL = re.compile(
    r".*\.(exceptions|errors)\..*|cryptography\.utils\..*|hashlib\._Hash"
    r"|.*\.serialization\.(Encoding|PrivateFormat|PublicFormat|load_\w+)|.*\.InvalidUnwrap"
    r"|.*\.asymmetric\.utils\.\w+_dss_signature"
    r"|.*\.ec\.(EllipticCurve\w+|generate_private_key|derive_private_key)"
)


def used() -> Mapping[str, frozenset[str]]:
    """Give the folders in which each name is used."""
    found = defaultdict[str, set[str]](set)
    for path in python_files(*ROOMS):
        for name in _named(parse(path)):
            if not NEUTRAL.fullmatch(name):
                found[_shortened(name)].add(path.parent.as_posix())
    return {name: frozenset(folders) for name, folders in found.items()}


def keyed_digests(path: Path) -> Iterator[str]:
    """Give the digests that a file computes HMAC with, as they are spelled."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"hmac.digest", "hmac.new"}:
            yield ast.unparse(node.args[2]) if len(node.args) > 2 else "none"


def _named(module: ast.Module) -> Iterator[str]:
    """Give the full names of everything that a file takes from a library."""
    modules: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            modules |= {each.asname or each.name: each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and _is_library(node.module or ""):
            names = {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
            modules |= {short: name for short, name in names.items() if _is_module(name)}
            yield from set(names.values()) - set(modules.values())
    for node in ast.walk(module):
        yield from _taken(node, modules)


def _taken(node: ast.AST, modules: Mapping[str, str]) -> Iterator[str]:
    """Give what is taken out of a module, or the module that is loaded by its name."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        name = modules.get(node.value.id, "")
        if _is_library(name):
            yield f"{name}.{node.attr}"
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "import_module":
        told = node.args[0]
        if isinstance(told, ast.Constant) and _is_library(str(told.value)):
            yield str(told.value)


def _is_library(name: str) -> bool:
    return name.partition(".")[0] in LIBRARIES


def _is_module(name: str) -> bool:
    """Tell whether a name of the library of primitives is a module, whose parts are looked at."""
    return bool(re.fullmatch(rf"{re.escape(PRIMITIVES)}(?:asymmetric\.)?[a-z0-9]+", name))


def _shortened(name: str) -> str:
    """Give a name as the inventory spells it."""
    library = name.partition(".")[0]
    if library in WHOLE:
        return library
    if name.startswith("cryptography.x509."):
        return "cryptography.x509"
    return name.removeprefix(PRIMITIVES)
