// SPDX-License-Identifier: Apache-2.0
/**
 * Opening a signed event, in the order of checks of the envelope specification, section 4.6.
 *
 * What depends on the log (validity of the key at a position, role, jurisdiction) is judged by the
 * registry; the ledger's clock only the ledger had.
 */

import { octetsOf } from "../proof/encoding.js";
import { N_, ProofError } from "../proof/errors.js";
import { verifySignature } from "../proof/keys.js";
import { FOUNDED, foundingKey, verifyAttestations } from "./attestation.js";
import { checkDisclosures } from "./disclosures.js";
import { earliest } from "./occurrence.js";
import { checkDigests, readMembers, readPayload } from "./payload.js";
import { eventId, readToken, splitSubmission, storedToken } from "./token.js";

const CLOCK_SKEW_SECONDS_MAX = 300;
const KID = /^[A-Za-z0-9_-]{43}$/;

/**
 * @typedef {object} Reading What events are read against.
 * @property {(kid: string) => Promise<import("../proof/keys.js").PublicKey | null>} keys
 * @property {import("./payload.js").Catalogue} catalogue
 * @property {string} audience Identifier of the ledger.
 */
/**
 * @typedef {object} SignedEvent The members of a payload, and what was verified about it.
 * @property {string} eid
 * @property {string} kid
 * @property {import("./payload.js").EventType & {name: string}} type
 * @property {Record<string, any>} dat
 * @property {Set<string>} attested Further keys whose signatures inside `dat` verified.
 */

/**
 * Verify a submission `<jws>~<disclosure>~...~`.
 * @param {Uint8Array} submission
 * @param {Reading} reading
 * @returns {Promise<SignedEvent>}
 * @throws {ProofError} The first check of section 4.6 that fails.
 */
export async function openEnvelope(submission, reading) {
  const { jws, texts } = splitSubmission(submission);
  return opened(jws, texts, reading);
}

/**
 * Verify the compact token of a log entry.
 * @param {Uint8Array} octets
 * @param {Reading} reading
 * @returns {Promise<SignedEvent>}
 * @throws {ProofError} The first check of section 4.6 that fails.
 */
export async function openStored(octets, reading) {
  return opened(storedToken(octets), [], reading);
}

/**
 * Check that an event was not signed before it happened.
 * @param {SignedEvent} event
 * @throws {ProofError} `occ_window`.
 */
export function checkTimes(event) {
  if (earliest(event.occ) > event.iat + CLOCK_SKEW_SECONDS_MAX) {
    throw new ProofError("occ_window", N_("The event is said to happen after it was signed."));
  }
}

async function opened(jws, texts, reading) {
  const token = readToken(jws);
  const key = await keyOf(token, reading);
  await verifySignature(key, token.signature, octetsOf(token.input));
  const payload = readPayload(token.data);
  const type = readMembers(payload, reading.catalogue);
  if (payload.aud !== reading.audience) {
    throw new ProofError("aud_mismatch", N_("The event is meant for another ledger."));
  }
  checkDigests(payload, type);
  await checkDisclosures(texts, payload._sd, type.claims);
  const attested = await verifyAttestations(payload, reading.keys);
  return { ...payload, eid: await eventId(token.input), kid: token.kid, type, attested };
}

async function keyOf(token, reading) {
  let key = KID.test(token.kid) ? await reading.keys(token.kid) : null;
  // The signer of a founding event is enrolled by that very event, so this one type is read before
  // its signature holds.
  if (!key && new TextDecoder().decode(token.data).includes(`"evt":"${FOUNDED}"`)) {
    key = await foundingKey(readPayload(token.data), token.kid);
  }
  if (!key) throw new ProofError("kid_unknown", N_("The ledger knows no key of that thumbprint."));
  if (token.alg !== key.alg) {
    throw new ProofError(
      "alg_mismatch",
      N_("The algorithm is not the one registered for the key."),
    );
  }
  return key;
}
