// SPDX-License-Identifier: Apache-2.0
/** The rules of what becomes of an enrolled key: suspension, revocation, disputes, roles. */

import { N_ } from "../proof/errors.js";
import { foreign, quorum, refusal, samePerson, wrongStream } from "./powers.js";
import { covers, reaches, stands, stateAt } from "./state.js";

const GRANTS_MAX = 256;

/** @typedef {import("./authorise.js").Refusal} Refusal */
/** @typedef {import("./powers.js").Act} Act */

/** @param {Act} act @returns {Refusal | null} */
export function maySuspend(act) {
  const { key, missing } = subject(act);
  if (missing) return missing;
  return wrongState(act, key, "valid") ?? mayStop(act, key);
}

/** @param {Act} act @returns {Refusal | null} */
export function mayReinstate(act) {
  const { key, missing } = subject(act);
  const wrong = missing ?? wrongState(act, key, "suspended");
  if (wrong) return wrong;
  if ([key.suspensions.at(-1).officer, key.officer].includes(act.signer.officer)) return samePerson();
  return watched(act, key);
}

/** @param {Act} act @returns {Refusal | null} */
export function mayRevoke(act) {
  const { key, missing } = subject(act);
  if (missing) return missing;
  const { reason, compromised_since: since } = act.dat;
  const compromised = reason === "compromised";
  if (since !== undefined && (!compromised || since > act.index)) {
    return refusal(
      "compromise_unclear",
      N_("A first disputed index belongs to a compromised key and lies in the past."),
    );
  }
  const findsMore =
    compromised && (key.compromisedSince === null || (since ?? 0) < key.compromisedSince);
  if (key.ended !== null && !findsMore) {
    const wrong = wrongState(act, key, "proposed", "valid", "suspended");
    if (wrong) return wrong;
  }
  // Whoever could call his own key compromised could disown what he signed.
  if (compromised && act.signer.officer === key.officer) return samePerson();
  return mayStop(act, key);
}

/** @param {Act} act @returns {Refusal | null} */
export function maySettle(act) {
  const { key, missing } = subject(act);
  const unfit = missing ?? unfitEntries(act);
  if (unfit) return unfit;
  if (act.signer.officer === key.officer) return samePerson();
  return watched(act, key) ?? second(act, key);
}

/** @param {Act} act @returns {Refusal | null} */
export function mayGrant(act) {
  const { key, missing } = mandateSubject(act);
  if (missing) return missing;
  if (key.grants.length >= GRANTS_MAX) {
    return refusal("too_many_grants", N_("A key is given at most 256 roles over its life."));
  }
  return outOfPlace(act, key.authority, act.dat.jurisdictions);
}

/** @param {Act} act @returns {Refusal | null} */
export function mayWithdraw(act) {
  const { key, missing } = mandateSubject(act);
  if (missing) return missing;
  const held = key.grants.some(
    (each) => each.role === act.dat.role && covers(each.during, act.index),
  );
  return held ? null : refusal("role_not_held", N_("The key does not hold that role."));
}

/**
 * Refuse jurisdictions beyond the authority's, or beyond those of the admin who signs.
 * @param {Act} act
 * @param {string} authority
 * @param {string[]} places
 * @returns {Refusal | null}
 */
export function outOfPlace(act, authority, places) {
  const area = act.registry.authorities.get(authority).jurisdictions;
  const own = act.signer.grants
    .filter((each) => each.role === "registry-admin" && stands(each, act.index, act.event.iat))
    .flatMap((each) => each.jurisdictions);
  const inside = (reach) => places.every((place) => reaches(reach, place));
  if (inside(area) && (act.holds(["root"]) || inside(own))) return null;
  return refusal("jurisdiction_denied", N_("The jurisdiction is beyond what may be given out."));
}

function subject(act) {
  const key = act.registry.keys.get(act.dat.kid);
  if (!key) return { missing: refusal("key_unknown", N_("No such key is enrolled.")) };
  if (key.stream !== act.stream && !act.opensStream(key)) return { key, missing: wrongStream() };
  return { key, missing: null };
}

function mandateSubject(act) {
  const { key, missing } = subject(act);
  if (missing) return { key, missing };
  if (act.registry.roots.has(key.kid)) {
    const sentence = N_("A root key holds the role root and no other.");
    return { key, missing: refusal("role_denied", sentence) };
  }
  const wrong = wrongState(act, key, "valid", "suspended");
  if (wrong) return { key, missing: wrong };
  if (!act.administers(key.authority)) return { key, missing: foreign() };
  return { key, missing: act.signer.officer === key.officer ? samePerson() : null };
}

function mayStop(act, key) {
  if (act.signer.officer !== key.officer) return watched(act, key);
  // A key that may be in the wrong hands is not heard about itself.
  return act.signer.kid === key.kid ? samePerson() : null;
}

function watched(act, key) {
  if (act.registry.roots.has(key.kid)) return quorum(act);
  return act.watches(act.signer, key.authority) ? null : foreign();
}

function unfitEntries(act) {
  const indexes = act.dat.entries.map((each) => each.index);
  if (indexes.some((each, at) => at > 0 && indexes[at - 1] >= each)) {
    return refusal("settlement_order", N_("Each entry is named once, by rising index."));
  }
  if (indexes.every((each) => act.registry.isDisputed(act.dat.kid, each))) return null;
  return refusal("not_disputed", N_("An entry is not disputed by a compromise of that key."));
}

function second(act, key) {
  const persons = [act.signer.officer, key.officer];
  const keys = act.endorsers.map((kid) => act.registry.keyAt(kid, act.index)).filter(Boolean);
  const found = keys.some(
    (each) => !persons.includes(each.officer) && act.watches(each, key.authority),
  );
  if (found) return null;
  return refusal(
    "four_eyes_required",
    N_("A dispute is settled by two officers, neither of them the holder of the key."),
  );
}

function wrongState(act, key, ...legal) {
  const found = stateAt(key, act.index);
  if (legal.includes(found)) return null;
  return refusal("key_state", N_("The key is %(found)s, which does not fit the event."), { found });
}
