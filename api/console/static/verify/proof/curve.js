// SPDX-License-Identifier: Apache-2.0
/**
 * Which encodings of Ed25519 points may be keys, and which may be the R of a signature.
 *
 * WebCrypto takes small-order and mixed-order keys, under which readers disagree about signatures
 * (log specification 2.1). The arithmetic is that of RFC 8032, section 5.1; it holds no secrets, so
 * its time may depend on its input.
 */

import { hex, numberOf } from "./encoding.js";

/** The order of the base point. */
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const P = 2n ** 255n - 19n;
const D = reduced(-121665n * power(121666n, P - 2n));
const ORDER_EIGHT_Y = numberOf(
  Uint8Array.from(
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05".match(/../g),
    (pair) => Number.parseInt(pair, 16),
  ).reverse(),
);
const SMALL_ORDER_Y = new Set([0n, 1n, P - 1n, P, P + 1n, ORDER_EIGHT_Y, P - ORDER_EIGHT_Y]);
const IDENTITY = [0n, 1n, 1n, 0n];

/** @param {Uint8Array} octets @returns {bigint} The number that they are, the least octet first. */
export const littleEndian = (octets) => numberOf(octets.slice().reverse());

/**
 * Tell whether 32 octets encode a point of small order, canonical or not.
 * @param {Uint8Array} octets
 * @returns {boolean}
 */
export function isLowOrder(octets) {
  return SMALL_ORDER_Y.has(littleEndian(octets) & (2n ** 255n - 1n));
}

const judged = new Map();

/**
 * Tell whether 32 octets are a canonical point A with A != O and [L]A = O; remembered per key.
 * @param {Uint8Array} octets
 * @returns {boolean}
 */
export function hasPrimeOrder(octets) {
  const name = hex(octets);
  if (!judged.has(name)) judged.set(name, isOfPrimeOrder(octets));
  return judged.get(name);
}

function isOfPrimeOrder(octets) {
  const point = pointOf(octets);
  if (point === null || isIdentity(point)) return false;
  let multiple = IDENTITY;
  for (const bit of ORDER.toString(2)) {
    multiple = sum(multiple, multiple);
    if (bit === "1") multiple = sum(multiple, point);
  }
  return isIdentity(multiple);
}

/** Decode a point as in RFC 8032, section 5.1.3; nothing if it is not canonical. */
function pointOf(octets) {
  const number = littleEndian(octets);
  const sign = number >> 255n;
  const y = number & (2n ** 255n - 1n);
  if (y >= P) return null;
  const square = reduced((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (reduced(x * x) !== square) x = reduced(x * power(2n, (P - 1n) / 4n));
  if (reduced(x * x) !== square || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, reduced(x * y)];
}

/** Add two points in extended coordinates (RFC 8032, section 5.1.4). */
function sum(left, right) {
  const a = reduced((left[1] - left[0]) * (right[1] - right[0]));
  const b = reduced((left[1] + left[0]) * (right[1] + right[0]));
  const c = reduced(2n * left[3] * right[3] * D);
  const d = reduced(2n * left[2] * right[2]);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [reduced(e * f), reduced(g * h), reduced(f * g), reduced(e * h)];
}

const isIdentity = (point) => point[0] === 0n && reduced(point[1] - point[2]) === 0n;

function reduced(number) {
  const rest = number % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let found = 1n;
  let factor = reduced(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) found = reduced(found * factor);
    factor = reduced(factor * factor);
  }
  return found;
}
