// SPDX-License-Identifier: Apache-2.0
/** Further signatures inside an event: proof of possession, endorsement; root keys' under trust. */

import { base64url, fromBase64url, joined, octetsOf, sha256 } from "../proof/encoding.js";
import { N_, ProofError } from "../proof/errors.js";
import { canonical, isObject } from "../proof/json.js";
import { enrolledKey, verifySignature } from "../proof/keys.js";

export const FOUNDED = "ledger.founded";

/**
 * Verify every further signature of an event; give the thumbprints that proved themselves.
 * @param {Record<string, any>} payload
 * @param {(kid: string) => Promise<import("../proof/keys.js").PublicKey | null>} keys
 * @returns {Promise<Set<string>>}
 * @throws {ProofError} `key_weak`, `alg_mismatch`, `kid_unknown`, `sig_form` or `sig_invalid`.
 */
export async function verifyAttestations(payload, keys) {
  const introduced = new Map();
  for (const each of introducedBy(payload)) {
    introduced.set(each.kid, await introducedKey(each, payload));
  }
  const attested = new Set(introduced.keys());
  for (const each of payload.dat.endorsements ?? []) {
    const known = await keys(each.kid);
    const key = known ?? (isFounding(payload) ? introduced.get(each.kid) : null);
    if (!key) throw new ProofError("kid_unknown", N_("The ledger knows no such endorsing key."));
    await verifySignature(key, halves(each), await endorsementInput(payload, key));
    attested.add(each.kid);
  }
  return attested;
}

/**
 * Find a key among the roots of a founding event, whose signer no earlier event names.
 * @param {Record<string, any>} payload
 * @param {string} kid
 * @returns {Promise<import("../proof/keys.js").PublicKey | null>}
 * @throws {ProofError} `key_weak`.
 */
export async function foundingKey(payload, kid) {
  if (!isFounding(payload)) return null;
  const roots = Array.isArray(payload.dat.roots) ? payload.dat.roots.filter(isObject) : [];
  const root = roots.find((each) => each.kid === kid && isObject(each.jwk));
  const key = root ? await enrolledKey(root.jwk) : null;
  return key?.kid === kid ? key : null;
}

/**
 * Verify every signature of a trust file; each has to be of another of its root keys.
 * @param {Record<string, any>} trust Its members.
 * @throws {ProofError} `kid_unknown`, `key_weak`, `sig_form` or `sig_invalid`.
 */
export async function verifyTrust(trust) {
  const left = new Set(trust.root_keys);
  const stated = Object.fromEntries(Object.entries(trust).filter(([name]) => name !== "signatures"));
  const digest = base64url(await sha256(canonical(stated)));
  for (const each of trust.signatures ?? []) {
    const key = await enrolledKey(each.jwk);
    if (key.kid !== each.kid || !left.delete(key.kid)) {
      throw new ProofError(
        "kid_unknown",
        N_("A signature in it is of none of its root keys, or of one that signed before."),
      );
    }
    const claims = { aud: trust.audience, trust: digest };
    await verifySignature(key, halves(each), signingInput(claims, "fle-trust-1+jwt", key));
  }
}

const isFounding = (payload) => payload.evt === FOUNDED && payload.seq === 1;

function introducedBy({ dat }) {
  const roots = Array.isArray(dat.roots) ? dat.roots.filter(isObject) : [];
  return "jwk" in dat ? [dat, ...roots] : roots;
}

async function introducedKey(each, payload) {
  const key = await enrolledKey(each.jwk);
  if (key.kid !== each.kid) {
    throw new ProofError("key_weak", N_("The name of an introduced key is not its thumbprint."));
  }
  if (key.alg !== each.alg) {
    throw new ProofError(
      "alg_mismatch",
      N_("An introduced key does not belong to the algorithm it names."),
    );
  }
  const named = payload.dat.authority ?? payload.iss;
  const { jti, nonce } = each.pop;
  const claims = { aud: payload.aud, iss: isObject(named) ? named.id : named, jti, nonce };
  await verifySignature(key, halves(each.pop), signingInput(claims, "fle-pop-1+jwt", key));
  return key;
}

async function endorsementInput(payload, key) {
  const { aud, evt, sub, seq, prev, ver } = payload;
  const dat = Object.fromEntries(Object.entries(payload.dat).filter(([name]) => name !== "endorsements"));
  const act = base64url(await sha256(canonical({ aud, evt, sub, seq, prev, ver, dat })));
  return signingInput({ act, aud }, "fle-endorse-1+jwt", key);
}

function signingInput(claims, typ, { alg, kid }) {
  const parts = [{ alg, kid, typ }, claims].map((each) => base64url(canonical(each)));
  return octetsOf(parts.join("."));
}

const halves = ({ r, s }) => joined(fromBase64url(r), fromBase64url(s));
