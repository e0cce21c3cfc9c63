// SPDX-License-Identifier: Apache-2.0
/** Disclosures: personal data beside the log, bound to an event by salted digests (section 4.5). */

import { base64url, DIGEST_TEXT, fromBase64url, octetsOf, sha256 } from "../proof/encoding.js";
import { N_, ProofError } from "../proof/errors.js";
import { isCanonical, strictJson } from "../proof/json.js";
import { isClean, MEMBERS } from "./payload.js";

const RESERVED_NAMES = new Set([...MEMBERS, "seen", "..."]);

/**
 * Check the disclosures of one event; each must be wanted, whole and alone.
 * @param {string[]} texts As received.
 * @param {string[]} digests The event's `_sd`.
 * @param {Record<string, "string" | "integer" | "boolean">} claims Closed list of the event type.
 * @throws {ProofError} `disclosure_invalid`, `disclosure_duplicate` or `disclosure_unreferenced`.
 */
export async function checkDisclosures(texts, digests, claims) {
  const opened = [];
  for (const text of texts) opened.push(await read(text, claims));
  for (const column of ["digest", "name", "salt"]) {
    if (new Set(opened.map((each) => each[column])).size !== opened.length) {
      throw new ProofError(
        "disclosure_duplicate",
        N_("A disclosure, its name or its salt appears twice."),
      );
    }
  }
  if (!opened.every((each) => digests.includes(each.digest))) {
    throw new ProofError(
      "disclosure_unreferenced",
      N_("A disclosure belongs to no digest of the event."),
    );
  }
}

async function read(text, claims) {
  let octets;
  let parts;
  try {
    octets = fromBase64url(text);
    parts = strictJson(octets);
  } catch {
    throw invalid();
  }
  if (!Array.isArray(parts) || parts.length !== 3) throw invalid();
  const [salt, name, value] = parts;
  const fits =
    typeof salt === "string" &&
    DIGEST_TEXT.test(salt) &&
    typeof name === "string" &&
    isCanonical(octets, parts) &&
    Object.hasOwn(claims, name) &&
    !RESERVED_NAMES.has(name) &&
    typeof value === FORMS[claims[name]] &&
    (typeof value !== "string" || isClean(value));
  if (!fits) throw invalid();
  return { name, salt, digest: base64url(await sha256(octetsOf(text))) };
}

const FORMS = { string: "string", integer: "number", boolean: "boolean" };

const invalid = () =>
  new ProofError(
    "disclosure_invalid",
    N_("A disclosure is not a salt, a claim of this event type and a value of its form."),
  );
