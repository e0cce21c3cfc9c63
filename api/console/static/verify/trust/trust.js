// SPDX-License-Identifier: Apache-2.0
/** The trust file: which log keys, which founding, which root keys (log specification, 2.8, 2.9). */

import { verifyTrust } from "../event/attestation.js";
import { fits } from "../event/schema.js";
import { openCheckpoint, parseCheckpoint } from "../proof/checkpoint.js";
import { hex, octetsOf, sha256 } from "../proof/encoding.js";
import { N_, ProofError, StopError } from "../proof/errors.js";
import { strictJson } from "../proof/json.js";
import { ED25519, ML_DSA_44, parseVerifierKey, signedText } from "../proof/notes.js";

export const TRUST_FILE = "trust.json";
export const TRUST_OCTETS_MAX = 262_144;

const FOUNDING = ["audience", "origin", "genesis", "threshold"];
const LINES = new Map([[ED25519, "ed25519"], [ML_DSA_44, "ml-dsa-44"]]);

/** What has to be known from elsewhere to verify a log. */
export class Trust {
  /**
   * Read a trust file.
   * @param {Uint8Array} octets
   * @param {import("../event/payload.js").Catalogue} catalogue Carries the schema of trust files too.
   * @returns {Promise<Trust>}
   * @throws {StopError} `trust_malformed`.
   */
  static async parse(octets, catalogue) {
    try {
      const members = octets.length > TRUST_OCTETS_MAX ? null : strictJson(octets);
      if (!fits({ $ref: "#/$defs/Trust" }, members, catalogue.definitions)) throw malformed();
      const keys = [];
      for (const each of members.log_keys) keys.push(await logKey(each, members.origin));
      await verifyTrust(members);
      const lines = keys.map(async ({ vkey }) => `${vkey.name} ${hex(await sha256(octetsOf(vkey.text)))}`);
      return new Trust(members, keys, await Promise.all(lines));
    } catch (error) {
      throw error instanceof ProofError ? malformed() : error;
    }
  }

  constructor(members, keys, lines) {
    this.members = members;
    this.keys = keys;
    const roots = members.root_keys.map((kid) => `root key ${kid}`);
    this.fingerprints = [...lines, ...roots, `founding event ${members.genesis}`];
  }

  /** @param {bigint} size @returns {import("../proof/notes.js").VerifierKey[]} Who may sign that size. */
  signing(size) {
    return this.keys.filter((key) => signs(key, size)).map((key) => key.vkey);
  }

  /**
   * Check a checkpoint note under the keys that are trusted for its size.
   * @param {Uint8Array} note
   * @param {boolean} lasting Whether every type of signature has to be on it that is due.
   * @returns {Promise<import("../proof/checkpoint.js").Checkpoint & {unverified: boolean}>}
   * @throws {ProofError} It is none of this log; `log_key_size`; `log_line_missing`.
   */
  async open(note, lasting) {
    const { size } = parseCheckpoint(signedText(note));
    const keys = this.signing(size);
    const found = await this.openUnder(keys, note, size);
    const missing = keys.find((key) => !found.kinds.has(key.kind));
    if (lasting && missing) {
      const values = { size, kind: LINES.get(missing.kind) };
      const sentence = N_("The checkpoint of size %(size)s lacks its signature of type %(kind)s.");
      throw new ProofError("log_line_missing", sentence, values);
    }
    return found;
  }

  /** @param {Trust} older @returns {boolean} Whether it could be a later file of the same ledger. */
  continues(older) {
    const { members } = this;
    const same =
      FOUNDING.every((name) => members[name] === older.members[name]) &&
      String(members.root_keys) === String(older.members.root_keys);
    const own = new Set(this.keys.map(keyName));
    const known = new Set(older.keys.map(keyName));
    return same && own.size > known.size && [...known].every((name) => own.has(name));
  }

  async openUnder(keys, note, size) {
    try {
      return await openCheckpoint(note, keys, this.members.origin);
    } catch (error) {
      if (error.code !== "note_unsigned") throw error;
      for (const key of this.keys.filter((each) => !signs(each, size))) {
        if (await hasSigned(key.vkey, note, this.members.origin)) {
          const sentence = N_("The checkpoint of size %(size)s is signed by a key that signs other sizes.");
          throw new ProofError("log_key_size", sentence, { size });
        }
      }
      throw error;
    }
  }
}

async function logKey(stated, origin) {
  const vkey = await parseVerifierKey(stated.vkey);
  const until = stated.to_size === undefined ? null : BigInt(stated.to_size);
  const key = { vkey, from: BigInt(stated.from_size), until };
  if (!LINES.has(vkey.kind) || vkey.name !== origin || (until !== null && until < key.from)) {
    throw malformed();
  }
  return key;
}

async function hasSigned(key, note, origin) {
  try {
    await openCheckpoint(note, [key], origin);
    return true;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}

const signs = ({ from, until }, size) => from <= size && (until === null || size <= until);
const keyName = ({ vkey, from }) => `${from} ${vkey.text}`;

const malformed = () => new StopError("unusable", "trust_malformed", N_("This is not a trust file."));
