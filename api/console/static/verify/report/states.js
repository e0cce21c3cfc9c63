// SPDX-License-Identifier: Apache-2.0
/** The proof state of events in the five words that are the same everywhere. */

import { isGap, isViolation } from "./tally.js";

/** From the weakest to the strongest; `failed` stands apart, before all of them. */
export const STATES = ["failed", "unproved", "signed", "chained", "checkpointed", "witnessed"];

const STEPS = [
  ["signed", ["envelope", "signature", "mandate", "registry"]],
  ["chained", ["chain", "requests"]],
  ["checkpointed", ["checkpoint", "inclusion", "files"]],
];

/**
 * Give the state of one event.
 * @param {import("./tally.js").Finding[]} findings All of the report.
 * @param {bigint} index Its position in the log.
 * @param {boolean} isWitnessed Whether the quorum of the reader's policy covers it.
 * @returns {string} A word of `STATES`.
 */
export function stateOf(findings, index, isWitnessed) {
  const own = findings.filter((each) => each.index === undefined || each.index === index);
  if (own.some(isViolation)) return "failed";
  let reached = "unproved";
  for (const [state, checks] of STEPS) {
    if (own.some((each) => isGap(each) && checks.includes(each.check))) return reached;
    reached = state;
  }
  return isWitnessed ? "witnessed" : reached;
}

/** @param {string[]} states @returns {string} The weakest of them; a headline says no more. */
export function weakest(states) {
  return STATES.find((each) => states.includes(each)) ?? "unproved";
}
