// SPDX-License-Identifier: Apache-2.0
/** The entries of a bundle: each in the tree, each signed by a key that was valid, each in its chain. */

import { checkDisclosures } from "../event/disclosures.js";
import { checkDigests, readMembers, readPayload } from "../event/payload.js";
import { readToken, splitSubmission } from "../event/token.js";
import { parseReceipt } from "../proof/checkpoint.js";
import { asciiOf, same } from "../proof/encoding.js";
import { N_, ProofError } from "../proof/errors.js";
import { leafHash, verifyInclusion } from "../proof/merkle.js";
import { mayBeRegistry, openEntry, RegistryFold } from "../registry/fold.js";
import { numbered } from "./members.js";
import { noteName } from "./history.js";

const FIRST_PREV = "A".repeat(43);

/** @typedef {import("../report/book.js").Book} Book */
/** @typedef {Map<bigint, import("../event/opening.js").SignedEvent>} Events By index, in order. */

/**
 * Check a receipt for each entry, and that there is no receipt without one.
 * @param {Book} book
 * @param {import("./history.js").Heads} heads
 * @param {Map<bigint, Uint8Array>} entries
 * @param {Map<string, Uint8Array>} files
 */
export async function checkInclusion(book, heads, entries, files) {
  const proofs = numbered(files, "proofs/");
  const trees = [...heads].map(([size, head]) => [files.get(noteName(size)), head]);
  for (const index of new Set([...entries.keys(), ...proofs.keys()])) {
    if (!entries.has(index) || !proofs.has(index)) {
      const sentence = N_("It has an entry or a receipt here, but not both.");
      book.fail("inclusion", "pair_missing", sentence, { index, missing: true });
      continue;
    }
    try {
      const receipt = parseReceipt(proofs.get(index));
      const tree = trees.find(([note]) => same(note, receipt.note))?.[1];
      if (receipt.index !== index || !tree) throw misled();
      await verifyInclusion(await leafHash(entries.get(index)), receipt, tree);
    } catch (error) {
      book.catch("inclusion", error, { index });
    }
  }
}

/**
 * Verify every entry under the registry that the bundle's own entries give.
 * @param {Book} book
 * @param {Map<bigint, Uint8Array>} entries
 * @param {import("../event/payload.js").Catalogue} catalogue
 * @returns {Promise<{events: Events, registry: import("../registry/state.js").Registry}>}
 */
export async function checkEntries(book, entries, catalogue) {
  const fold = new RegistryFold(book.trust, catalogue);
  for (const [index, jws] of entries) {
    if (mayBeRegistry(jws)) await fold.add(index, jws);
  }
  if (entries.has(0n)) {
    fold.finish();
  } else {
    const sentence = N_("The founding event, index 0, is not in the bundle.");
    book.fail("registry", "not_founded", sentence, { index: 0n, missing: true });
  }
  const events = new Map(fold.accepted);
  for (const finding of fold.findings) book.tally.add(finding);
  for (const [index, jws] of entries) {
    if (fold.judged.has(index)) continue;
    const opened = await openEntry(jws, index, fold);
    if ("check" in opened) book.tally.add(opened);
    else events.set(index, opened);
  }
  const ordered = new Map([...events].sort(([one], [other]) => (one < other ? -1 : 1)));
  checkLinks(book, ordered);
  checkRequests(book, ordered);
  return { events: ordered, registry: fold.registry };
}

/**
 * Conclude whether each presentation belongs to its entry; nothing where there is none.
 * @param {Book} book
 * @param {Map<string, Uint8Array>} files
 * @param {Map<bigint, Uint8Array>} entries
 * @param {import("../event/payload.js").Catalogue} catalogue
 */
export async function checkPresentations(book, files, entries, catalogue) {
  const presentations = numbered(files, "disclosures/");
  for (const [index, octets] of presentations) {
    try {
      const { jws, texts } = splitSubmission(octets);
      if (!entries.has(index) || jws !== asciiOf(entries.get(index))) throw foreignDisclosure();
      const payload = readPayload(readToken(jws).data);
      const kind = readMembers(payload, catalogue);
      checkDigests(payload, kind);
      await checkDisclosures(texts, payload._sd, kind.claims);
    } catch (error) {
      book.catch("disclosures", error, { index });
    }
  }
  if (!presentations.size) return;
  const done = N_("What is disclosed here is what was signed over; events: %(count)s.");
  book.conclude("disclosures", done, { count: presentations.size });
}

/** Check every stream: sequence 1, 2, 3 and each `prev` the event id before. */
function checkLinks(book, events) {
  const heads = new Map();
  for (const [index, event] of events) {
    const { due, prev } = heads.get(event.sub) ?? { due: 1, prev: FIRST_PREV };
    const about = `${event.sub} seq ${event.seq}`;
    if (event.seq !== due) {
      const sentence = N_("It stands where seq %(due)s is due.");
      book.fail("chain", "seq_conflict", sentence, { values: { due }, index, about });
    } else if (event.prev !== prev) {
      const sentence = N_("It does not name the event before it in its stream.");
      book.fail("chain", "prev_mismatch", sentence, { index, about });
    }
    heads.set(event.sub, { due: event.seq + 1, prev: event.eid });
  }
}

/** Check that no two entries have one authority and one `jti`. */
function checkRequests(book, events) {
  const seen = new Map();
  for (const [index, { iss, jti }] of events) {
    const first = seen.get(`${iss} ${jti}`);
    if (first !== undefined) {
      const sentence = N_("Its authority and jti are those of the entry at index %(first)s.");
      book.fail("requests", "jti_conflict", sentence, { values: { first }, index });
    }
    seen.set(`${iss} ${jti}`, index);
  }
}

const misled = () =>
  new ProofError(
    "proof_invalid",
    N_("The receipt is of another index or leads to another checkpoint."),
  );
const foreignDisclosure = () =>
  new ProofError(
    "disclosure_elsewhere",
    N_("A disclosure does not come with the entry of its index."),
  );
