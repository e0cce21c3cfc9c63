// SPDX-License-Identifier: Apache-2.0
/** Whether enough witnesses that the reader believes have seen this history. */

import { parseCheckpoint } from "../proof/checkpoint.js";
import { N_, ProofError } from "../proof/errors.js";
import { openNote } from "../proof/notes.js";

/**
 * Conclude what the witnesses say.
 * @param {import("../report/book.js").Book} book
 * @param {import("./policy.js").Policy | null} policy Without one nothing is concluded.
 * @param {Map<bigint, Uint8Array>} notes Checkpoints by size, opened and proved to be of one history.
 * @param {{covering: bigint, last?: Map<bigint, Uint8Array>}} more From which size a checkpoint covers
 *   every entry that is shown, and the same checkpoints as they were cosigned again later.
 * @returns {Promise<boolean>} Whether the quorum was reached.
 */
export async function checkWitnesses(book, policy, notes, { covering, last = new Map() }) {
  if (policy === null) return false;
  const newest = [...notes.keys()].reduce((most, size) => (size > most ? size : most), 0n);
  const seen = new Map();
  for (const [size, note] of notes) {
    const found = await witnessed(book, policy, note, size === newest);
    if (found && size >= covering) seen.set(size, found);
  }
  for (const [size, note] of last) await witnessed(book, policy, note, size === newest);
  const reached = [...seen].filter(([, { names }]) => policy.isSatisfiedBy(names));
  const asked = policy.quorum !== "none";
  const undone = whyUndone(policy, notes);
  if (undone === null && !reached.length) {
    const sentence = N_(
      "No checkpoint over the %(covering)s first entries has the quorum %(quorum)s of the policy.",
    );
    const values = { covering, quorum: policy.quorum };
    // Lines of ML-DSA-44 might make up the quorum, but nobody has verified them here.
    const hoped = [...seen.values()].some(({ names, others }) =>
      policy.isSatisfiedBy([...names, ...others]),
    );
    const code = hoped ? "ml_dsa_missing" : "quorum_missing";
    book.fail("witnesses", code, sentence, { values, missing: true });
  }
  const [size, { names }] = reached[0] ?? [0n, { names: [] }];
  const done = N_("The checkpoint of %(size)s entries has its quorum, cosigned by %(names)s.");
  book.conclude("witnesses", done, { size, names: names.join(", ") }, undone);
  return asked && reached.length > 0 && !book.tally.against("witnesses").length;
}

function whyUndone(policy, notes) {
  if (policy.quorum === "none") {
    return {
      sentence: N_("The policy asks for no witness, so nobody would notice a second history."),
    };
  }
  if (notes.size) return null;
  return { sentence: N_("There is no verified checkpoint that they could have cosigned.") };
}

/** Give the witnesses that cosigned a checkpoint, and those of unverified lines, by their names. */
async function witnessed(book, policy, note, isNewest) {
  const { origin } = book.trust.members;
  try {
    const { text, signers, unverified } = await openNote(note, policy.keys);
    if (parseCheckpoint(text).origin !== origin) {
      const sentence = N_("The checkpoint is not one of %(origin)s.");
      throw new ProofError("checkpoint_origin", sentence, { origin });
    }
    const logs = policy.logs.filter((key) => key.name === origin);
    if (![...signers.keys(), ...unverified].some((key) => logs.includes(key))) throw unsigned(origin);
    book.unverified += unverified.length ? 1 : 0;
    const namesOf = (isOne) => policy.witnesses.filter(isOne).map(({ name }) => name);
    return {
      names: namesOf(({ key }) => signers.has(key)),
      others: namesOf(({ key }) => unverified.includes(key)),
    };
  } catch (error) {
    // A checkpoint of an older key of the log is none that this policy speaks about.
    const notice = error.code === "note_unsigned" && !isNewest;
    book.catch("witnesses", error.code === "note_unsigned" ? unsigned(origin) : error, { notice });
    return null;
  }
}

const unsigned = (origin) =>
  new ProofError(
    "note_unsigned",
    N_("No key of %(origin)s that the policy names has signed the checkpoint."),
    { origin },
  );
