// SPDX-License-Identifier: Apache-2.0
/** The page's words: English sentences, looked up in the table that came with the page. */

import { N_ } from "../proof/errors.js";

/** @type {{messages: Record<string, string>, catalogue: import("../event/payload.js").Catalogue}} */
export const DATA = JSON.parse(document.getElementById("verify-data").textContent);

/** Words for states and results; each has a sign beside its colour. */
export const WORDS = {
  ok: N_("ok"),
  failed: N_("failed"),
  "not checked": N_("not checked"),
  assumed: N_("assumed"),
  signed: N_("signed"),
  chained: N_("chained"),
  checkpointed: N_("checkpointed"),
  witnessed: N_("witnessed"),
  unproved: N_("not proved"),
};
export const SIGNS = {
  ok: "\u2713",
  failed: "\u2717",
  "not checked": "\u2013",
  assumed: "?",
  signed: "\u25cb",
  chained: "\u25d0",
  checkpointed: "\u25cf",
  witnessed: "\u2713",
  unproved: "\u2013",
};

/** What each check is called. */
export const NAMES = {
  trust: N_("Keys that are trusted"),
  checkpoint: N_("Signature of the checkpoint"),
  consistency: N_("One history"),
  fraud: N_("No second history"),
  files: N_("Files and manifest"),
  inclusion: N_("Place in the log"),
  registry: N_("Registry of keys"),
  envelope: N_("Form of the entries"),
  signature: N_("Signatures of the entries"),
  mandate: N_("Keys valid, roles held"),
  chain: N_("Chain of each stream"),
  requests: N_("Each request once"),
  rules: N_("Rules of the events"),
  completeness: N_("Nothing left out"),
  disclosures: N_("Disclosed personal data"),
  approvals: N_("Approvals by passkey"),
  disputes: N_("Entries by compromised keys"),
  heads: N_("Newest events"),
  witnesses: N_("Witnesses"),
  time: N_("Trusted time"),
  lateness: N_("Late recording"),
  schema: N_("Data of the events"),
  "post-quantum": N_("Post-quantum signature"),
};

/** @param {string} sentence English. @returns {string} In the reader's language. */
export const translated = (sentence) => DATA.messages[sentence] ?? sentence;

/**
 * Make nodes of a sentence; what goes into its holes is data, which runs left to right.
 * @param {string} sentence English, with holes `%(name)s`.
 * @param {Record<string, string>} values
 * @returns {Node[]}
 */
export function phrase(sentence, values = {}) {
  return translated(sentence)
    .split(/(%\(\w+\)s)/)
    .filter(Boolean)
    .map((part) => {
      const hole = /^%\((\w+)\)s$/.exec(part);
      return hole ? datum(values[hole[1]]) : document.createTextNode(part);
    });
}

/** @param {unknown} value @returns {HTMLElement} A datum, never reordered. */
export function datum(value) {
  const element = document.createElement("bdi");
  element.dir = "ltr";
  element.textContent = String(value);
  return element;
}

/** @returns {HTMLElement} An element with children and a class. */
export function element(name, children, className = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
