// SPDX-License-Identifier: Apache-2.0
/** What was found, and which of it comes first: the same order as in `muniment-verify`. */

import { filled } from "../proof/errors.js";

/**
 * @typedef {object} Finding One thing that does not hold.
 * @property {string} check Name of the check it belongs to.
 * @property {string} code Stable name of what is wrong.
 * @property {string} sentence English, with holes.
 * @property {Record<string, string>} [values]
 * @property {bigint} [index] Position in the log, where it has one.
 * @property {string} [about] The event it is about.
 * @property {boolean} [missing] Whether evidence is absent, rather than contradicted.
 * @property {boolean} [notice] Whether nothing is wrong.
 */

/** Collects findings; a notice counts against no check. */
export class Tally {
  constructor() {
    /** @type {Finding[]} */
    this.findings = [];
  }

  /** @param {Finding} finding */
  add(finding) {
    this.findings.push(finding);
  }

  /** Take contradictions for mere gaps, where missing evidence could resolve them. */
  doubt(...checks) {
    this.findings = this.findings.map((each) =>
      checks.includes(each.check) && !each.notice ? { ...each, missing: true } : each,
    );
  }

  /** @returns {boolean} Whether any evidence is missing for some checks. */
  lacks(...checks) {
    return this.findings.some((each) => isGap(each) && checks.includes(each.check));
  }

  /** @returns {Finding[]} What weighs against a check, the first one first. */
  against(check) {
    return this.sorted.filter((each) => each.check === check && !each.notice);
  }

  /** @returns {Finding[]} By index; those without a place come last. */
  get sorted() {
    return [...this.findings].sort(byPlace);
  }

  /** @returns {Finding | null} The first contradiction, or else the first piece that is missing. */
  get first() {
    return this.sorted.find(isViolation) ?? this.sorted.find(isGap) ?? null;
  }

  /** @returns {"ok" | "violated" | "incomplete"} A contradiction weighs more than a gap. */
  get result() {
    if (this.findings.some(isViolation)) return "violated";
    return this.findings.some(isGap) ? "incomplete" : "ok";
  }
}

/** @param {Finding} finding @returns {boolean} */
export const isViolation = (finding) => !finding.notice && !finding.missing;

/** @param {Finding} finding @returns {boolean} */
export const isGap = (finding) => !finding.notice && Boolean(finding.missing);

function byPlace(one, other) {
  const nowhere = Number(one.index === undefined) - Number(other.index === undefined);
  if (nowhere) return nowhere;
  if (one.index !== other.index) return one.index < other.index ? -1 : 1;
  return compared(one.check, other.check) || compared(told(one), told(other));
}

const told = ({ about = "", sentence, values }) => `${about} ${filled(sentence, values)}`;
const compared = (one, other) => Number(one > other) - Number(one < other);
