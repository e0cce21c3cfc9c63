// SPDX-License-Identifier: Apache-2.0
// Signing one event: reads it out of the octets themselves, shows it, and signs just these.

import { findKey, signWith } from "./keys.js";
import { decode, digest, encode, octetsOf } from "./octets.js";
import { Refused, approve, session, stepUp } from "./passkey.js";

const MARGIN_SECONDS = 20; // a step-up that is about to end is no help

const form = document.querySelector("form[data-sign]");
const fields = form.elements;
const exact = document.querySelector("[data-exact]");

await begin();

async function begin() {
  // Whoever comes back by the browser's button is led to the receipt, instead of sending the
  // questions once more, which would make another event.
  history.replaceState(null, "", `/sign/${payload().jti}`);
  if (!(await isWhole())) return show("changed");
  if (!window.isSecureContext || !window.indexedDB) return show("unsupported");
  if (await findKey(fields.kid.value)) return ready();
  for (const kid of form.dataset.keys.split(" ").filter(Boolean)) {
    if (await findKey(kid)) return prepareFor(kid);
  }
  return show("no-key");
}

function ready() {
  show("ready");
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "again") return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") perform();
  });
  // A browser may also bring the page back as it was: signed again it is the same event.
  window.addEventListener("pageshow", () => form.removeAttribute("aria-busy"));
}

async function perform() {
  form.setAttribute("aria-busy", "true");
  show("ready", "working");
  try {
    if (isOld()) return prepareFor(fields.kid.value);
    await freshen();
    if (form.dataset.approve) await approve(fields.signing_input.value, fields.csrf.value);
    fields.signature.value = encode(await signature());
    form.submit();
  } catch (error) {
    form.removeAttribute("aria-busy");
    show("ready", error instanceof Refused ? "refused" : "given-up");
  }
}

async function signature() {
  performance.mark("sign");
  const key = await findKey(fields.kid.value);
  const made = await signWith(key, octetsOf(fields.signing_input.value));
  performance.measure("muniment-sign", "sign");
  return made;
}

// The page carries a token and a moment of its own, but another page may have stepped up since.
async function freshen() {
  const now = Date.now() / 1000;
  let known = await session();
  if (known && !(known.stepped_up_until > now + MARGIN_SECONDS)) known = await stepUp(known.csrf);
  if (known) fields.csrf.value = known.csrf;
}

function isOld() {
  return Date.now() / 1000 - payload().iat > Number(form.dataset.fresh);
}

// Nothing but time and place of the event is made anew; the page comes back to be looked at.
function prepareFor(kid) {
  fields.kid.value = kid;
  form.querySelector("button[name=again]").click();
}

// The text on the page has to be the text that is signed, and each disclosure one of its digests.
async function isWhole() {
  const text = new TextDecoder().decode(decode(fields.signing_input.value.split(".")[1]));
  const given = fields.disclosures.value.split("~").filter(Boolean);
  const digests = await Promise.all(given.map((each) => digest(octetsOf(each))));
  const bound = digests.every((each) => payload()._sd.includes(each));
  return exact.textContent === text && bound && sameClaims(given);
}

function sameClaims(given) {
  const shown = [...document.querySelectorAll("[data-claim]")];
  const stated = given.map((each) => JSON.parse(new TextDecoder().decode(decode(each))));
  const found = new Map(stated.map(([, name, value]) => [name, String(value)]));
  const fits = (each) => found.get(each.dataset.claim) === each.textContent;
  return shown.length === found.size && shown.every(fits);
}

function payload() {
  return JSON.parse(new TextDecoder().decode(decode(fields.signing_input.value.split(".")[1])));
}

function show(...names) {
  for (const each of document.querySelectorAll("[data-shown]")) {
    each.hidden = !names.includes(each.dataset.shown);
  }
}
