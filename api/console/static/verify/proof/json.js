// SPDX-License-Identifier: Apache-2.0
/**
 * Strict JSON: what every reader understands alike (RFC 8259 narrowed by RFC 7493, no fractions).
 *
 * `JSON.parse` takes the last of two members of one name, rounds large numbers and takes fractions;
 * so this reader exists. Objects have no prototype, so a member may have any name.
 */

import { octetsOf, same, textOf } from "./encoding.js";
import { N_, ProofError } from "./errors.js";

/** Containers inside one another, the outermost counted as one. */
export const DEPTH_MAX = 6;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const TEXT = /"((?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"/y;
const WORDS = new Map([["true", true], ["false", false], ["null", null]]);

/**
 * Read strict JSON.
 * @param {Uint8Array} octets
 * @returns {unknown} Objects without prototype, arrays, strings, whole numbers, booleans, null.
 * @throws {ProofError} `json`.
 */
export function strictJson(octets) {
  const text = textOf(octets);
  if (text === null) throw notStrict();
  const reader = new Reader(text);
  const value = reader.value(DEPTH_MAX);
  reader.end();
  return value;
}

/**
 * Give the canonical form of RFC 8785 for a value of this profile.
 * @param {unknown} value
 * @returns {Uint8Array | null} Nothing where it has none, for a lone surrogate.
 */
export function canonical(value) {
  const text = spelled(value);
  return text.isWellFormed() ? octetsOf(text) : null;
}

/**
 * Tell whether octets are the canonical form of the value that was read from them.
 * @param {Uint8Array} octets
 * @param {unknown} value
 * @returns {boolean}
 */
export function isCanonical(octets, value) {
  const form = canonical(value);
  return form !== null && same(form, octets);
}

/** @param {unknown} value @returns {boolean} Whether it is a JSON object. */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  value(depth) {
    this.take(SPACE);
    const first = this.text[this.at];
    if (first === "{") return this.object(depth);
    if (first === "[") return this.array(depth);
    if (first === '"') return this.string();
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  object(depth) {
    const members = Object.create(null);
    this.list(depth, "}", () => {
      this.take(SPACE);
      const name = this.string();
      if (Object.hasOwn(members, name)) throw notStrict();
      this.take(SPACE);
      this.expect(":");
      members[name] = this.value(depth - 1);
    });
    return members;
  }

  array(depth) {
    const items = [];
    this.list(depth, "]", () => items.push(this.value(depth - 1)));
    return items;
  }

  list(depth, close, one) {
    if (depth === 0) throw notStrict();
    this.at += 1;
    this.take(SPACE);
    if (this.text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      one();
      this.take(SPACE);
      if (this.text[this.at] === close) break;
      this.expect(",");
    }
    this.at += 1;
  }

  string() {
    return JSON.parse(this.take(TEXT)[0]);
  }

  number() {
    const [digits, fraction, exponent] = this.take(NUMBER);
    const value = Number(digits);
    if (fraction || exponent || !Number.isSafeInteger(value)) throw notStrict();
    return value === 0 ? 0 : value;
  }

  end() {
    this.take(SPACE);
    if (this.at !== this.text.length) throw notStrict();
  }

  expect(mark) {
    if (this.text[this.at] !== mark) throw notStrict();
    this.at += 1;
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) throw notStrict();
    this.at += found[0].length;
    return found;
  }
}

function spelled(value) {
  if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
  if (!isObject(value)) return typeof value === "string" ? quoted(value) : JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${quoted(name)}:${spelled(value[name])}`).join(",")}}`;
}

// JSON.stringify would escape a lone surrogate, which then looked canonical.
const quoted = (text) => (text.isWellFormed() ? JSON.stringify(text) : text);

const notStrict = () => new ProofError("json", N_("The text is not JSON of the strict profile."));
