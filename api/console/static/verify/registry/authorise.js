// SPDX-License-Identifier: Apache-2.0
/** May this key sign this event at this position of the log (envelope specification, 4.6)? */

import { FOUNDED } from "../event/attestation.js";
import { N_ } from "../proof/errors.js";
import { isValidAt, reaches, stands } from "./state.js";

const REGISTRY_KINDS = ["log", "auth", "key"];

/** @typedef {{rule: string, sentence: string, values?: Record<string, string>}} Refusal */

/**
 * Judge the signer of an event at a position of the log.
 * @param {import("./state.js").Registry} registry
 * @param {import("../event/opening.js").SignedEvent} event
 * @param {number} index
 * @returns {Refusal | null} `kid_unknown`, `key_not_valid`, `role_denied` or `jurisdiction_denied`.
 */
export function authorise(registry, event, index) {
  const key = registry.keys.get(event.kid);
  if (!key) return unknown(registry, event);
  if (key.authority !== event.iss || !counts(registry, key, event, index)) {
    return { rule: "key_not_valid", sentence: N_("The key was not valid at this place of the log.") };
  }
  const standing = key.grants.filter((each) => stands(each, index, event.iat));
  const fitting = standing.filter((each) => event.type.roles.includes(each.role));
  if (!fitting.length) {
    return { rule: "role_denied", sentence: N_("The key holds no role that may record this event.") };
  }
  if (fitting.some((each) => isInPlace(registry, event, each.jurisdictions))) return null;
  return {
    rule: "jurisdiction_denied",
    sentence: N_("The key may not record this event in that jurisdiction."),
  };
}

function counts(registry, key, event, index) {
  return (
    isValidAt(key, index) &&
    key.keyClass === "event" &&
    key.notBefore <= event.iat &&
    (key.notAfter === null || event.iat <= key.notAfter) &&
    registry.algorithmOpen(key.alg, index)
  );
}

function isInPlace(registry, event, places) {
  const place = event.dat.jur;
  if (typeof place === "string") return reaches(places, place);
  // An event that states no jurisdiction speaks for the whole of its authority.
  if (REGISTRY_KINDS.includes(event.type.subject)) return true;
  const area = registry.authorities.get(event.iss)?.jurisdictions;
  return area !== undefined && area.every((each) => reaches(places, each));
}

function unknown(registry, event) {
  const founds = registry.log === null && event.evt === FOUNDED;
  if (founds && event.dat.roots.some((root) => root.kid === event.kid)) return null;
  return {
    rule: "kid_unknown",
    sentence: N_("The key that signed this event is not enrolled in this ledger."),
  };
}
