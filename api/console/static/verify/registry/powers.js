// SPDX-License-Identifier: Apache-2.0
/** Who stands behind a registry event: one officer, another person, or a quorum of roots. */

import { N_ } from "../proof/errors.js";
import { stands } from "./state.js";

/** A registry event at the position that it would take. */
export class Act {
  /**
   * @param {import("./state.js").Registry} registry The registry before it.
   * @param {import("../event/opening.js").SignedEvent} event
   * @param {number} index
   */
  constructor(registry, event, index) {
    this.registry = registry;
    this.event = event;
    this.index = index;
    this.dat = event.dat;
    this.stream = event.sub.slice(event.sub.indexOf(".") + 1);
    this.signer = registry.keys.get(event.kid);
  }

  /** @returns {boolean} Whether a key, by default the signer's, holds one of some roles now. */
  holds(roles, key = this.signer) {
    return key.grants.some(
      (each) => roles.includes(each.role) && stands(each, this.index, this.event.iat),
    );
  }

  /** @returns {boolean} Whether the holder of a key watches over the keys of an authority. */
  watches(key, authority) {
    const guards = this.holds(["registry-admin", "supervisor"], key);
    return this.holds(["root"], key) || (guards && key.authority === authority);
  }

  /** @returns {boolean} Whether the signer gives out keys and roles of an authority. */
  administers(authority) {
    const admin = this.holds(["registry-admin"]) && this.signer.authority === authority;
    return this.holds(["root"]) || admin;
  }

  /** @returns {boolean} Whether the event may open the stream of a root key. */
  opensStream(key) {
    return key.stream === null && !this.registry.streams.has(this.stream);
  }

  /** @returns {string[]} Endorsers whose signatures verified. */
  get endorsers() {
    const kids = (this.dat.endorsements ?? []).map((each) => each.kid);
    return [...new Set(kids)].filter((kid) => this.event.attested.has(kid));
  }
}

/**
 * Refuse unless enough different root officers signed or endorsed the event.
 * @param {Act} act
 * @returns {import("./authorise.js").Refusal | null}
 */
export function quorum(act) {
  const kids = [...act.endorsers, act.event.kid].filter((kid) => act.registry.roots.has(kid));
  const keys = kids.map((kid) => act.registry.keyAt(kid, act.index)).filter(Boolean);
  return tooFew(new Set(keys.map((key) => key.officer)).size, act.registry.threshold);
}

/** @returns {import("./authorise.js").Refusal | null} Where too few root officers stand together. */
export function tooFew(found, threshold) {
  if (found >= threshold) return null;
  const values = { threshold, found };
  return refusal(
    "four_eyes_required",
    N_("This takes %(threshold)s root officers together; %(found)s signed or endorsed it."),
    values,
  );
}

/** @returns {import("./authorise.js").Refusal | null} For an event outside the ledger's own stream. */
export function elsewhere(act) {
  return act.stream === act.registry.log ? null : wrongStream();
}

export const refusal = (rule, sentence, values = {}) => ({ rule, sentence, values });

export const samePerson = () =>
  refusal("approver_same_person", N_("This takes another person than the one who signed it."));

export const foreign = () =>
  refusal("role_denied", N_("That key belongs to an authority that this role does not reach."));

export const wrongStream = () =>
  refusal("stream_unknown", N_("The event stands in a stream where it does not belong."));

export const streamTaken = () =>
  refusal("stream_taken", N_("That stream belongs to something else."));

export const algorithmClosed = () =>
  refusal("algorithm_closed", N_("The algorithm is closed for new events."));
