// SPDX-License-Identifier: Apache-2.0
/** What each registry event changes; every change takes effect at the next index. */

import { Registry } from "./state.js";

const open = (index) => ({ after: index, until: null });

/**
 * Give the registry after an event that was accepted at a position.
 * @param {Registry} registry
 * @param {import("../event/opening.js").SignedEvent} event
 * @param {number} index
 * @returns {Registry} A new one; keys are replaced, never changed.
 */
export function evolve(registry, event, index) {
  const effect = EFFECTS[event.evt];
  if (!effect) return registry;
  const next = Object.assign(new Registry(), registry, {
    authorities: new Map(registry.authorities),
    keys: new Map(registry.keys),
    streams: new Set(registry.streams),
    roots: new Set(registry.roots),
    closedAlgorithms: new Map(registry.closedAlgorithms),
    settlements: new Map(registry.settlements),
  });
  effect(next, event, index);
  return next;
}

const EFFECTS = {
  "ledger.founded": (next, event, index) => {
    const { authority, roots, threshold } = event.dat;
    next.log = event.sub.slice("log.".length);
    next.authorities = new Map([[authority.id, authority]]);
    next.keys = new Map(roots.map((root) => [root.kid, rootKey(root, event, index)]));
    next.roots = new Set(roots.map((root) => root.kid));
    next.threshold = threshold;
  },
  "authority.registered": (next, event) => {
    next.authorities.set(event.dat.id, event.dat);
    next.streams.add(streamOf(event));
  },
  "alg.policy": (next, event, index) => next.closedAlgorithms.set(event.dat.closed, index),
  "log.heads": (next, event) => {
    next.epochs = [...next.epochs, { number: event.dat.epoch, size: event.dat.size }];
  },
  "log.access": (next, event) => {
    next.accesses = [...next.accesses, event.dat.count];
  },
  "key.enrol-proposed": (next, event, index) => put(next, event, proposedKey(next, event, index)),
  "key.enrol-approved": (next, event, index) => {
    const key = [...next.keys.values()].find(
      (each) => each.stream === streamOf(event) && each.proposal === event.dat.target,
    );
    put(next, event, { ...key, approved: index });
  },
  "key.rotated": rotate,
  "key.suspended": (next, event, index) => {
    const key = next.keys.get(event.dat.kid);
    const suspension = { during: open(index), officer: next.keys.get(event.kid).officer };
    put(next, event, { ...key, suspensions: [...key.suspensions, suspension] });
  },
  "key.reinstated": (next, event, index) => {
    const key = next.keys.get(event.dat.kid);
    const last = key.suspensions.at(-1);
    const closed = { ...last, during: { ...last.during, until: index } };
    put(next, event, { ...key, suspensions: [...key.suspensions.slice(0, -1), closed] });
  },
  "key.revoked": revoke,
  "key.dispute-settled": (next, event) => {
    for (const each of event.dat.entries) next.settlements.set(each.index, each.eid);
  },
  "role.granted": (next, event, index) => {
    const { kid, role, jurisdictions, not_after: notAfter = null } = event.dat;
    const key = next.keys.get(kid);
    const grant = { role, jurisdictions, during: open(index), notAfter };
    put(next, event, { ...key, grants: [...key.grants, grant] });
  },
  "role.withdrawn": (next, event, index) => {
    const key = next.keys.get(event.dat.kid);
    const grants = key.grants.map((each) =>
      each.role === event.dat.role && each.during.until === null
        ? { ...each, during: { ...each.during, until: index } }
        : each,
    );
    put(next, event, { ...key, grants });
  },
};

function rootKey(root, event, index) {
  const { id: authority, jurisdictions } = event.dat.authority;
  return {
    ...blank(root, event),
    keyClass: "event",
    authority,
    officer: root.officer,
    stream: null,
    proposer: root.officer,
    notBefore: 0,
    notAfter: null,
    approved: index,
    grants: [{ role: "root", jurisdictions, during: open(index), notAfter: null }],
  };
}

function proposedKey(next, event, index) {
  const { dat } = event;
  return {
    ...blank(dat, event),
    keyClass: dat.class,
    authority: dat.authority,
    officer: dat.officer,
    stream: streamOf(event),
    proposer: next.keys.get(event.kid).officer,
    notBefore: dat.not_before,
    notAfter: dat.not_after,
    approved: null,
    grants: dat.roles.map((role) => ({
      role,
      jurisdictions: dat.jurisdictions,
      during: open(index),
      notAfter: null,
    })),
  };
}

function blank({ kid, alg, jwk }, event) {
  const material = { kid, alg, jwk, proposal: event.eid, suspensions: [] };
  return { ...material, ended: null, successor: null, compromisedSince: null };
}

function rotate(next, event, index) {
  const old = next.keys.get(event.kid);
  const stream = streamOf(event);
  const renewed = {
    ...old,
    ...blank(event.dat, event),
    stream,
    proposer: old.officer,
    approved: index,
    compromisedSince: old.compromisedSince,
    ended: old.ended,
    successor: old.successor,
    grants: old.grants
      .filter((each) => each.during.until === null)
      .map((each) => ({ ...each, during: open(index) })),
  };
  put(next, event, { ...old, stream, ended: index, successor: renewed.kid }, renewed);
  if (next.roots.has(old.kid)) next.roots.add(renewed.kid);
}

function revoke(next, event, index) {
  const { kid, reason, compromised_since: from = 0 } = event.dat;
  let key = next.keys.get(kid);
  const compromised = reason === "compromised";
  const changed = [end(key, index, compromised ? from : null)];
  // A compromised key takes the keys that it was rotated to with it.
  while (compromised && key.successor !== null && key.ended !== null && key.ended >= from) {
    key = next.keys.get(key.successor);
    changed.push(end(key, index, key.approved));
  }
  put(next, event, ...changed);
}

function end(key, index, since) {
  const known = [since, key.compromisedSince].filter((each) => each !== null);
  const compromisedSince = known.length ? Math.min(...known) : null;
  return { ...key, ended: key.ended ?? index, compromisedSince };
}

function put(next, event, ...keys) {
  for (const key of keys) next.keys.set(key.kid, { ...key, stream: key.stream ?? streamOf(event) });
  next.streams.add(streamOf(event));
}

const streamOf = (event) => event.sub.slice(event.sub.indexOf(".") + 1);
