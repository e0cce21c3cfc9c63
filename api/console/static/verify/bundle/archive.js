// SPDX-License-Identifier: Apache-2.0
/**
 * The container of a bundle: a zip archive that has exactly one spelling.
 *
 * Its files are stored, never compressed, so that there is nothing to inflate and no place to hide
 * octets in. `muniment-verify` accepts no other archive, and neither does this reader.
 */

import { asciiOf, joined, octetsOf, same } from "../proof/encoding.js";
import { N_, StopError } from "../proof/errors.js";
import { memberCap } from "./members.js";

/** What the evidence about one firearm may have, since all of it is compared at once. */
export const EVIDENCE_OCTETS_MAX = 256 * 1024 * 1024;

const MEMBERS_MAX = 65_534;
const LOCAL_OCTETS = 30;
const VERSION = 20;
const DAY = (1 << 5) | 1;
const [LOCAL_MARK, CENTRAL_MARK, END_MARK] = [0x04034b50, 0x02014b50, 0x06054b50];

/**
 * @typedef {object} Files What was handed over, packed or not.
 * @property {Map<string, Uint8Array>} files By name.
 * @property {boolean} exact Whether the archive is, octet for octet, the one spelling of its files.
 * @property {number} others Files that no bundle has.
 */

/** @param {Uint8Array} octets @returns {boolean} Whether they start like an archive. */
export const isArchive = (octets) => octets.length >= 4 && view(octets).getUint32(0, true) === LOCAL_MARK;

/**
 * Read an archive.
 * @param {Uint8Array} octets
 * @returns {Files}
 * @throws {StopError} `bundle_foreign` or `bundle_truncated`.
 */
export function unpack(octets) {
  const files = new Map();
  let at = 0;
  while (isArchive(octets.subarray(at))) {
    const { name, start, size } = member(octets, at);
    if (files.has(name) || files.size >= MEMBERS_MAX) {
      throw foreign(N_("This is no bundle as Muniment writes it: it names a file twice, or too many."));
    }
    at = start + size;
    if (at > octets.length) throw cut();
    files.set(name, octets.slice(start, at));
  }
  if (!files.size) {
    throw foreign(N_("This is no bundle as Muniment writes it: it does not start like one."));
  }
  return { files, exact: isExact(octets, files), others: 0 };
}

/**
 * Give the one spelling of the archive of some files.
 * @param {Map<string, Uint8Array>} files
 * @returns {Uint8Array}
 */
export function pack(files) {
  const [locals, central] = [[], []];
  let at = 0;
  for (const name of [...files.keys()].sort()) {
    const octets = files.get(name);
    const label = octetsOf(name);
    const common = [2, VERSION, 2, 0, 2, 0, 2, 0, 2, DAY, 4, crc32(octets), 4, octets.length, 4, octets.length];
    const local = joined(fields(4, LOCAL_MARK, ...common, 2, label.length, 2, 0), label);
    locals.push(local, octets);
    const made = [4, CENTRAL_MARK, 2, (3 << 8) | VERSION, ...common, 2, label.length, 2, 0, 2, 0, 2, 0, 2, 0];
    central.push(fields(...made, 4, 0o100644 * 65_536, 4, at), label);
    at += local.length + octets.length;
  }
  const directory = joined(...central);
  const end = [4, END_MARK, 2, 0, 2, 0, 2, files.size, 2, files.size, 4, directory.length, 4, at, 2, 0];
  return joined(...locals, directory, fields(...end));
}

function member(octets, at) {
  if (octets.length < at + LOCAL_OCTETS) throw cut();
  const header = view(octets.subarray(at, at + LOCAL_OCTETS));
  const [flags, method] = [header.getUint16(6, true), header.getUint16(8, true)];
  const [stored, size] = [header.getUint32(18, true), header.getUint32(22, true)];
  const [nameOctets, extraOctets] = [header.getUint16(26, true), header.getUint16(28, true)];
  if (flags || method || size !== stored || extraOctets) {
    throw foreign(
      N_("This is no bundle as Muniment writes it: its files are compressed or carry extras."),
    );
  }
  const start = at + LOCAL_OCTETS + nameOctets;
  const name = asciiOf(octets.subarray(at + LOCAL_OCTETS, start)) ?? "?";
  const cap = memberCap(name);
  if (cap === null || size > cap) {
    throw foreign(
      N_("This is no bundle as Muniment writes it: a file in it has a foreign name, or is too large."),
    );
  }
  return { name, start, size };
}

function isExact(octets, files) {
  const due = pack(files);
  if (octets.length < due.length && same(octets, due.subarray(0, octets.length))) throw cut();
  return same(octets, due);
}

/** Write numbers, each after its width in octets, the least octet first. */
function fields(...widthsAndNumbers) {
  const octets = [];
  for (let at = 0; at < widthsAndNumbers.length; at += 2) {
    for (let place = 0; place < widthsAndNumbers[at]; place += 1) {
      octets.push((widthsAndNumbers[at + 1] / 256 ** place) & 0xff);
    }
  }
  return Uint8Array.from(octets);
}

const CRC = Uint32Array.from({ length: 256 }, (_, octet) => {
  let rest = octet;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

function crc32(octets) {
  let rest = 0xffffffff;
  for (const octet of octets) rest = CRC[(rest ^ octet) & 0xff] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}

const view = (octets) => new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
const foreign = (sentence) => new StopError("unusable", "bundle_foreign", sentence);
const cut = () =>
  new StopError(
    "incomplete",
    "bundle_truncated",
    N_("The bundle ends in the middle of its files; part of it is missing."),
  );
