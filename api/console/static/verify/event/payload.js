// SPDX-License-Identifier: Apache-2.0
/** The payload of a token: its spelling, its texts, its members and its digest list (4.3 to 4.5). */

import { DIGEST_TEXT } from "../proof/encoding.js";
import { N_, ProofError } from "../proof/errors.js";
import { isCanonical, isObject, strictJson } from "../proof/json.js";
import { earliest } from "./occurrence.js";
import { fits } from "./schema.js";

export const MEMBERS = [
  ...["_sd", "_sd_alg", "aud", "dat", "evt", "iat", "iss", "jti", "occ", "prev", "seq", "sub"],
  "ver",
];
const TEXT_CHARS_MAX = 64;
const ENDORSEMENTS = { type: "array", maxItems: 12, items: { $ref: "#/$defs/Endorsement" } };
const AUTHORITY = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/;
const SEEN = /^(?:0|[1-9][0-9]{0,15}):[A-Za-z0-9_-]{43}$/;
const STREAM = /^([a-z]{3,4})\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FORMS = {
  iss: /^[a-z0-9.-]{1,64}$/,
  aud: /^[a-z0-9.-]{1,64}$/,
  sub: /^[a-z]{3,4}\.[0-9a-f-]{36}$/,
  occ: /^(?:[0-9A-Z:-]{4,20}|unknown)$/,
  prev: /^[A-Za-z0-9_-]{43}$/,
  jti: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
};

/**
 * @typedef {object} Catalogue
 * @property {Record<string, EventType>} types By name and version, `firearm.transferred/1`.
 * @property {Record<string, Record<string, unknown>>} schemas Data schemas, by the same names.
 * @property {Record<string, Record<string, unknown>>} definitions What these refer to.
 */
/**
 * @typedef {object} EventType
 * @property {string} subject Kind of its stream.
 * @property {number} digests Length of `_sd`.
 * @property {string[]} roles Who may append it.
 * @property {Record<string, "string" | "integer" | "boolean">} claims Its disclosures.
 */

/**
 * Read a payload in its one spelling, and check what holds for the texts of every payload.
 * @param {Uint8Array} data
 * @returns {Record<string, any>}
 * @throws {ProofError} `payload_json`, `payload_not_canonical`, `sd_array_invalid`, `schema_invalid`.
 */
export function readPayload(data) {
  let payload;
  try {
    payload = strictJson(data);
  } catch {
    throw new ProofError("payload_json", N_("The payload is not strict JSON."));
  }
  if (!isCanonical(data, payload)) {
    throw new ProofError("payload_not_canonical", N_("The payload is not in canonical form."));
  }
  if (!isObject(payload) || !isObject(payload.dat)) {
    throw new ProofError("schema_invalid", N_("The payload is not an object with an object dat."));
  }
  lookClosely(payload.dat);
  return payload;
}

/**
 * Check the members of a payload and find its line in the catalogue.
 * @param {Record<string, any>} payload
 * @param {Catalogue} catalogue
 * @returns {EventType & {name: string}}
 * @throws {ProofError} `schema_unknown` or `schema_invalid`.
 */
export function readMembers(payload, catalogue) {
  const names = Object.keys(payload).filter((name) => name !== "seen");
  if (names.sort().join(" ") !== MEMBERS.join(" ")) throw invalid("members");
  const name = `${payload.evt}/${payload.ver}`;
  const isName = typeof payload.evt === "string" && Number.isSafeInteger(payload.ver);
  const kind = isName && Object.hasOwn(catalogue.types, name) ? catalogue.types[name] : null;
  if (kind === null) {
    throw new ProofError("schema_unknown", N_("There is no event type of that name and version."));
  }
  checkForms(payload);
  if (STREAM.exec(payload.sub)?.[1] !== kind.subject) throw invalid("sub");
  if (earliest(payload.occ) === null) throw invalid("occ");
  if (!fitsData(payload.dat, catalogue, name)) throw invalid("dat");
  return { ...kind, name };
}

/**
 * Check that `_sd` is the sorted, unique and complete list of its event type.
 * @param {Record<string, any>} payload
 * @param {EventType} kind
 * @throws {ProofError} `sd_array_invalid`.
 */
export function checkDigests(payload, kind) {
  const digests = payload._sd;
  const whole =
    payload._sd_alg === "sha-256" &&
    Array.isArray(digests) &&
    digests.length === kind.digests &&
    digests.every((each) => typeof each === "string" && DIGEST_TEXT.test(each)) &&
    digests.every((each, at) => at === 0 || digests[at - 1] < each);
  if (!whole) throw badDigests();
}

/** @param {string} text @returns {boolean} Whether it is NFC without control, format or unassigned. */
export const isClean = (text) => text.normalize("NFC") === text && !/\p{C}/u.test(text);

function checkForms(payload) {
  for (const [member, form] of Object.entries(FORMS)) {
    if (typeof payload[member] !== "string" || !form.test(payload[member])) throw invalid(member);
  }
  for (const member of ["seq", "iat", "ver"]) {
    if (!Number.isSafeInteger(payload[member]) || payload[member] < 1) throw invalid(member);
  }
  if (!AUTHORITY.test(payload.iss)) throw invalid("iss");
  if ("seen" in payload && !(typeof payload.seen === "string" && SEEN.test(payload.seen))) {
    throw invalid("seen");
  }
}

function fitsData(dat, { schemas, definitions }, name) {
  if (Object.hasOwn(schemas, name)) return fits(schemas[name], dat, definitions);
  // Events of other kinds may be endorsed; nothing else in their data is looked into here.
  return !("endorsements" in dat) || fits(ENDORSEMENTS, dat.endorsements, definitions);
}

function lookClosely(dat) {
  const pending = [dat];
  while (pending.length) {
    const node = pending.pop();
    if (typeof node === "string") {
      checkText(node);
    } else if (Array.isArray(node)) {
      pending.push(...node);
    } else if (isObject(node)) {
      if ("_sd" in node || "..." in node) throw badDigests();
      pending.push(...Object.values(node));
    } else if (node === null) {
      throw new ProofError("schema_invalid", N_("A member of dat is null."));
    }
  }
}

function checkText(text) {
  if ([...text].length > TEXT_CHARS_MAX) {
    throw new ProofError("schema_invalid", N_("A text in dat is longer than 64 characters."));
  }
  if (!isClean(text)) {
    throw new ProofError(
      "schema_invalid",
      N_("A text in dat is not NFC or holds control, format or unassigned characters."),
    );
  }
}

const invalid = (member) =>
  new ProofError(
    "schema_invalid",
    N_("The payload member %(member)s does not have the form the envelope demands."),
    { member },
  );
const badDigests = () =>
  new ProofError(
    "sd_array_invalid",
    N_("The digests are not the sorted, unique and complete list of this event type."),
  );
