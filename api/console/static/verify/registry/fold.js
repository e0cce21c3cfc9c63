// SPDX-License-Identifier: Apache-2.0
/**
 * The registry as a bundle's own entries tell it, folded by a reader who trusts only its founding.
 *
 * Implements the log specification, section 2.8: each registry entry is verified in full, authorised
 * and judged by the same rules as when it was appended.
 */

import { checkTimes, openStored } from "../event/opening.js";
import { asciiOf, fromBase64url } from "../proof/encoding.js";
import { N_, ProofError } from "../proof/errors.js";
import { publicKey } from "../proof/keys.js";
import { authorise } from "./authorise.js";
import { evolve } from "./effects.js";
import { decide } from "./rules.js";
import { Registry } from "./state.js";

const DOT = 0x2e;
const TAIL_CHARS = 128;
const SIGNATURE_CODES = ["sig_invalid", "sig_form", "alg_mismatch", "key_weak"];
const SUBJECT = /"sub":"(?:auth|key|log)\./;
const PLACE = /"seq":([1-9][0-9]{0,15}),"sub":"([a-z]{3,4}\.[0-9a-f-]{36})"/;

/** @typedef {import("../bundle/tally.js").Finding} Finding */

/** Folds the registry's entries in log order. */
export class RegistryFold {
  /**
   * @param {import("../bundle/trust.js").Trust} trust
   * @param {import("../event/payload.js").Catalogue} catalogue
   */
  constructor(trust, catalogue) {
    this.registry = new Registry();
    /** @type {Set<bigint>} Indexes judged here. */
    this.judged = new Set();
    /** @type {Finding[]} */
    this.findings = [];
    /** @type {Map<bigint, import("../event/opening.js").SignedEvent>} */
    this.accepted = new Map();
    this.trust = trust;
    this.catalogue = catalogue;
  }

  /** Judge one entry, and let it take effect if it is of the registry and legal. */
  async add(index, jws) {
    const opened = await openEntry(jws, index, this);
    if (!("check" in opened) && !["auth", "key", "log"].includes(opened.type.subject)) return;
    this.judged.add(index);
    if ("check" in opened) {
      this.findings.push(opened);
      return;
    }
    this.accepted.set(index, opened);
    const refused = decide(this.registry, opened, Number(index));
    if (refused) {
      const { rule: code, sentence, values } = refused;
      this.findings.push({ check: "registry", code, sentence, values, index, about: nameOf(opened) });
      return;
    }
    this.registry = evolve(this.registry, opened, Number(index));
    if (index === 0n) this.compareFounding(opened);
  }

  /** Conclude that the ledger was founded at all. */
  finish() {
    if (this.judged.has(0n)) return;
    this.fail("not_founded", N_("The first entry does not found a ledger."));
  }

  compareFounding(event) {
    const { genesis, root_keys: roots, threshold } = this.trust.members;
    if (event.eid !== genesis) {
      const sentence = N_("The ledger was founded by another event than the trusted one.");
      this.fail("genesis_mismatch", sentence);
    }
    const named = new Set(roots);
    if (named.size !== this.registry.roots.size || !roots.every((kid) => this.registry.roots.has(kid))) {
      this.fail("roots_mismatch", N_("The founding event names other root keys."));
    }
    if (this.registry.threshold !== threshold) {
      this.fail("threshold_mismatch", N_("The founding event states another threshold."));
    }
  }

  fail(code, sentence) {
    this.findings.push({ check: "registry", code, sentence, index: 0n });
  }
}

/**
 * Verify an entry in the order of section 4.6, with its key's validity at its index.
 * @param {Uint8Array} jws
 * @param {bigint} index
 * @param {{registry: Registry, trust: import("../bundle/trust.js").Trust, catalogue: object}} under
 * @returns {Promise<import("../event/opening.js").SignedEvent | Finding>}
 */
export async function openEntry(jws, index, { registry, trust, catalogue }) {
  const keys = async (kid) => (registry.keys.has(kid) ? publicKey(registry.keys.get(kid).jwk) : null);
  let event;
  try {
    event = await openStored(jws, { keys, catalogue, audience: trust.members.audience });
    checkTimes(event);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const { code, sentence, values } = error;
    const about = placeOf(jws);
    return { check: checkOf(code), code, sentence, values, index, about };
  }
  const refused = authorise(registry, event, Number(index));
  if (!refused) return event;
  const { rule: code, sentence } = refused;
  return { check: "mandate", code, sentence, index, about: nameOf(event) };
}

/**
 * Tell whether an entry may be of the registry; no valid one is overlooked.
 * @param {Uint8Array} jws
 * @returns {boolean}
 */
export function mayBeRegistry(jws) {
  const end = jws.lastIndexOf(DOT);
  const length = end - jws.indexOf(DOT) - 1;
  // Groups of four characters stand for three octets each, so decoding may start at any.
  const tail = jws.subarray(end - Math.min(length, TAIL_CHARS + (length % 4)), end);
  try {
    return SUBJECT.test(new TextDecoder().decode(fromBase64url(asciiOf(tail) ?? "")));
  } catch {
    return false;
  }
}

function checkOf(code) {
  if (code === "kid_unknown") return "mandate";
  return SIGNATURE_CODES.includes(code) ? "signature" : "envelope";
}

function placeOf(jws) {
  const found = PLACE.exec(payloadText(jws) ?? "");
  return found ? `${found[2]} seq ${found[1]}` : "";
}

function payloadText(jws) {
  try {
    const octets = fromBase64url(asciiOf(jws).split(".")[1]);
    return new TextDecoder().decode(octets);
  } catch {
    return null;
  }
}

const nameOf = (event) => `${event.sub} seq ${event.seq}`;
