// SPDX-License-Identifier: Apache-2.0
/** Octets and their one spelling: base64url of RFC 7515, base64 of notes, UTF-8, SHA-256. */

import { N_, ProofError } from "./errors.js";

/** 32 octets in base64url: 43 characters, the last one with two zero trailing bits. */
export const DIGEST_TEXT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

const URL_TEXT = /^[A-Za-z0-9_-]+$/;
const BASE64_TEXT = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @param {string} text @returns {Uint8Array} Its UTF-8. */
export const octetsOf = (text) => new TextEncoder().encode(text);

/**
 * Read UTF-8 strictly; a byte order mark stays a character.
 * @param {Uint8Array} octets
 * @returns {string | null} Nothing where it is not UTF-8.
 */
export function textOf(octets) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return null;
  }
}

/**
 * Read ASCII.
 * @param {Uint8Array} octets
 * @returns {string | null} Nothing where an octet has its high bit set.
 */
export function asciiOf(octets) {
  return octets.every((octet) => octet < 128) ? textOf(octets) : null;
}

/** @param {...Uint8Array} parts @returns {Uint8Array} All of them in one. */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {Uint8Array} one @param {Uint8Array} other @returns {boolean} */
export function same(one, other) {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}

/** @param {Uint8Array} octets @returns {string} Hexadecimal digits, two an octet. */
export const hex = (octets) => Array.from(octets, (each) => each.toString(16).padStart(2, "0")).join("");

/** @param {...Uint8Array} parts @returns {Promise<Uint8Array>} SHA-256 of all of them in turn. */
export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

/** @param {Uint8Array} octets @returns {string} Standard base64 with padding. */
export function base64(octets) {
  return btoa(Array.from(octets, (each) => String.fromCharCode(each)).join(""));
}

/** @param {Uint8Array} octets @returns {string} Base64url without padding. */
export function base64url(octets) {
  return base64(octets).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Read base64url in its one spelling: no padding, no other alphabet, zero trailing bits.
 * @param {string} text
 * @returns {Uint8Array}
 * @throws {ProofError} `b64url_invalid`, also for no octets at all.
 */
export function fromBase64url(text) {
  if (URL_TEXT.test(text) && text.length % 4 !== 1) {
    const octets = decoded(text.replaceAll("-", "+").replaceAll("_", "/"));
    // A second spelling of the same octets would be a second identity of the same event.
    if (base64url(octets) === text) return octets;
  }
  throw new ProofError(
    "b64url_invalid",
    N_("A segment is not base64url without padding and with zero trailing bits."),
  );
}

/**
 * Read standard base64 in its one canonical spelling.
 * @param {string} text
 * @returns {Uint8Array}
 * @throws {ProofError} `proof_invalid`.
 */
export function fromBase64(text) {
  if (!BASE64_TEXT.test(text)) throw new ProofError("proof_invalid", N_("The base64 is malformed."));
  const octets = decoded(text);
  if (base64(octets) === text) return octets;
  throw new ProofError("proof_invalid", N_("The base64 is not in its canonical spelling."));
}

/**
 * Read octets as one number.
 * @param {Uint8Array} octets The most significant first.
 * @returns {bigint}
 */
export const numberOf = (octets) => BigInt(`0x${hex(octets) || "0"}`);

const decoded = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
