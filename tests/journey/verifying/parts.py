# SPDX-License-Identifier: Apache-2.0
"""The parts of both verifiers by themselves: what each parser and each envelope check says."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Page

from api.console.verifying.data import catalogue_data
from audit.proof.encoding import canonical, decode, strict_json
from audit.proof.envelope.opening import Reading, open_envelope
from audit.proof.inclusion import parse_tlog_proof
from audit.proof.note import open_note, parse_verifier_key
from audit.proof.policy.file import parse_policy
from audit.proof.verify.beside.history import encode_consistency, parse_consistency
from audit.proof.verify.trust import Trust
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, MunimentError
from tests.journey.verifying.cases import LOG, RICH
from tests.unit.audit.proof.envelope import worked
from tests.unit.audit.verify.wider.others import policy_file

_EACH: Final = """async ({texts, module, name, more}) => {
  const given = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const { [name]: found } = await import(module);
  const { parseVerifierKey } = await import("/proof/notes.js");
  const keys = more.keys ? [await Promise.all(more.keys.map(parseVerifierKey))] : [];
  const rest = more.catalogue ? [more.catalogue] : keys;
  const parse = found.parse ? found.parse.bind(found) : found;
  const said = [];
  for (const text of texts) {
    const octets = given(text);
    const one = more.ascii ? atob(text) : octets;
    try {
      said.push((await parse(one, ...rest)) === null ? "none" : "ok");
    } catch (error) {
      said.push(error.code ?? String(error));
    }
  }
  return said;
}"""

_OPEN: Final = """async ({texts, keys, audience, catalogue}) => {
  const given = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const { openEnvelope } = await import("/event/opening.js");
  const { publicKey } = await import("/proof/keys.js");
  const find = async (kid) => Object.hasOwn(keys, kid) ? publicKey(keys[kid]) : null;
  const said = [];
  for (const text of texts) {
    try {
      const event = await openEnvelope(given(text), { keys: find, audience, catalogue });
      said.push(`ok ${event.eid} ${event.kid} ${event.sub} ${event.seq}`);
    } catch (error) {
      said.push(error.code ?? String(error));
    }
  }
  return said;
}"""


@dataclass(frozen=True, kw_only=True)
class Parser:
    """A parser that both verifiers have.

    Attributes:
        module: Where it is in the page.
        name: What it is called there.
        here: The same in the program.
        seeds: Octets that it takes.
        more: What it is given besides.
    """

    module: str
    name: str
    here: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    more: dict[str, Any]

    def by_browser(self, page: Page, texts: Sequence[bytes]) -> list[bool]:
        """Tell which of some octets the page takes."""
        given = {
            "texts": [b64encode(each).decode() for each in texts],
            "module": self.module,
            "name": self.name,
            "more": self.more,
        }
        said: list[str] = page.evaluate(_EACH, given)
        return [each == "ok" for each in said]

    def by_program(self, texts: Sequence[bytes]) -> list[bool]:
        """Tell which of them the program takes."""
        return [self._takes(each) for each in texts]

    def _takes(self, octets: bytes) -> bool:
        try:
            return self.here(octets) is not None
        except MunimentError:
            return False


def opened_by_browser(page: Page, submissions: Sequence[bytes]) -> list[str]:
    """Open submissions under the keys and types of the worked examples, in the browser."""
    given = {
        "texts": [b64encode(each).decode() for each in submissions],
        "keys": {kid: dict(key.jwk) for kid, key in worked.KEYS.items()},
        "audience": worked.AUDIENCE,
        "catalogue": {
            **catalogue_data(CATALOGUE),
            "types": catalogue_data(worked.CATALOGUE)["types"],
        },
    }
    said: list[str] = page.evaluate(_OPEN, given)
    return said


def opened_by_program(submissions: Sequence[bytes]) -> list[str]:
    """Open them in the program."""
    return [_opened(each) for each in submissions]


def _opened(submission: bytes) -> str:
    reading = Reading(worked.KEYS.get, worked.CATALOGUE, worked.AUDIENCE)
    try:
        event = open_envelope(submission, reading).event
    except EnvelopeError as error:
        return error.slug
    return f"ok {event.eid} {event.kid} {event.sub} {event.seq}"


def _key(octets: bytes) -> object:
    return parse_verifier_key(octets.decode("latin-1"))


_FILES: Final = RICH.files()
_VKEY: Final = LOG.trust().log_keys[0].vkey
_JSON: Final = (
    b'{"a":1,"b":[true,false,null],"c":{"d":"\\u00e9\\n"},"e":-12}',
    b'[[[[[["\\ud83d\\ude00"]]]]]]',
    canonical(json.loads(_FILES["trust.json"])),
)

PARSERS: Final = {
    "json": Parser(
        module="/proof/json.js", name="strictJson", here=strict_json, seeds=_JSON, more={}
    ),
    "base64url": Parser(
        module="/proof/encoding.js",
        name="fromBase64url",
        here=decode,
        seeds=(b"AA", b"AAA", b"_-8", b"Zm9vYmFy"),
        more={"ascii": True},
    ),
    "verifier key": Parser(
        module="/proof/notes.js",
        name="parseVerifierKey",
        here=_key,
        seeds=(_VKEY.encode(),),
        more={"ascii": True},
    ),
    "note": Parser(
        module="/proof/notes.js",
        name="openNote",
        here=lambda octets: open_note(octets, [parse_verifier_key(_VKEY)]),
        seeds=(RICH.checkpoint, LOG.note(5)),
        more={"keys": [_VKEY]},
    ),
    "receipt": Parser(
        module="/proof/checkpoint.js",
        name="parseReceipt",
        here=parse_tlog_proof,
        seeds=tuple(each.encode() for each in RICH.proofs.values()),
        more={},
    ),
    "consistency proof": Parser(
        module="/proof/checkpoint.js",
        name="parseConsistency",
        here=parse_consistency,
        seeds=tuple(map(encode_consistency, RICH.consistency.values())),
        more={},
    ),
    "policy": Parser(
        module="/trust/policy.js",
        name="Policy",
        here=parse_policy,
        seeds=(policy_file(LOG), _FILES["policy.txt"]),
        more={},
    ),
    "trust file": Parser(
        module="/trust/trust.js",
        name="Trust",
        here=Trust.parse,
        seeds=(_FILES["trust.json"],),
        more={"catalogue": catalogue_data(CATALOGUE)},
    ),
}
