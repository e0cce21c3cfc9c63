// SPDX-License-Identifier: Apache-2.0
/**
 * Checkpoints (C2SP tlog-checkpoint without extension lines) and receipts (C2SP tlog-proof v1).
 */

import { asciiOf, fromBase64, same } from "./encoding.js";
import { N_, ProofError } from "./errors.js";
import { HASH_OCTETS, PATH_HASHES_MAX } from "./merkle.js";
import { NOTE_OCTETS_MAX, openNote, parseDecimal } from "./notes.js";

/** @typedef {{origin: string, size: bigint, root: Uint8Array}} Checkpoint */
/** @typedef {{index: bigint, path: Uint8Array[], note: Uint8Array}} Receipt */

export const EXTRA_OCTETS_MAX = 65_536;
export const RECEIPT_OCTETS_MAX = NOTE_OCTETS_MAX + 2 * EXTRA_OCTETS_MAX;
export const CONSISTENCY_OCTETS_MAX = PATH_HASHES_MAX * 45;

const HEADER = "c2sp.org/tlog-proof@v1";
const EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/**
 * Read a note text strictly: origin, size and root, a line each.
 * @param {string} text
 * @returns {Checkpoint}
 * @throws {ProofError} `proof_invalid`.
 */
export function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3]) {
    throw bad(N_("A checkpoint has the lines origin, size and root, and no others."));
  }
  const [origin, size, root] = [lines[0], parseDecimal(lines[1]), fromBase64(lines[2])];
  if (!origin || /[\x00-\x1f]/.test(origin)) {
    throw bad(N_("The origin of a checkpoint is one line that is not empty."));
  }
  if (root.length !== HASH_OCTETS) throw bad(N_("The root of a checkpoint has 32 octets."));
  if (size === 0n && !same(root, fromBase64(EMPTY_ROOT))) {
    throw bad(N_("The root of the empty tree is SHA-256 of nothing."));
  }
  return { origin, size, root };
}

/**
 * Check a signed checkpoint of one log.
 * @param {Uint8Array} note
 * @param {import("./notes.js").VerifierKey[]} keys Those of the log bear its origin as their name.
 * @param {string} origin
 * @returns {Promise<Checkpoint & {kinds: Set<number>, unverified: boolean}>}
 * @throws {ProofError} The note does not verify, or it is another log's.
 */
export async function openCheckpoint(note, keys, origin) {
  const { text, signers, unverified } = await openNote(note, keys);
  const found = parseCheckpoint(text);
  if (found.origin !== origin) {
    throw new ProofError("checkpoint_origin", N_("The checkpoint is not one of %(origin)s."), { origin });
  }
  const kinds = new Set([...signers.keys(), ...unverified].map((key) => key.kind));
  return { ...found, kinds, unverified: unverified.length > 0 };
}

/**
 * Read a receipt strictly; nothing is verified here but its form.
 * @param {Uint8Array} octets
 * @returns {Receipt}
 * @throws {ProofError} `proof_invalid`.
 */
export function parseReceipt(octets) {
  if (octets.length > RECEIPT_OCTETS_MAX) throw bad(N_("The receipt is larger than any."));
  const end = octets.findIndex((octet, at) => octet === 10 && octets[at + 1] === 10);
  const head = end < 0 ? null : asciiOf(octets.subarray(0, end));
  if (head === null) throw bad(N_("The head of the receipt is not ASCII."));
  const lines = head.split("\n");
  if (lines.shift() !== HEADER) {
    throw bad(N_("A receipt starts with the line %(header)s."), { header: HEADER });
  }
  const extra = taken(lines, "extra ");
  const index = taken(lines, "index ");
  if (index === null || lines.length > PATH_HASHES_MAX) {
    throw bad(N_("A receipt has one index line and at most 63 hashes."));
  }
  const receipt = { index: parseDecimal(index), path: lines.map(fromBase64), note: octets.slice(end + 2) };
  if (receipt.path.some((each) => each.length !== HASH_OCTETS)) {
    throw bad(N_("Every hash of a proof has 32 octets."));
  }
  if (extra !== null && fromBase64(extra).length > EXTRA_OCTETS_MAX) {
    throw bad(N_("The receipt is larger than any."));
  }
  return receipt;
}

/**
 * Read a consistency proof: a base64 hash a line.
 * @param {Uint8Array} octets
 * @returns {Uint8Array[]}
 * @throws {ProofError} `proof_invalid`.
 */
export function parseConsistency(octets) {
  const lines = (asciiOf(octets) ?? "?").split("\n");
  if (lines.pop() !== "" || octets.length > CONSISTENCY_OCTETS_MAX || lines.length > PATH_HASHES_MAX) {
    throw bad(N_("A consistency proof is at most 63 hashes, one a line."));
  }
  return lines.map(fromBase64);
}

function taken(lines, label) {
  return lines[0]?.startsWith(label) ? lines.shift().slice(label.length) : null;
}

const bad = (sentence, values) => new ProofError("proof_invalid", sentence, values);
