// SPDX-License-Identifier: Apache-2.0
/** The Merkle tree of the log: RFC 6962 hashes, inclusion and consistency (RFC 9162, 2.1). */

import { joined, same, sha256 } from "./encoding.js";
import { N_, ProofError } from "./errors.js";

export const HASH_OCTETS = 32;
export const PATH_HASHES_MAX = 63;
export const SIZE_MAX = 2n ** 63n - 1n;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** @param {Uint8Array} entry @returns {Promise<Uint8Array>} SHA-256(0x00 || entry). */
export const leafHash = (entry) => sha256(LEAF, entry);

/**
 * Check that a leaf hash stands at an index of the tree with this size and root.
 * @param {Uint8Array} leaf
 * @param {{index: bigint, path: Uint8Array[]}} proof The path runs from the leaf's sibling up.
 * @param {{size: bigint, root: Uint8Array}} tree
 * @throws {ProofError} `proof_invalid`.
 */
export async function verifyInclusion(leaf, { index, path }, { size, root }) {
  if (index >= size) {
    throw bad(N_("Index %(index)s lies outside a tree of size %(size)s."), { index, size });
  }
  const inner = bitLength(index ^ (size - 1n));
  checkPath(path, inner + bitCount(index >> BigInt(inner)));
  const found = await climbBorder(await climb(leaf, path.slice(0, inner), index), path.slice(inner));
  if (!same(found, root)) {
    throw bad(N_("The inclusion proof of index %(index)s leads to another root."), { index });
  }
}

/**
 * Check that one tree is a prefix of another, as RFC 9162, section 2.1.4.2, does.
 * @param {{size: bigint, root: Uint8Array}} older
 * @param {{size: bigint, root: Uint8Array}} newer
 * @param {Uint8Array[]} path
 * @throws {ProofError} `proof_invalid`.
 */
export async function verifyConsistency(older, newer, path) {
  const [first, second] = await roots(older, newer, path);
  if (!same(first, older.root) || !same(second, newer.root)) {
    const sizes = { old: older.size, new: newer.size };
    throw bad(N_("The trees of sizes %(old)s and %(new)s are not consistent."), sizes);
  }
}

async function roots(older, newer, path) {
  if (older.size > 0n && older.size === newer.size) {
    checkPath(path, 0);
    return [newer.root, older.root];
  }
  if (!(older.size > 0n && older.size < newer.size)) {
    const sizes = { old: older.size, new: newer.size };
    throw bad(N_("No consistency proof leads from size %(old)s to %(new)s."), sizes);
  }
  const level = BigInt(bitLength(older.size & -older.size) - 1);
  const index = (older.size - 1n) >> level;
  const inner = bitLength(index ^ ((newer.size - 1n) >> level));
  // From a power of two a proof begins at the old root, which it does not repeat.
  const fromRoot = index === 0n;
  checkPath(path, inner + bitCount(index >> BigInt(inner)) + (fromRoot ? 0 : 1));
  const [seed, rest] = fromRoot ? [older.root, path] : [path[0], path.slice(1)];
  const [beside, border] = [rest.slice(0, inner), rest.slice(inner)];
  return [
    await climbBorder(await climbLeft(seed, beside, index), border),
    await climbBorder(await climb(seed, beside, index), border),
  ];
}

async function climb(seed, path, index) {
  let found = seed;
  for (const [up, beside] of path.entries()) {
    found = (index >> BigInt(up)) & 1n ? await node(beside, found) : await node(found, beside);
  }
  return found;
}

async function climbLeft(seed, path, index) {
  const left = path.filter((_, up) => (index >> BigInt(up)) & 1n);
  return climbBorder(seed, left);
}

async function climbBorder(seed, path) {
  let found = seed;
  for (const beside of path) found = await node(beside, found);
  return found;
}

const node = (left, right) => sha256(NODE, left, right);

function checkPath(path, due) {
  if (path.length !== due || due > PATH_HASHES_MAX) {
    const values = { found: path.length, due };
    throw bad(N_("The proof has %(found)s hashes where exactly %(due)s are due."), values);
  }
  if (path.some((each) => each.length !== HASH_OCTETS)) {
    throw bad(N_("Every hash of a proof has 32 octets."));
  }
}

const bitLength = (number) => (number === 0n ? 0 : number.toString(2).length);
const bitCount = (number) => number.toString(2).replaceAll("0", "").length;

const bad = (sentence, values) => new ProofError("proof_invalid", sentence, values);
