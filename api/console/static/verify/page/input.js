// SPDX-License-Identifier: Apache-2.0
/** What somebody chose or dropped: which of it is evidence, and what kind of evidence it is. */

import { EVIDENCE_OCTETS_MAX, isArchive, unpack } from "../bundle/archive.js";
import { verifyEvidence } from "../bundle/evidence.js";
import { MANIFEST_FILE, memberCap } from "../bundle/members.js";
import { verifyReceipt } from "../bundle/receipt.js";
import { N_, StopError } from "../proof/errors.js";
import { Policy } from "../trust/policy.js";
import { Trust } from "../trust/trust.js";

const RECEIPT_SUFFIX = ".tlog-proof";
const SMALL_OCTETS_MAX = 1024 * 1024;

/** @typedef {{name: string, file: Blob}} Chosen A file with its path inside what was chosen. */
/**
 * @typedef {object} Choice
 * @property {Chosen[]} evidence
 * @property {Blob | null} trust
 * @property {Blob | null} policy
 * @property {Blob | null} saved
 * @property {boolean} assumeTrust
 */

/**
 * Verify what somebody chose.
 * @param {Choice} choice
 * @param {import("../event/payload.js").Catalogue} catalogue
 * @returns {Promise<import("../report/book.js").Report>}
 * @throws {StopError} Nothing can be concluded.
 */
export async function verifyChoice(choice, catalogue) {
  const request = {
    trust: choice.trust && (await Trust.parse(await octetsOfFile(choice.trust), catalogue)),
    policy: choice.policy && (await Policy.parse(await octetsOfFile(choice.policy))),
    saved: choice.saved && (await octetsOfFile(choice.saved)),
    assumeTrust: choice.assumeTrust,
    catalogue,
  };
  const { evidence } = choice;
  const manifests = evidence.filter((each) => baseName(each.name) === MANIFEST_FILE);
  const receipts = evidence.filter((each) => each.name.endsWith(RECEIPT_SUFFIX));
  if (manifests.length) return verifyEvidence(await folderOf(evidence, manifests), request);
  if (receipts.length === 1) return verifyOne(receipts[0], evidence, request);
  if (evidence.length === 1) return verifyEvidence(await archiveOf(evidence[0]), request);
  throw new StopError(
    "unusable",
    "evidence_unknown",
    N_("Choose one bundle, the folder of one bundle, or one receipt with its entry."),
  );
}

async function verifyOne(receipt, evidence, request) {
  const others = evidence.filter((each) => each !== receipt);
  if (others.length !== 1) {
    throw new StopError(
      "unusable",
      "entry_unnamed",
      N_("A receipt is verified for an entry: choose the receipt and its token together."),
    );
  }
  return verifyReceipt(await octetsOfFile(receipt.file), await octetsOfFile(others[0].file), request);
}

async function archiveOf({ file }) {
  if (file.size > EVIDENCE_OCTETS_MAX) {
    throw new StopError(
      "unusable",
      "bundle_too_large",
      N_("The bundle is too large for a browser; verify it with muniment-verify."),
    );
  }
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return unpack(isArchive(start) ? new Uint8Array(await file.arrayBuffer()) : start);
}

/** Read the files of an unpacked bundle, up to one octet more than each may have. */
async function folderOf(evidence, manifests) {
  const [manifest] = manifests.sort((one, other) => one.name.length - other.name.length);
  const root = manifest.name.slice(0, -MANIFEST_FILE.length);
  const files = new Map();
  let others = 0;
  for (const { name, file } of evidence.filter((each) => each.name.startsWith(root))) {
    const cap = memberCap(name.slice(root.length));
    if (cap === null) others += 1;
    else files.set(name.slice(root.length), await octetsOfFile(file, cap));
  }
  return { files, exact: true, others };
}

async function octetsOfFile(file, cap = SMALL_OCTETS_MAX) {
  return new Uint8Array(await file.slice(0, cap + 1).arrayBuffer());
}

const baseName = (path) => path.slice(path.lastIndexOf("/") + 1);
