// SPDX-License-Identifier: Apache-2.0
/** What may happen to the registry: one rule an event, by name. */

import { N_ } from "../proof/errors.js";
import {
  Act,
  algorithmClosed,
  elsewhere,
  foreign,
  quorum,
  refusal,
  samePerson,
  streamTaken,
  tooFew,
  wrongStream,
} from "./powers.js";
import {
  mayGrant,
  mayReinstate,
  mayRevoke,
  maySettle,
  maySuspend,
  mayWithdraw,
  outOfPlace,
} from "./standing.js";

const ALGORITHM_OF = { OKP: "Ed25519", EC: "ES256" };

/**
 * Judge a registry event whose signer `authorise` has already admitted.
 * @param {import("./state.js").Registry} registry The registry that the events before it left.
 * @param {import("../event/opening.js").SignedEvent} event
 * @param {number} index
 * @returns {import("./authorise.js").Refusal | null} Nothing if it is legal.
 */
export function decide(registry, event, index) {
  const rule = RULES[event.evt];
  return rule ? rule(new Act(registry, event, index)) : null;
}

const RULES = {
  "ledger.founded": mayFound,
  "alg.policy": mayCloseAlgorithm,
  "log.heads": mayRecordHeads,
  "log.access": mayStateAccess,
  "authority.registered": mayRegisterAuthority,
  "key.enrol-proposed": mayPropose,
  "key.enrol-approved": mayApprove,
  "key.rotated": mayRotate,
  "key.suspended": maySuspend,
  "key.reinstated": mayReinstate,
  "key.revoked": mayRevoke,
  "key.dispute-settled": maySettle,
  "role.granted": mayGrant,
  "role.withdrawn": mayWithdraw,
};

function mayFound(act) {
  const { roots, threshold, authority } = act.dat;
  if (act.index !== 0 || act.registry.log !== null || act.event.seq !== 1) {
    return refusal("already_founded", N_("A ledger is founded once, by the event at index 0."));
  }
  const kids = new Set(roots.map((root) => root.kid));
  const officers = new Set(roots.map((root) => root.officer));
  const valid =
    kids.size === roots.length &&
    officers.size === roots.length &&
    threshold <= roots.length &&
    act.event.iss === authority.id &&
    roots.every(fitsAlgorithm) &&
    [...kids].every((kid) => act.event.attested.has(kid)) &&
    kids.has(act.event.kid);
  if (!valid) {
    return refusal("founding_invalid", N_("The founding event does not found a ledger by its roots."));
  }
  const present = new Set([...act.endorsers, act.event.kid].filter((kid) => kids.has(kid)));
  return tooFew(present.size, threshold);
}

function mayCloseAlgorithm(act) {
  const { closed } = act.dat;
  const wrong = elsewhere(act);
  if (wrong) return wrong;
  if (act.registry.closedAlgorithms.has(closed)) return algorithmClosed();
  const missing = quorum(act);
  if (missing) return missing;
  const roots = [...act.registry.roots].map((kid) => act.registry.keyAt(kid, act.index));
  const left = roots.filter((key) => key && key.alg !== closed).map((key) => key.officer);
  if (new Set(left).size >= act.registry.threshold) return null;
  return refusal(
    "algorithm_needed",
    N_("Too few root keys use another algorithm, so nobody could act as root afterwards."),
  );
}

function mayRecordHeads(act) {
  const last = act.registry.epochs.at(-1) ?? { number: 0, size: 0 };
  const { epoch, size, streams } = act.dat;
  const wrong = elsewhere(act);
  if (wrong) return wrong;
  if (epoch !== last.number + 1) {
    return refusal("epoch_order", N_("The next epoch is number %(due)s."), { due: last.number + 1 });
  }
  if (size <= last.size || size > act.index) {
    return refusal("epoch_size", N_("An epoch covers more than the last one, and nothing after it."));
  }
  if (streams <= size) return null;
  return refusal("epoch_streams", N_("There are no more streams than entries."));
}

function mayStateAccess(act) {
  const before = act.registry.accesses.at(-1) ?? 0;
  const wrong = elsewhere(act);
  if (wrong || act.dat.count > before) return wrong;
  return refusal("access_count", N_("The log states already that the access log held as much."));
}

function mayRegisterAuthority(act) {
  if (act.registry.authorities.has(act.dat.id)) {
    return refusal("authority_known", N_("An authority of that name is registered."));
  }
  return act.registry.streams.has(act.stream) ? streamTaken() : quorum(act);
}

function mayPropose(act) {
  const { dat } = act;
  if (act.registry.streams.has(act.stream)) return streamTaken();
  if (!act.registry.authorities.has(dat.authority)) {
    return refusal("authority_unknown", N_("No such authority is registered."));
  }
  if (!act.administers(dat.authority)) return foreign();
  if (dat.not_before >= dat.not_after) {
    return refusal("key_dates", N_("The key's last day is not after its first."));
  }
  return badMaterial(act) ?? outOfPlace(act, dat.authority, dat.jurisdictions);
}

function mayApprove(act) {
  const found = [...act.registry.keys.values()].filter((key) => key.stream === act.stream);
  const key = found.find((each) => each.proposal === act.dat.target);
  if (!key || key.approved !== null || key.ended !== null) {
    return refusal("key_not_pending", N_("That stream has no such proposal awaiting approval."));
  }
  if (!act.watches(act.signer, key.authority)) return foreign();
  // Four eyes are of persons, not of keys: neither who proposed it, nor who will hold it.
  return [key.proposer, key.officer].includes(act.signer.officer) ? samePerson() : null;
}

function mayRotate(act) {
  if (act.signer.stream !== act.stream && !act.opensStream(act.signer)) return wrongStream();
  return badMaterial(act);
}

function badMaterial(act) {
  const { kid, alg } = act.dat;
  if (act.registry.keys.has(kid)) {
    return refusal("key_known", N_("That key is or was enrolled; a key is enrolled once."));
  }
  if (!fitsAlgorithm(act.dat)) {
    return refusal("alg_mismatch", N_("The key does not fit its algorithm."));
  }
  if (!act.registry.algorithmOpen(alg, act.index)) return algorithmClosed();
  if (act.event.attested.has(kid)) return null;
  return refusal("possession_unproved", N_("The new key did not prove its possession."));
}

const fitsAlgorithm = ({ alg, jwk }) => ALGORITHM_OF[jwk.kty] === alg;
