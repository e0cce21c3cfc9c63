// SPDX-License-Identifier: Apache-2.0
/** Several checkpoints of one log: whether they are of one history (log specification, 2.9). */

import { parseConsistency } from "../proof/checkpoint.js";
import { same } from "../proof/encoding.js";
import { N_, ProofError } from "../proof/errors.js";
import { verifyConsistency } from "../proof/merkle.js";
import { numbered } from "./members.js";

const LAST = /^checkpoints\/.*\.last\.note$/;

/** @typedef {import("../report/book.js").Book} Book */
/** @typedef {Map<bigint, import("../proof/checkpoint.js").Checkpoint>} Heads By size, in order. */
/** @typedef {Map<string, Uint8Array>} Files */

/** @param {bigint} size @returns {string} */
export const noteName = (size) => `checkpoints/${size}.note`;

/**
 * Check the signature of every checkpoint among some files; give those that hold.
 * @param {Book} book
 * @param {Files} files
 * @returns {Promise<Heads>}
 */
export async function openHeads(book, files) {
  const heads = new Map();
  const notes = numbered(files, "checkpoints/");
  for (const [size, note] of notes) {
    const head = await book.openCheckpoint(note);
    if (head?.size === size) heads.set(size, head);
    else if (head) wrongSize(book, noteName(size));
  }
  if (!notes.size) {
    const sentence = N_("The bundle has no checkpoint.");
    book.fail("checkpoint", "checkpoint_missing", sentence, { missing: true });
  }
  return heads;
}

/**
 * Give the notes of checkpoints as they were cosigned last; each has to be of the same tree.
 * @param {Book} book
 * @param {Files} files
 * @param {Heads} heads
 * @returns {Promise<Map<bigint, Uint8Array>>}
 */
export async function openLast(book, files, heads) {
  const found = new Map();
  for (const name of [...files.keys()].filter((each) => LAST.test(each)).sort()) {
    const head = await book.openCheckpoint(files.get(name));
    const own = head && heads.get(head.size);
    if (own && same(own.root, head.root) && name === `checkpoints/${head.size}.last.note`) {
      found.set(head.size, files.get(name));
    } else if (head) {
      wrongSize(book, name);
    }
  }
  return found;
}

/**
 * Check the proof between every two adjacent checkpoints of a bundle.
 * @param {Book} book
 * @param {Heads} heads
 * @param {Files} files
 * @returns {Promise<Heads>} The newest, and those that are proved to be of its history.
 */
export async function linkHeads(book, heads, files) {
  const falling = [...heads.values()].reverse();
  const proved = falling.slice(0, 1);
  for (let at = 1; at < falling.length; at += 1) {
    if (!(await isLinked(book, falling[at], falling[at - 1], files))) break;
    proved.push(falling[at]);
  }
  return new Map(proved.reverse().map((head) => [head.size, head]));
}

/**
 * Compare the reader's own checkpoint with those of a bundle.
 * @param {Book} book
 * @param {Uint8Array | null} note
 * @param {Heads} heads
 * @param {Files} files
 * @returns {Promise<{sentence: string} | null>} Why it could not be done, if it could not.
 */
export async function linkSaved(book, note, heads, files) {
  if (note === null) {
    return { sentence: N_("No saved checkpoint was given; with one a rewritten past shows.") };
  }
  const saved = await book.openCheckpoint(note, { check: "consistency" });
  if (saved === null) return null;
  const equal = heads.get(saved.size);
  if (equal) {
    if (!same(equal.root, saved.root)) failFork(book);
    return null;
  }
  const other = [...heads.values()].find((each) => files.has(proofName(saved, each)));
  if (!other) {
    return { sentence: N_("There is no proof here between the saved checkpoint and the others.") };
  }
  await isLinked(book, ...ordered(saved, other), files);
  return null;
}

/** Say that the log signed two different trees of one size. */
export function failFork(book) {
  const sentence = N_(
    "The log signed two different trees of one size; keep both checkpoints, together they prove it.",
  );
  book.fail("consistency", "fork", sentence);
}

async function isLinked(book, older, newer, files) {
  if (older.size === 0n) return true;
  const proof = files.get(proofName(older, newer));
  const values = { old: older.size, new: newer.size };
  if (!proof) {
    const sentence = N_("The proof from size %(old)s to size %(new)s is missing.");
    book.fail("consistency", "consistency_missing", sentence, { values, missing: true });
    return false;
  }
  try {
    await verifyConsistency(older, newer, parseConsistency(proof));
    return true;
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    book.fail("consistency", "not_a_prefix", error.sentence, { values: error.values });
    return false;
  }
}

function wrongSize(book, name) {
  const sentence = N_("The checkpoint %(name)s is not of the tree that its name says.");
  book.fail("checkpoint", "checkpoint_size", sentence, { values: { name } });
}

function proofName(one, other) {
  const [older, newer] = ordered(one, other);
  return `consistency/${older.size}-${newer.size}.proof`;
}

const ordered = (one, other) => (one.size <= other.size ? [one, other] : [other, one]);
