// SPDX-License-Identifier: Apache-2.0
/**
 * Verifying the evidence about one firearm, check by check as `muniment-verify` does it.
 *
 * It proves what it shows; that nothing newer exists it cannot prove, and the report says so.
 */

import { asciiOf, fromBase64url } from "../proof/encoding.js";
import { N_, StopError } from "../proof/errors.js";
import { Book } from "../report/book.js";
import { stateOf, weakest } from "../report/states.js";
import { Trust, TRUST_FILE } from "../trust/trust.js";
import { checkWitnesses } from "../trust/witnesses.js";
import { checkEntries, checkInclusion, checkPresentations } from "./entries.js";
import { linkHeads, linkSaved, noteName, openHeads, openLast } from "./history.js";
import { checkFiles } from "./manifest.js";
import { numbered } from "./members.js";

/**
 * @typedef {object} Request What somebody asks to be verified, and whom he believes.
 * @property {Trust | null} trust What the reader trusts; without one, the evidence's own keys.
 * @property {boolean} assumeTrust Whether these are to be taken for the right ones.
 * @property {import("../trust/policy.js").Policy | null} policy Which witnesses the reader believes.
 * @property {Uint8Array | null} saved A checkpoint that the reader kept.
 * @property {import("../event/payload.js").Catalogue} catalogue
 */

/**
 * Verify the evidence about one firearm.
 * @param {import("./archive.js").Files} handed
 * @param {Request} request
 * @returns {Promise<import("../report/book.js").Report>}
 * @throws {StopError} It is no such evidence, or there is no usable trust file.
 */
export async function verifyEvidence(handed, request) {
  const { files } = handed;
  const own = () => ownTrust(files, request.catalogue);
  const assumed = request.trust === null;
  const how = { assumed, accepted: request.assumeTrust, own };
  const book = new Book("bundle", request.trust ?? (await own()), how);
  const subject = await checkFiles(book, handed);
  const heads = await openHeads(book, files);
  const undone = await linkSaved(book, request.saved, heads, files);
  const proved = await linkHeads(book, heads, files);
  const last = await openLast(book, files, proved);
  const entries = numbered(files, "entries/");
  checkSubject(book, subject, entries);
  if (heads.size) await checkInclusion(book, heads, entries, files);
  const { events, registry } = await checkEntries(book, entries, request.catalogue);
  await checkPresentations(book, files, entries, request.catalogue);
  // The entry that enrols a key may be among those that are missing.
  if (book.tally.lacks("files", "inclusion", "registry")) {
    book.tally.doubt("registry", "mandate", "chain");
  }
  conclude(book, { heads, entries, undone });
  checkDisputes(book, entries, events, registry);
  skipHeads(book, files);
  const notes = new Map([...proved.keys()].map((size) => [size, files.get(noteName(size))]));
  const covering = [...entries.keys()].reduce((most, at) => (at >= most ? at + 1n : most), 0n);
  const isWitnessed = await checkWitnesses(book, request.policy, notes, { covering, last });
  return withEntries(book.report(), subject, events, isWitnessed && heads.size > 0);
}

async function ownTrust(files, catalogue) {
  if (!files.has(TRUST_FILE)) {
    throw new StopError("unusable", "trust_missing", N_("The bundle has no trust file; choose yours."));
  }
  return Trust.parse(files.get(TRUST_FILE), catalogue);
}

/** Check that the bundle shows the stream that it says it is about. */
function checkSubject(book, subject, entries) {
  if (subject === null) return;
  const mark = `"sub":"${subject}"`;
  if ([...entries.values()].some((jws) => payloadOf(jws).includes(mark))) return;
  const sentence = N_("The manifest says that the bundle is about a stream of which it shows nothing.");
  book.fail("files", "manifest_malformed", sentence);
}

function conclude(book, { heads, entries, undone }) {
  const count = entries.size;
  const unsigned = { sentence: N_("There is no verified checkpoint to compare with.") };
  book.conclude("checkpoint", N_("A trusted key of the log signed it."));
  const kept = N_("The saved checkpoint is of the same history.");
  book.conclude("consistency", kept, {}, undone);
  book.concludeFraud();
  book.conclude("files", N_("Every file of the bundle is the one that the manifest names."));
  const included = N_("All %(count)s entries stand in the signed tree.");
  book.conclude("inclusion", included, { count }, heads.size ? null : unsigned);
  const registry = N_("The trusted founding and every registry entry shown are legal.");
  book.conclude("registry", registry);
  const formed = N_("All %(count)s entries have the one form of the envelope.");
  book.conclude("envelope", formed, { count });
  const signed = N_("All %(count)s signatures verify under the keys they name.");
  book.conclude("signature", signed, { count });
  const mandate = N_(
    "By the registry entries shown, every key was valid and held the role at its index.",
  );
  book.conclude("mandate", mandate);
  book.conclude("chain", N_("Every stream shown is contiguous from its first event."));
  book.conclude("requests", N_("No event identifier occurs twice among these entries."));
  book.skip("rules", N_("Rules look at other records too, which only the whole log holds."));
  book.skip(
    "completeness",
    N_(
      "A bundle cannot prove that the firearm has no newer event, nor that no key was revoked by an " +
        "entry left out; only the whole log can.",
    ),
  );
}

function checkDisputes(book, entries, events, registry) {
  if (!entries.has(0n)) {
    book.skip("disputes", N_("Without the founding event nothing is known of keys."));
    return;
  }
  const disputed = [...events].some(([index, { kid }]) => registry.isDisputed(kid, Number(index)));
  if (disputed || registry.settlements.size) {
    const sentence = N_(
      "A key here was compromised; muniment-verify tells which entries that touches, and what was " +
        "found out about them.",
    );
    book.skip("disputes", sentence);
    return;
  }
  const done = N_("No entry here is by a key that is known to have been compromised.");
  book.conclude("disputes", done);
}

function skipHeads(book, files) {
  const sentence = numbered(files, "heads/").size
    ? N_("The bundle has proofs of newest events, which are not checked here; muniment-verify does.")
    : N_("No head proof was presented, so newer events may have been left out.");
  book.skip("heads", sentence);
}

function withEntries(report, subject, events, isWitnessed) {
  const shown = [...events].filter(([, event]) => event.sub === subject);
  const read = shown.map(([index, { evt, seq, occ, kid }]) => {
    const state = stateOf(report.findings, index, isWitnessed);
    return { index, evt, seq, occ, kid, state };
  });
  const entries = [...read, ...unread(report.findings, subject, events)];
  entries.sort((one, other) => (one.index < other.index ? -1 : 1));
  const state = report.result === "violated" ? "failed" : weakest(entries.map((each) => each.state));
  return { ...report, about: subject, entries, state };
}

/** Give the events of the stream that did not even open; of them nothing else is believed. */
function unread(findings, subject, events) {
  const claimed = new Map();
  for (const { index, about } of findings) {
    const [stream, , seq] = (about ?? "").split(" ");
    if (stream === subject && !events.has(index)) claimed.set(index, seq);
  }
  const none = { evt: "\u2013", occ: "\u2013", kid: "\u2013", state: "failed" };
  return [...claimed].map(([index, seq]) => ({ index, seq, ...none }));
}

function payloadOf(jws) {
  try {
    return new TextDecoder().decode(fromBase64url((asciiOf(jws) ?? "").split(".")[1] ?? ""));
  } catch {
    return "";
  }
}
