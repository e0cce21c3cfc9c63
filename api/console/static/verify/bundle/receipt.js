// SPDX-License-Identifier: Apache-2.0
/**
 * What a receipt is worth: that its entry stands in the log, and who stands behind the checkpoint.
 *
 * Implements `muniment receipt verify` for one receipt and its entry. Whether the entry itself holds
 * is left to the verification of a bundle, which shows who may sign.
 */

import { BODY_OCTETS_MAX } from "../event/token.js";
import { parseReceipt } from "../proof/checkpoint.js";
import { octetsOf, same, textOf } from "../proof/encoding.js";
import { N_, StopError } from "../proof/errors.js";
import { leafHash, verifyInclusion } from "../proof/merkle.js";
import { Book } from "../report/book.js";
import { checkWitnesses } from "../trust/witnesses.js";
import { failFork } from "./history.js";

/**
 * Verify a receipt.
 * @param {Uint8Array} octets The `.tlog-proof`.
 * @param {Uint8Array} entry The token, alone or as the submission that it came with.
 * @param {import("./evidence.js").Request} request Its trust file is needed.
 * @returns {Promise<import("../report/book.js").Report & {level: string}>}
 * @throws {StopError} There is no trust file, or a file is none of these.
 */
export async function verifyReceipt(octets, entry, request) {
  if (request.trust === null) {
    throw new StopError("unusable", "trust_missing", N_("A receipt needs a trust file; choose yours."));
  }
  const receipt = readReceipt(octets);
  const book = new Book("receipt", request.trust, { assumed: false, accepted: true, own: null });
  const checkpoint = await book.openCheckpoint(receipt.note, { lasting: false });
  book.conclude("checkpoint", N_("A trusted key of the log signed it."));
  const undone = await compareSaved(book, request.saved, checkpoint);
  book.conclude("consistency", N_("The saved checkpoint is of the same history."), {}, undone);
  const { index } = receipt;
  if (checkpoint) {
    try {
      await verifyInclusion(await leafHash(tokenOf(entry)), receipt, checkpoint);
    } catch (error) {
      book.catch("inclusion", error, { index });
    }
  }
  const none = { sentence: N_("There is no verified checkpoint to compare with.") };
  const done = N_("The entry stands at index %(index)s of the signed tree.");
  book.conclude("inclusion", done, { index }, checkpoint ? null : none);
  const stands = checkpoint !== null && !book.tally.against("inclusion").length;
  const notes = new Map(stands ? [[checkpoint.size, receipt.note]] : []);
  const isWitnessed = await checkWitnesses(book, request.policy, notes, { covering: index + 1n });
  const level = stands ? (isWitnessed ? "witnessed" : "logged") : "none";
  return { ...book.report(), level, about: `index ${index}`, state: stateOf(book, level) };
}

function stateOf(book, level) {
  if (book.tally.result === "violated" || level === "none") return "failed";
  return level === "witnessed" ? "witnessed" : "checkpointed";
}

function readReceipt(octets) {
  try {
    return parseReceipt(octets);
  } catch (error) {
    throw new StopError("violated", error.code, error.sentence, error.values);
  }
}

/** Read a token out of a file that holds it or the submission that it came with. */
function tokenOf(entry) {
  if (entry.length > BODY_OCTETS_MAX) {
    throw new StopError("unusable", "too_large", N_("The entry is larger than any."));
  }
  const text = textOf(entry);
  return text === null ? entry : octetsOf(text.trim().split("~")[0]);
}

async function compareSaved(book, note, checkpoint) {
  const saved = note && (await book.openCheckpoint(note, { check: "consistency" }));
  if (!saved || !checkpoint) {
    return { sentence: N_("There are no two checkpoints to compare; with a saved one a rewritten past shows.") };
  }
  if (saved.size !== checkpoint.size) {
    return { sentence: N_("The saved checkpoint is of another size; a bundle is needed to compare them.") };
  }
  if (!same(saved.root, checkpoint.root)) failFork(book);
  return null;
}
