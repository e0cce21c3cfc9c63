// SPDX-License-Identifier: Apache-2.0
/** What is wrong, as a stable code and an English sentence that may be translated. */

/**
 * Mark an English sentence for translation; the table of messages is made from these marks.
 * @param {string} sentence Holes are spelled `%(name)s`.
 * @returns {string} The same sentence.
 */
export const N_ = (sentence) => sentence;

/** A check that does not hold; its code is the one of `muniment-verify`. */
export class ProofError extends Error {
  /**
   * @param {string} code Stable name of what is wrong.
   * @param {string} sentence English, marked with `N_`.
   * @param {Record<string, string>} values What goes into its holes.
   */
  constructor(code, sentence, values = {}) {
    super(sentence);
    this.code = code;
    this.sentence = sentence;
    this.values = values;
  }
}

/** Nothing can be concluded: the input is none of ours, or it ends too early. */
export class StopError extends ProofError {
  /**
   * @param {"unusable" | "incomplete" | "violated"} result What the whole verification comes to.
   * @param {string} code Stable name of the reason.
   * @param {string} sentence English, marked with `N_`.
   * @param {Record<string, string>} values What goes into its holes.
   */
  constructor(result, code, sentence, values = {}) {
    super(code, sentence, values);
    this.result = result;
  }
}

/**
 * Fill the holes of a sentence.
 * @param {string} sentence English or translated.
 * @param {Record<string, string>} values By the names of the holes.
 * @returns {string}
 */
export function filled(sentence, values = {}) {
  return sentence.replace(/%\((\w+)\)s/g, (hole, name) => String(values[name] ?? hole));
}
