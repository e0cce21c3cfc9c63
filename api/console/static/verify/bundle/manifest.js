// SPDX-License-Identifier: Apache-2.0
/** The manifest of a bundle, which names every file with its digest, and what it is compared with. */

import { hex, octetsOf, same, sha256 } from "../proof/encoding.js";
import { N_, ProofError, StopError } from "../proof/errors.js";
import { isObject, strictJson } from "../proof/json.js";
import { isOfLog, MANIFEST_FILE, MANIFEST_OCTETS_MAX, memberCap } from "./members.js";

const FORMAT = "muniment-bundle-1";
const WHOLE_LOG = "log";

/**
 * Compare the files with the manifest.
 * @param {import("../report/book.js").Book} book
 * @param {import("./archive.js").Files} handed
 * @returns {Promise<string | null>} The stream that the bundle says it is about.
 * @throws {StopError} `whole_log`: that is nothing for a browser.
 */
export async function checkFiles(book, { files, exact, others }) {
  if ([...files.keys()].some(isOfLog)) {
    throw new StopError(
      "unusable",
      "whole_log",
      N_("This is a whole log, which is too much for a browser; verify it with muniment-verify."),
    );
  }
  const manifest = readManifest(files.get(MANIFEST_FILE) ?? new Uint8Array());
  if (manifest === null || manifest.subject === WHOLE_LOG) {
    const sentence = N_("The bundle has no manifest, or one of something else.");
    book.fail("files", "manifest_malformed", sentence);
  } else {
    await compare(book, files, manifest.files);
    if (others) {
      const sentence = N_("There are files here that are no part of a bundle, and not read.");
      book.fail("files", "file_foreign", sentence, { notice: true });
    }
  }
  if (!exact) {
    const sentence = N_("The archive holds octets of none of its files.");
    book.fail("files", "container_differs", sentence);
  }
  return manifest?.subject ?? null;
}

async function compare(book, files, named) {
  for (const name of Object.keys(named).sort()) {
    if (files.has(name)) continue;
    if (memberCap(name) === null) {
      book.fail("files", "file_foreign", N_("The manifest names a foreign file."));
    } else {
      const sentence = N_("The manifest names %(name)s, which is not there.");
      book.fail("files", "file_missing", sentence, { values: { name }, missing: true });
    }
  }
  for (const [name, octets] of files) {
    if (name === MANIFEST_FILE || named[name] === hex(await sha256(octets))) continue;
    const sentence = N_("The file %(name)s is not the one that the manifest names.");
    book.fail("files", "file_differs", sentence, { values: { name } });
  }
}

/** Read a manifest; nothing if it is none, or not in the one spelling that a bundle has. */
function readManifest(octets) {
  if (octets.length > MANIFEST_OCTETS_MAX) return null;
  let manifest;
  try {
    manifest = strictJson(octets);
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
  if (!isObject(manifest) || manifest.format !== FORMAT) return null;
  if (!same(octets, octetsOf(`${spelled(manifest, "")}\n`))) return null;
  const { subject, files } = manifest;
  return typeof subject === "string" && isObject(files) ? { subject, files } : null;
}

/** Spell JSON with its members sorted, two spaces a level, and ASCII alone. */
function spelled(value, margin) {
  const inner = `${margin}  `;
  const list = (open, parts, close) =>
    parts.length ? `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}` : open + close;
  if (Array.isArray(value)) return list("[", value.map((each) => spelled(each, inner)), "]");
  if (!isObject(value)) return ascii(JSON.stringify(value));
  const names = Object.keys(value).sort();
  const members = names.map((name) => `${ascii(JSON.stringify(name))}: ${spelled(value[name], inner)}`);
  return list("{", members, "}");
}

const ascii = (text) =>
  text.replace(/[^\x00-\x7f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
