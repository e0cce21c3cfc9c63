// SPDX-License-Identifier: Apache-2.0
/**
 * Signed notes and their keys: C2SP signed-note 1.0 and tlog-cosignature 1.1.
 *
 * Ed25519 signatures (0x01) and cosignatures (0x04) are verified. ML-DSA-44 (0x06) no browser's
 * WebCrypto knows for certain yet, so such a line is read, counted and said to be unverified.
 */

import { hasPrimeOrder, isLowOrder } from "./curve.js";
import { fromBase64, hex, octetsOf, sha256, textOf } from "./encoding.js";
import { N_, ProofError } from "./errors.js";
import { holdsEd25519 } from "./keys.js";
import { SIZE_MAX } from "./merkle.js";

export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
export const ML_DSA_44 = 0x06;
export const NOTE_OCTETS_MAX = 262_144;

const SIGNATURES_MAX = 64;
const KEY_ID_OCTETS = 4;
const ED25519_KEY_OCTETS = 32;
const ML_DSA_44_KEY_OCTETS = 1312;
const ML_DSA_44_SIGNATURE_OCTETS = 2420;
const TIMESTAMP_OCTETS = 8;
const NAME_OCTETS_MAX = 255;
const PREFIX = "\u2014 ";
const CONTROL = /[\x00-\x09\x0b-\x1f]/;
const NAME = /^[^+\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/u;
const DECIMAL = /^(?:0|[1-9][0-9]{0,18})$/;

/** @typedef {{name: string, kind: number, key: Uint8Array, id: Uint8Array, text: string}} VerifierKey */

/**
 * Read a vkey text, `name+id+key`.
 * @param {string} vkey
 * @returns {Promise<VerifierKey>}
 * @throws {ProofError} `proof_invalid`: it is malformed, or no key that may be trusted.
 */
export async function parseVerifierKey(vkey) {
  const [name, id, ...rest] = vkey.split("+");
  const octets = fromBase64(rest.length ? rest.join("+") : vkey.split("+").at(-1));
  if (!rest.length || !octets.length) throw bad(N_("A verifier key has the form name+id+key."));
  const [kind, key] = [octets[0], octets.slice(1)];
  checkName(name);
  checkKey(name, kind, key);
  const own = (await sha256(octetsOf(`${name}\n`), octets)).slice(0, KEY_ID_OCTETS);
  if (hex(own) !== id) throw bad(N_("The key id of %(name)s does not belong to its key."), { name });
  if (kind !== ML_DSA_44 && !hasPrimeOrder(key)) throw untrusted(name);
  return { name, kind, key, id: own, text: vkey };
}

/**
 * Check a note against the known keys.
 *
 * Lines of unknown keys are ignored, even if they share a name or an id with a known one.
 * @param {Uint8Array} note
 * @param {VerifierKey[]} keys
 * @returns {Promise<{text: string, signers: Map<VerifierKey, Uint8Array>, unverified: VerifierKey[]}>}
 * @throws {ProofError} It is malformed, a known key's signature is bad, or none has signed.
 */
export async function openNote(note, keys) {
  const { text, lines } = split(note);
  const known = new Map(keys.map((key) => [`${key.name} ${hex(key.id)}`, key]));
  const signers = new Map();
  const unverified = new Set();
  for (const { name, id, signature } of lines.map(parseLine)) {
    const key = known.get(`${name} ${hex(id)}`);
    if (key === undefined || signers.has(key)) continue;
    if (key.kind === ML_DSA_44) {
      checkMlDsaForm(key, signature);
      unverified.add(key);
    } else {
      await checkSignature(key, text, signature);
      signers.set(key, signature);
    }
  }
  if (signers.size) return { text, signers, unverified: [...unverified] };
  if (unverified.size) {
    throw new ProofError("ml_dsa_missing", N_("ML-DSA-44 cannot be verified in this browser."));
  }
  throw new ProofError("note_unsigned", N_("No known key has signed the note."));
}

/**
 * Give key name, key id and signature of every line of a note; nothing of it is checked.
 * @param {Uint8Array} note
 * @returns {{name: string, id: Uint8Array, signature: Uint8Array}[]}
 */
export const signatureLines = (note) => split(note).lines.map(parseLine);

/** @param {Uint8Array} note @returns {string} The text above the signature lines, unchecked. */
export function signedText(note) {
  const whole = textOf(note);
  if (whole === null) throw bad(N_("The note is not UTF-8."));
  const end = whole.lastIndexOf("\n\n");
  return `${end < 0 ? "" : whole.slice(0, end)}\n`;
}

/** @param {Uint8Array} signature Of a cosignature. @returns {bigint} Its time, in Unix seconds. */
export const cosignedAt = (signature) => BigInt(`0x${hex(signature.subarray(0, TIMESTAMP_OCTETS))}`);

/**
 * Read an ASCII decimal without sign and without leading zeros, at most 2**63 - 1.
 * @param {string} text
 * @returns {bigint}
 * @throws {ProofError} `proof_invalid`.
 */
export function parseDecimal(text) {
  if (DECIMAL.test(text) && BigInt(text) <= SIZE_MAX) return BigInt(text);
  throw bad(N_("A size or index is a plain decimal number without leading zeros."));
}

async function checkSignature(key, text, signature) {
  const dated = key.kind === COSIGNATURE;
  const at = dated && signature.length >= TIMESTAMP_OCTETS ? cosignedAt(signature) : 0n;
  const message = octetsOf(dated ? `cosignature/v1\ntime ${at}\n${text}` : text);
  const own = dated ? signature.slice(TIMESTAMP_OCTETS) : signature;
  if (at > SIZE_MAX || !(await holdsEd25519(key.key, own, message))) throw badSignature(key);
}

function checkMlDsaForm(key, signature) {
  if (signature.length !== TIMESTAMP_OCTETS + ML_DSA_44_SIGNATURE_OCTETS) throw badSignature(key);
}

function checkKey(name, kind, key) {
  if (kind === ML_DSA_44) {
    const fits = key.length === ML_DSA_44_KEY_OCTETS && octetsOf(name).length <= NAME_OCTETS_MAX;
    if (!fits) throw bad(N_("The key %(name)s is no ML-DSA-44 key."), { name });
  } else if (kind !== ED25519 && kind !== COSIGNATURE) {
    throw bad(N_("The key %(name)s is of a type that is not known here."), { name });
  } else if (key.length !== ED25519_KEY_OCTETS || isLowOrder(key)) {
    throw untrusted(name);
  }
}

function split(note) {
  if (note.length > NOTE_OCTETS_MAX) throw bad(N_("The note is larger than any."));
  const text = signedText(note);
  if (CONTROL.test(text)) throw bad(N_("A note has no control characters but newlines."));
  const whole = textOf(note);
  const end = whole.lastIndexOf("\n\n");
  const lines = whole.slice(end + 2).split("\n");
  if (end < 0 || lines.pop() !== "" || !lines.length || lines.length > SIGNATURES_MAX) {
    throw bad(N_("The note does not end in 1 to 64 whole signature lines."));
  }
  return { text, lines };
}

function parseLine(line) {
  if (!line.startsWith(PREFIX)) {
    throw bad(N_("A signature line of the note does not start with an em dash."));
  }
  const [name, ...encoded] = line.slice(PREFIX.length).split(" ");
  checkName(name);
  const octets = fromBase64(encoded.join(" "));
  if (octets.length <= KEY_ID_OCTETS) throw bad(N_("A signature line of the note has no signature."));
  return { name, id: octets.slice(0, KEY_ID_OCTETS), signature: octets.slice(KEY_ID_OCTETS) };
}

function checkName(name) {
  if (NAME.test(name)) return;
  throw bad(N_("A key name is never empty and has neither spaces nor a plus sign."));
}

const bad = (sentence, values) => new ProofError("proof_invalid", sentence, values);
const untrusted = (name) =>
  bad(N_("The key %(name)s is no Ed25519 key that may be trusted."), { name });
const badSignature = ({ name }) =>
  new ProofError("note_signature", N_("The signature of %(name)s on the note is bad."), { name });
