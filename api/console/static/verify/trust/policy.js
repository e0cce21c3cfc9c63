// SPDX-License-Identifier: Apache-2.0
/** The policy file of C2SP tlog-policy: which logs and witnesses are believed, and how many. */

import { hex, textOf } from "../proof/encoding.js";
import { N_, ProofError, StopError } from "../proof/errors.js";
import { COSIGNATURE, ED25519, ML_DSA_44, parseVerifierKey } from "../proof/notes.js";

export const POLICY_OCTETS_MAX = 65_536;
const LINES_OF_A_KIND_MAX = 64;
const COUNT = /^[1-9][0-9]{0,3}$/;

/** Known logs, known witnesses, groups of them, and the quorum. */
export class Policy {
  constructor() {
    /** @type {import("../proof/notes.js").VerifierKey[]} */
    this.logs = [];
    /** @type {{name: string, key: import("../proof/notes.js").VerifierKey}[]} */
    this.witnesses = [];
    /** @type {{name: string, threshold: number, members: string[]}[]} */
    this.groups = [];
    this.quorum = "";
  }

  /**
   * Read a policy.
   * @param {Uint8Array} octets
   * @returns {Promise<Policy>}
   * @throws {StopError} `policy_malformed`; the sentence names the line.
   */
  static async parse(octets) {
    const policy = new Policy();
    // Octets with the high bit set are opaque; as Latin-1 each stays one character.
    const text = Array.from(octets, (octet) => String.fromCharCode(octet)).join("");
    if (octets.length > POLICY_OCTETS_MAX || /[^\t\n\x20-\x7e\x80-\xff]/.test(text)) throw malformed(1);
    const lines = text.split("\n");
    if (lines.at(-1) !== "") throw malformed(lines.length);
    for (const [at, line] of lines.entries()) {
      const words = line.split(/[ \t]+/).filter(Boolean);
      if (!words.length || words[0].startsWith("#")) continue;
      if (!(await policy.read(words))) throw malformed(at + 1);
    }
    if (!policy.quorum) throw malformed(lines.length);
    return policy;
  }

  /** @returns {import("../proof/notes.js").VerifierKey[]} Every key whose signature is looked at. */
  get keys() {
    return [...this.logs, ...this.witnesses.map((each) => each.key)];
  }

  /** @param {string[]} names @returns {boolean} Whether these witnesses are a quorum together. */
  isSatisfiedBy(names) {
    if (this.quorum === "none") return true;
    const having = new Set(names);
    for (const { name, threshold, members } of this.groups) {
      if (members.filter((each) => having.has(each)).length >= threshold) having.add(name);
    }
    return having.has(this.quorum);
  }

  async read([kind, ...words]) {
    try {
      return await (READERS[kind]?.(this, words) ?? false);
    } catch (error) {
      if (error instanceof ProofError) return false;
      throw error;
    }
  }

  get names() {
    return [...this.witnesses, ...this.groups].map((each) => each.name);
  }

  isNew(name) {
    return Boolean(name) && name !== "none" && !this.names.includes(name);
  }

  async newKey(vkey, ...kinds) {
    const text = textOf(Uint8Array.from(vkey, (each) => each.charCodeAt(0)));
    if (text === null) return null;
    const key = await parseVerifierKey(text);
    const taken = this.keys.some((other) => hex(other.key) === hex(key.key));
    return kinds.includes(key.kind) && !taken ? key : null;
  }
}

const READERS = {
  async log(policy, words) {
    const key = fitsForm(words) ? await policy.newKey(words[0], ED25519, ML_DSA_44) : null;
    return key !== null && policy.logs.push(key) <= LINES_OF_A_KIND_MAX;
  },
  async witness(policy, [name, ...words]) {
    if (!fitsForm(words) || !policy.isNew(name)) return false;
    const key = await policy.newKey(words[0], COSIGNATURE, ML_DSA_44);
    return key !== null && policy.witnesses.push({ name, key }) <= LINES_OF_A_KIND_MAX;
  },
  async group(policy, [name, count, ...members]) {
    const used = policy.groups.flatMap((each) => each.members);
    const known = members.every((each) => policy.names.includes(each) && !used.includes(each));
    const threshold = { all: members.length, any: 1 }[count] ?? (COUNT.test(count) ? Number(count) : 0);
    const once = new Set(members).size === members.length;
    if (!known || !once || !policy.isNew(name)) return false;
    if (threshold < 1 || threshold > members.length) return false;
    return policy.groups.push({ name, threshold, members }) <= LINES_OF_A_KIND_MAX;
  },
  async quorum(policy, words) {
    const known = words[0] === "none" || policy.names.includes(words[0]);
    if (policy.quorum || words.length !== 1 || !known) return false;
    policy.quorum = words[0];
    return true;
  },
};

const fitsForm = (words) => words.length === 1 || words.length === 2;

const malformed = (line) =>
  new StopError("unusable", "policy_malformed", N_("This is not a policy file: see its line %(line)s."), {
    line,
  });
