// SPDX-License-Identifier: Apache-2.0
/**
 * Public keys: their thumbprints, their profile and the strict verification of signatures.
 *
 * The signature forms are those of the envelope specification, section 4.4, the thumbprint that of
 * RFC 7638, the key profile that of section 3; WebCrypto does the arithmetic of signatures.
 */

import { hasPrimeOrder, isLowOrder, littleEndian, ORDER } from "./curve.js";
import { base64url, DIGEST_TEXT, fromBase64url, joined, numberOf, sha256 } from "./encoding.js";
import { N_, ProofError } from "./errors.js";
import { canonical, isObject } from "./json.js";

/** @typedef {{kid: string, alg: string, point: Uint8Array, key: CryptoKey | null}} PublicKey */

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SIGNATURE_OCTETS = 64;
const ED25519 = { name: "Ed25519" };
const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const MEMBERS = { Ed25519: "crv,kty,x", ES256: "crv,kty,x,y" };
const TYPES = new Map([["OKP Ed25519", "Ed25519"], ["EC P-256", "ES256"]]);

/**
 * Read a key with exactly the members of its type; a point of P-256 must be on its curve.
 * @param {Record<string, string>} jwk
 * @returns {Promise<PublicKey>}
 * @throws {ProofError} `key_weak`.
 */
export async function publicKey(jwk) {
  const names = isObject(jwk) ? Object.keys(jwk).sort().join(",") : "";
  const alg = TYPES.get(`${jwk?.kty} ${jwk?.crv}`);
  const coordinates = alg === "ES256" ? [jwk.x, jwk.y] : [jwk?.x];
  if (!alg || names !== MEMBERS[alg] || !coordinates.every((each) => DIGEST_TEXT.test(each))) {
    throw weak(N_("A key is a JWK of exactly the members kty, crv, x and, for P-256, y."));
  }
  const point = joined(...coordinates.map(fromBase64url));
  const key = alg === "ES256" ? await importedPoint(point) : await importedEd25519(point);
  return { kid: base64url(await sha256(canonical(jwk))), alg, point, key };
}

/**
 * Read a key and check its profile, as whoever enrols it does.
 * @param {Record<string, string>} jwk
 * @returns {Promise<PublicKey>}
 * @throws {ProofError} `key_weak`.
 */
export async function enrolledKey(jwk) {
  const key = await publicKey(jwk);
  if (key.alg === "Ed25519" && !hasPrimeOrder(key.point)) {
    throw weak(N_("The key does not lie in the prime-order subgroup of its curve."));
  }
  return key;
}

/**
 * Check a signature of 64 octets over a message.
 * @param {PublicKey} key
 * @param {Uint8Array} signature
 * @param {Uint8Array} message
 * @throws {ProofError} `sig_form` for one that has, or could have, a second spelling;
 *   `sig_invalid` for one that is not of this key and message.
 */
export async function verifySignature(key, signature, message) {
  if (signature.length !== SIGNATURE_OCTETS || !FORMS[key.alg](signature)) {
    throw new ProofError("sig_form", N_("The signature does not have the one form its algorithm admits."));
  }
  const algorithm = key.alg === "ES256" ? ES256 : ED25519;
  if (!key.key || !(await crypto.subtle.verify(algorithm, key.key, signature, message))) {
    throw new ProofError("sig_invalid", N_("The signature does not verify under the key that it names."));
  }
}

/**
 * Verify an Ed25519 signature of a note, with low-order R refused.
 * @param {Uint8Array} point The key, 32 octets.
 * @param {Uint8Array} signature
 * @param {Uint8Array} message
 * @returns {Promise<boolean>}
 */
export async function holdsEd25519(point, signature, message) {
  if (signature.length !== SIGNATURE_OCTETS || isLowOrder(signature.subarray(0, 32))) return false;
  const key = await importedEd25519(point);
  return key !== null && crypto.subtle.verify(ED25519, key, signature, message);
}

/** Tell whether this browser can do what is needed at all. */
export async function canVerify() {
  const base = new Uint8Array(32).fill(0x66);
  base[0] = 0x58;
  return Boolean(globalThis.crypto?.subtle) && (await importedEd25519(base)) !== null;
}

const FORMS = {
  Ed25519: (signature) =>
    littleEndian(signature.subarray(32)) < ORDER && !isLowOrder(signature.subarray(0, 32)),
  // Of the twins s and n - s only the lower is admitted, or events would have two leaves.
  ES256: (signature) => {
    const [r, s] = [numberOf(signature.subarray(0, 32)), numberOf(signature.subarray(32))];
    return r >= 1n && r < P256_ORDER && s >= 1n && s <= P256_ORDER / 2n;
  },
};

async function importedEd25519(point) {
  try {
    return await crypto.subtle.importKey("raw", point, ED25519, false, ["verify"]);
  } catch {
    return null;
  }
}

async function importedPoint(point) {
  try {
    const octets = joined(Uint8Array.of(4), point);
    return await crypto.subtle.importKey("raw", octets, ES256, false, ["verify"]);
  } catch {
    throw weak(N_("The key is not a point of its curve."));
  }
}

const weak = (sentence) => new ProofError("key_weak", sentence);
