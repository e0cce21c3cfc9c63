// SPDX-License-Identifier: Apache-2.0
/** The compact token around an event (envelope specification, sections 4.1, 4.2 and 4.5). */

import { asciiOf, base64url, fromBase64url, octetsOf, sha256 } from "../proof/encoding.js";
import { N_, ProofError } from "../proof/errors.js";
import { isCanonical, isObject, strictJson } from "../proof/json.js";

export const BODY_OCTETS_MAX = 131_072;
export const JWS_OCTETS_MAX = 16_384;
const HEADER_SEGMENT_OCTETS_MAX = 512;
const DISCLOSURE_OCTETS_MAX = 4_096;
const DISCLOSURES_MAX = 32;
const EVENT_TYPE = "fle-event-1+sd-jwt";

/** @typedef {{alg: string, kid: string, data: Uint8Array, signature: Uint8Array, input: string}} Token */

/**
 * Split `<jws>~<disclosure>~...~` into the token and its disclosures.
 * @param {Uint8Array} submission
 * @returns {{jws: string, texts: string[]}}
 * @throws {ProofError} `too_large` or `sdjwt_syntax`.
 */
export function splitSubmission(submission) {
  if (submission.length > BODY_OCTETS_MAX) throw tooLarge();
  const text = asciiOf(submission);
  if (text === null || !text.endsWith("~")) throw syntax();
  const [jws, ...texts] = text.slice(0, -1).split("~");
  if (jws.length > JWS_OCTETS_MAX || texts.length > DISCLOSURES_MAX) throw tooLarge();
  if (texts.some((each) => each.length > DISCLOSURE_OCTETS_MAX)) throw tooLarge();
  if (texts.some((each) => !each)) throw syntax();
  return { jws, texts };
}

/**
 * Check that the octets of a log entry can be a token alone, and give them as text.
 * @param {Uint8Array} octets
 * @returns {string}
 * @throws {ProofError} `too_large` or `sdjwt_syntax`.
 */
export function storedToken(octets) {
  if (octets.length > JWS_OCTETS_MAX) throw tooLarge();
  const text = asciiOf(octets);
  if (text === null || text.includes("~")) throw syntax();
  return text;
}

/**
 * Read the segments of a token and its header; nothing in it is verified yet.
 * @param {string} jws
 * @returns {Token}
 * @throws {ProofError} What is wrong with them, in the order of section 4.6.
 */
export function readToken(jws) {
  const segments = jws.split(".");
  if (segments.length !== 3) {
    throw new ProofError("jws_segments", N_("The token does not consist of three segments."));
  }
  const [header, body, signature] = segments;
  if (header.length > HEADER_SEGMENT_OCTETS_MAX) throw tooLarge();
  const data = fromBase64url(body);
  const { alg, kid } = readHeader(fromBase64url(header));
  return { alg, kid, data, signature: fromBase64url(signature), input: `${header}.${body}` };
}

/** @param {string} input What a signature covers. @returns {Promise<string>} The event id. */
export const eventId = async (input) => base64url(await sha256(octetsOf(input)));

function readHeader(octets) {
  let header;
  try {
    header = strictJson(octets);
  } catch {
    throw new ProofError("header_json", N_("The header is not strict JSON."));
  }
  if (!isCanonical(octets, header)) {
    throw new ProofError("header_not_canonical", N_("The header is not in canonical form."));
  }
  const members = isObject(header) ? Object.keys(header).sort().join(" ") : "";
  if (members !== "alg kid typ" || Object.values(header).some((each) => typeof each !== "string")) {
    throw new ProofError(
      "header_members",
      N_("The header has other members than the texts alg, kid and typ."),
    );
  }
  if (header.typ !== EVENT_TYPE) {
    throw new ProofError("typ_unsupported", N_("The token is not a ledger event of version 1."));
  }
  return header;
}

const tooLarge = () =>
  new ProofError("too_large", N_("The submission or a part of it exceeds its cap."));
const syntax = () =>
  new ProofError(
    "sdjwt_syntax",
    N_("A submission is an ASCII token and its disclosures, each followed by a tilde."),
  );
