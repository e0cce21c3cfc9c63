// SPDX-License-Identifier: Apache-2.0
/**
 * Turning findings into conclusions: every check is ok, failed, not checked or assumed.
 *
 * Implements the reporting rules of the log specification, section 2.9: what was not done is never
 * called ok, and trust that came with the evidence is called assumed.
 */

import { N_, ProofError, StopError } from "../proof/errors.js";
import { ELSEWHERE, POST_QUANTUM } from "./elsewhere.js";
import { Tally } from "./tally.js";

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {"ok" | "failed" | "not checked" | "assumed"} state
 * @property {string} sentence English, with holes.
 * @property {Record<string, string>} values
 */
/**
 * @typedef {object} Report
 * @property {string} subject `bundle` or `receipt`.
 * @property {"ok" | "violated" | "incomplete"} result
 * @property {import("./tally.js").Finding | null} first
 * @property {Check[]} checks
 * @property {import("./tally.js").Finding[]} findings
 * @property {string[]} compare What to compare by another way when trust was assumed.
 * @property {{index: bigint, evt: string, occ: string, kid: string, state: string}[]} entries
 * @property {string} state One of the five words, the weakest of all.
 */

const NOBODYS_KEYS = {
  check: "trust",
  code: "trust_unnamed",
  sentence: N_(
    "Nobody said whose keys these are: they came with the evidence, and whoever forges that " +
      "forges them too.",
  ),
  missing: true,
};

/** Collects findings and concludes checks, one after another. */
export class Book {
  /**
   * @param {string} subject
   * @param {import("../trust/trust.js").Trust} trust
   * @param {{assumed: boolean, accepted: boolean, own: (() => Promise<object>) | null}} how Whether the
   *   keys came with the evidence, whether the reader takes them for the right ones, and how the
   *   evidence's own trust file is read.
   */
  constructor(subject, trust, { assumed, accepted, own }) {
    this.subject = subject;
    this.trust = trust;
    this.assumed = assumed;
    this.tally = new Tally();
    this.trees = new Map();
    this.unverified = 0;
    this.own = own;
    /** @type {Check[]} */
    this.checks = [aboutTrust(trust, assumed)];
    if (assumed && !accepted) this.tally.add(NOBODYS_KEYS);
  }

  /** Find something wrong with a check. */
  fail(check, code, sentence, more = {}) {
    this.tally.add({ check, code, sentence, ...more });
  }

  /** Find what an error says, and let any other error pass. */
  catch(check, error, more = {}) {
    if (!(error instanceof ProofError) || error instanceof StopError) throw error;
    const { code, sentence, values } = error;
    this.tally.add({ check, code, sentence, values, missing: code === "ml_dsa_missing", ...more });
  }

  /**
   * Conclude a check from its findings.
   * @param {string} name
   * @param {string} done What is true if nothing was found.
   * @param {Record<string, string>} values
   * @param {{sentence: string, values?: Record<string, string>} | null} undone Why it was not done.
   */
  conclude(name, done, values = {}, undone = null) {
    const [first] = this.tally.against(name);
    if (first) this.checks.push({ name, state: "failed", sentence: first.sentence, values: first.values ?? {} });
    else if (undone) this.skip(name, undone.sentence, undone.values);
    else this.checks.push({ name, state: "ok", sentence: done, values });
  }

  /** Say that a check was not made, and why. */
  skip(name, sentence, values = {}) {
    this.checks.push({ name, state: "not checked", sentence, values });
  }

  /**
   * Check a checkpoint.
   * @param {Uint8Array} note
   * @param {{check?: string, lasting?: boolean}} options
   * @returns {Promise<import("../proof/checkpoint.js").Checkpoint | null>} Nothing if it does not hold.
   */
  async openCheckpoint(note, { check = "checkpoint", lasting = true } = {}) {
    try {
      const found = await this.trust.open(note, lasting);
      if (found.unverified) this.unverified += 1;
      const roots = this.trees.get(found.size) ?? new Set();
      this.trees.set(found.size, roots.add(String(found.root)));
      return found;
    } catch (error) {
      await this.refuse(check, note, error);
      return null;
    }
  }

  /** Conclude whether two of the checkpoints that were opened prove two histories. */
  concludeFraud() {
    for (const [size, roots] of this.trees) {
      if (roots.size < 2) continue;
      const sentence = N_("The log signed two different trees of %(size)s entries.");
      this.fail("fraud", "two_histories", sentence, { values: { size } });
    }
    const sum = [...this.trees.values()].reduce((total, roots) => total + roots.size, 0);
    const done = N_("Of the signed trees here no two are of one size.");
    const none = { sentence: N_("There are no two signed trees here to be compared.") };
    this.conclude("fraud", done, {}, sum > 1 ? null : none);
  }

  /** @returns {Report} What was found, without the entries. */
  report() {
    if (this.unverified) this.skip("post-quantum", POST_QUANTUM);
    for (const [name, sentence] of ELSEWHERE[this.subject]) {
      if (!this.checks.some((each) => each.name === name)) this.skip(name, sentence);
    }
    return {
      subject: this.subject,
      ledger: this.trust.members.audience,
      origin: this.trust.members.origin,
      result: this.tally.result,
      first: this.tally.first,
      checks: this.checks,
      findings: this.tally.sorted,
      compare: this.assumed ? this.trust.fingerprints : [],
      entries: [],
    };
  }

  /** Tell why a checkpoint does not hold; perhaps the trust file is only too old for it. */
  async refuse(check, note, error) {
    const newer = error.code === "note_unsigned" ? await this.successor(note) : null;
    if (newer === null) return this.catch(check, error);
    const sentence = N_(
      "The key that signed it is not in your trust file, which may be older than that key: the " +
        "trust.json in the evidence names it.",
    );
    return this.fail(check, "trust_older", sentence, { missing: true });
  }

  async successor(note) {
    try {
      const found = this.own ? await this.own() : null;
      if (!found?.continues(this.trust)) return null;
      await found.open(note, false);
      return found;
    } catch (error) {
      if (error instanceof ProofError) return null;
      throw error;
    }
  }
}

function aboutTrust(trust, assumed) {
  const { audience: ledger, origin } = trust.members;
  const values = { ledger, origin };
  if (!assumed) {
    const sentence = N_("The keys are those you gave, for %(ledger)s at %(origin)s.");
    return { name: "trust", state: "ok", sentence, values };
  }
  const sentence = N_(
    "The keys came with the evidence, which proves nothing about whose they are; compare them by " +
      "another way, or give your own trust file.",
  );
  return { name: "trust", state: "assumed", sentence, values };
}
