// SPDX-License-Identifier: Apache-2.0
/** Which files may lie in a bundle: their names, and how large each may be. */

import { BODY_OCTETS_MAX } from "../event/token.js";
import { CONSISTENCY_OCTETS_MAX, RECEIPT_OCTETS_MAX } from "../proof/checkpoint.js";
import { NOTE_OCTETS_MAX } from "../proof/notes.js";
import { POLICY_OCTETS_MAX } from "../trust/policy.js";
import { TRUST_OCTETS_MAX } from "../trust/trust.js";

export const MANIFEST_FILE = "manifest.json";
export const MANIFEST_OCTETS_MAX = 16 * 1024 * 1024;

const ENTRY_OCTETS_MAX = 65_535;
const MEGA = 1024 * 1024;
const SIZE = "(?:0|[1-9][0-9]{0,15})";
const TILE = "(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\\.p/[1-9][0-9]{0,2})?";
const STAMP = "[a-z0-9][a-z0-9-]{0,31}\\.(?:0|[1-9][0-9]?)\\.(?:tsr|tsq|pem|crl|ocsp)";
const KINDS = [
  ["manifest\\.json", MANIFEST_OCTETS_MAX],
  ["trust\\.json", TRUST_OCTETS_MAX],
  ["policy\\.txt", POLICY_OCTETS_MAX],
  [`checkpoint|checkpoints/${SIZE}(?:\\.last)?\\.note`, NOTE_OCTETS_MAX],
  [`consistency/${SIZE}-${SIZE}\\.proof`, CONSISTENCY_OCTETS_MAX],
  [`entries/${SIZE}\\.jws`, ENTRY_OCTETS_MAX],
  [`proofs/${SIZE}\\.tlog-proof`, RECEIPT_OCTETS_MAX],
  [`heads/${SIZE}\\.head-proof`, MEGA / 4],
  [`disclosures/${SIZE}\\.sd-jwt`, BODY_OCTETS_MAX],
  [`tsa/${SIZE}\\.${STAMP}`, MEGA],
  [`tsa/${SIZE}\\.note`, NOTE_OCTETS_MAX],
  [`tile/entries/${TILE}`, 256 * (2 + ENTRY_OCTETS_MAX)],
  [`tile/(?:[0-9]|[1-5][0-9]|6[0-3])/${TILE}`, 256 * 32],
].map(([pattern, cap]) => [new RegExp(`^(?:${pattern})$`), cap]);

/**
 * @param {string} name
 * @returns {number | null} How many octets a file of this name may have; nothing if no bundle has it.
 */
export function memberCap(name) {
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** @param {string} name @returns {boolean} Whether only a bundle of a whole log has it. */
export const isOfLog = (name) => name === "checkpoint" || name.startsWith("tile/");

/**
 * Give the files of one folder by the number that is their stem, in order.
 * @param {Map<string, Uint8Array>} files
 * @param {string} folder Its name with a slash.
 * @returns {Map<bigint, Uint8Array>}
 */
export function numbered(files, folder) {
  const found = [];
  for (const [name, octets] of files) {
    const stem = name.slice(folder.length, name.lastIndexOf("."));
    if (name.startsWith(folder) && /^[0-9]+$/.test(stem)) found.push([BigInt(stem), octets]);
  }
  return new Map(found.sort(([one], [other]) => (one < other ? -1 : 1)));
}
