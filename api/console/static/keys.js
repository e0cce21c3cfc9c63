// SPDX-License-Identifier: Apache-2.0
// Officers' signing keys in this browser: made here, kept here, exported by nobody.
// Ed25519 where the browser has it, else P-256 with the lower s (envelope specification, 4.4).

import { digest, encode, octetsOf } from "./octets.js";

const DATABASE = "muniment-keys";
const KEYS = "keys";
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_OCTETS = 32;
const EXPORTED = false; // the private half never leaves the browser, not even to our own scripts
const P256 = { name: "ECDSA", namedCurve: "P-256" };

/** Make a key for an officer; give its public half. */
export async function makeKey(officer) {
  const pair = await newPair();
  const whole = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const alg = whole.kty === "OKP" ? "Ed25519" : "ES256";
  const jwk = publicMembers(whole);
  const kid = await digest(octetsOf(JSON.stringify(jwk)));
  const record = { kid, alg, officer, jwk, made: Date.now(), privateKey: pair.privateKey };
  await inStore("readwrite", (store) => store.add(record));
  await navigator.storage?.persist?.();
  return { kid, alg, jwk };
}

/** Give the key of a thumbprint, if it is in this browser. */
export const findKey = (kid) => inStore("readonly", (store) => store.get(kid));

/** Give every key that this browser holds for an officer. */
export async function keysOf(officer) {
  const all = await inStore("readonly", (store) => store.getAll());
  return all.filter((each) => each.officer === officer);
}

/** Remove a key for good; nothing brings it back. */
export const removeKey = (kid) => inStore("readwrite", (store) => store.delete(kid));

/** Sign octets; gives 64 octets. */
export async function signWith(key, message) {
  const way = key.alg === "Ed25519" ? { name: "Ed25519" } : { name: "ECDSA", hash: "SHA-256" };
  const signature = new Uint8Array(await crypto.subtle.sign(way, key.privateKey, message));
  return key.alg === "Ed25519" ? signature : lower(signature);
}

/** Give a proof that one has the key, as the registry demands it (envelope specification, 7). */
export async function provePossession(kid, claims) {
  const key = await findKey(kid);
  const header = { alg: key.alg, kid, typ: "fle-pop-1+jwt" };
  const { aud, iss, jti, nonce } = claims; // members in their canonical order
  const text = [header, { aud, iss, jti, nonce }].map((each) => encode(octetsOf(JSON.stringify(each))));
  const signature = await signWith(key, octetsOf(text.join(".")));
  const [r, s] = [signature.slice(0, HALF_OCTETS), signature.slice(HALF_OCTETS)].map(encode);
  return { jti, nonce, r, s };
}

async function newPair() {
  try {
    return await crypto.subtle.generateKey({ name: "Ed25519" }, EXPORTED, ["sign", "verify"]);
  } catch (error) {
    if (error.name !== "NotSupportedError") throw error;
    return crypto.subtle.generateKey(P256, EXPORTED, ["sign", "verify"]);
  }
}

// In the order of RFC 7638, so that their text is what the thumbprint is taken of.
function publicMembers({ crv, kty, x, y }) {
  return kty === "OKP" ? { crv, kty, x } : { crv, kty, x, y };
}

function lower(signature) {
  const s = BigInt(`0x${hex(signature.slice(HALF_OCTETS))}`);
  if (s <= ORDER / 2n) return signature;
  const text = (ORDER - s).toString(16).padStart(2 * HALF_OCTETS, "0");
  const other = Uint8Array.from(text.match(/../g), (each) => parseInt(each, 16));
  return new Uint8Array([...signature.slice(0, HALF_OCTETS), ...other]);
}

const hex = (octets) => Array.from(octets, (each) => each.toString(16).padStart(2, "0")).join("");

function inStore(mode, ask) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS, { keyPath: "kid" });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(KEYS, mode, { durability: "strict" });
      const asked = ask(transaction.objectStore(KEYS));
      const end = (settle, value) => () => { opening.result.close(); settle(value()); };
      transaction.oncomplete = end(resolve, () => asked.result);
      transaction.onabort = end(reject, () => transaction.error);
    };
  });
}
