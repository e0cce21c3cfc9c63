// SPDX-License-Identifier: Apache-2.0
// Endorsing a draft as its second person: shows the act, and signs the digest of just that text.

import { findKey, signWith } from "./keys.js";
import { decode, digest, encode, octetsOf } from "./octets.js";

const HALF_OCTETS = 32;
const form = document.querySelector("form[data-endorse]");
const act = document.querySelector("[data-exact]").textContent;
let chosen = null; // the input that waits for a key which is in this browser

await begin();

async function begin() {
  for (const input of form.querySelectorAll("input[data-kid]")) {
    if (!(await isOfAct(input.value))) return show("changed");
    if (!chosen && (await findKey(input.dataset.kid))) chosen = input;
  }
  if (!chosen) return show("no-key");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    endorse().catch(() => show("ready", "given-up"));
  });
  return show("ready");
}

async function isOfAct(input) {
  const claims = JSON.parse(new TextDecoder().decode(decode(input.split(".")[1])));
  return claims.act === (await digest(octetsOf(act)));
}

async function endorse() {
  const signature = await signWith(await findKey(chosen.dataset.kid), octetsOf(chosen.value));
  const [r, s] = [signature.slice(0, HALF_OCTETS), signature.slice(HALF_OCTETS)].map(encode);
  const draft = JSON.parse(form.elements.draft.value);
  const earlier = draft.dat.endorsements ?? [];
  draft.dat.endorsements = [...earlier, { kid: chosen.dataset.kid, r, s }];
  const text = JSON.stringify(draft);
  document.querySelector("#endorsed").value = text;
  const file = new Blob([text], { type: "application/json" });
  document.querySelector("#saved").href = URL.createObjectURL(file);
  show("done");
}

function show(...names) {
  for (const each of document.querySelectorAll("[data-shown]")) {
    each.hidden = !names.includes(each.dataset.shown);
  }
}
