// SPDX-License-Identifier: Apache-2.0
/**
 * The registry as the log tells it: authorities, keys and mandates, with the index of each change.
 *
 * Validity is a function of the log index (envelope specification, section 7): every change keeps
 * the index of its event and takes effect at the next one.
 */

/**
 * @typedef {object} KeyRecord
 * @property {string} kid
 * @property {string} alg
 * @property {Record<string, string>} jwk
 * @property {string} keyClass Only `event` keys sign events.
 * @property {string} authority
 * @property {string} officer
 * @property {string | null} stream None for a root key that nothing was said about yet.
 * @property {string} proposal Event id of the event that introduced it.
 * @property {string} proposer Officer who introduced it.
 * @property {number} notBefore
 * @property {number | null} notAfter
 * @property {number | null} approved Index after which it is valid.
 * @property {number | null} ended Index after which it is not.
 * @property {string | null} successor
 * @property {number | null} compromisedSince
 * @property {Grant[]} grants
 * @property {{during: Interval, officer: string}[]} suspensions
 */
/** @typedef {{role: string, jurisdictions: string[], during: Interval, notAfter: number | null}} Grant */
/** @typedef {{after: number, until: number | null}} Interval Positions after one event, to another. */

/** Everything that the log says about who may sign, as of its newest event folded. */
export class Registry {
  constructor() {
    /** @type {string | null} */
    this.log = null;
    /** @type {Map<string, {id: string, jurisdictions: string[]}>} */
    this.authorities = new Map();
    /** @type {Map<string, KeyRecord>} */
    this.keys = new Map();
    this.streams = new Set();
    this.roots = new Set();
    this.threshold = 0;
    this.closedAlgorithms = new Map();
    this.epochs = [];
    this.accesses = [];
    this.settlements = new Map();
  }

  /** @param {string} alg @param {number} index @returns {boolean} */
  algorithmOpen(alg, index) {
    return !this.closedAlgorithms.has(alg) || index <= this.closedAlgorithms.get(alg);
  }

  /** @returns {KeyRecord | null} A key that could sign at a position, its dates aside. */
  keyAt(kid, index) {
    const key = this.keys.get(kid);
    return key && isValidAt(key, index) && this.algorithmOpen(key.alg, index) ? key : null;
  }

  /** @returns {boolean} Whether an entry by a key awaits review after a compromise. */
  isDisputed(kid, index) {
    const key = this.keys.get(kid);
    if (!key || key.compromisedSince === null) return false;
    return index >= key.compromisedSince && (key.ended === null || index <= key.ended);
  }
}

/** @param {Interval} interval @param {number} index @returns {boolean} */
export const covers = ({ after, until }, index) => after < index && (until === null || index <= until);

/** @returns {boolean} Whether a key was approved, not suspended and not ended at a position. */
export function isValidAt(key, index) {
  return stateAt(key, index) === "valid";
}

/** @returns {boolean} */
export const isSuspendedAt = (key, index) => key.suspensions.some((each) => covers(each.during, index));

/**
 * @param {KeyRecord} key
 * @param {number} index
 * @returns {"proposed" | "valid" | "suspended" | "ended"}
 */
export function stateAt(key, index) {
  if (key.ended !== null && index > key.ended) return "ended";
  if (key.approved === null || index <= key.approved) return "proposed";
  return isSuspendedAt(key, index) ? "suspended" : "valid";
}

/** @returns {boolean} Whether a role is held at a position, for an event signed at a time. */
export function stands(grant, index, moment) {
  return covers(grant.during, index) && (grant.notAfter === null || moment <= grant.notAfter);
}

/** @returns {boolean} Whether a jurisdiction is one of some places or lies inside one of them. */
export function reaches(places, place) {
  return places.some((each) => place === each || place.startsWith(`${each}-`));
}
