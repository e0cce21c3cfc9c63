// SPDX-License-Identifier: Apache-2.0
// Passkeys (WebAuthn): log in, step up, register, and approve one event by its own octets.

import { decode, encode } from "./octets.js";

/** Log in by whichever passkey the person has; gives the session. */
export async function logIn() {
  const options = await post("/v1/log-in/passkey/options", {});
  return post("/v1/log-in/passkey", await get(options));
}

/** Prove a fresh factor; gives the session, whose token is a new one. */
export async function stepUp(csrf) {
  const options = await post("/v1/step-up/passkey/options", {}, csrf);
  return post("/v1/step-up/passkey", await get(options), csrf);
}

/** Register a passkey: by an invitation's code, or after a fresh log-in. */
export async function register(code, csrf) {
  const options = await post("/v1/passkeys/options", code ? { code } : {}, csrf);
  return post("/v1/passkeys", await create(options));
}

/** Approve an event: the passkey signs the very octets that the signing key signs. */
export async function approve(signingInput, csrf) {
  const options = await post("/v1/approvals/options", { signing_input: signingInput }, csrf);
  const credential = await get(options);
  return post("/v1/approvals", { signing_input: signingInput, credential }, csrf);
}

/** Give the session that this browser is in, with its token; nothing where there is none. */
export async function session() {
  const answer = await fetch("/v1/session", { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : null;
}

/** What the service refused, with its code. */
export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function post(address, body, csrf) {
  const headers = { "Content-Type": "application/json" };
  if (csrf) headers["Muniment-CSRF"] = csrf;
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Refused(answer.headers.get("Muniment-Problem") ?? "unreachable");
  return answer.json();
}

async function get(options) {
  const allowCredentials = (options.allowCredentials ?? []).map(described);
  const publicKey = { ...options, challenge: decode(options.challenge), allowCredentials };
  const made = await navigator.credentials.get({ publicKey });
  const { authenticatorData, signature, userHandle } = made.response;
  const response = {
    authenticatorData: encode(authenticatorData),
    signature: encode(signature),
    userHandle: userHandle ? encode(userHandle) : null,
  };
  return told(made, response);
}

async function create(options) {
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(described),
  };
  const made = await navigator.credentials.create({ publicKey });
  return told(made, { attestationObject: encode(made.response.attestationObject) });
}

const described = (each) => ({ ...each, id: decode(each.id) });

const told = (made, response) => ({
  id: made.id,
  rawId: encode(made.rawId),
  type: made.type,
  response: { clientDataJSON: encode(made.response.clientDataJSON), ...response },
});
