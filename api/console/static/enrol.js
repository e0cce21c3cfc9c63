// SPDX-License-Identifier: Apache-2.0
// Making a key in this browser and asking for its enrolment; and telling which keys are here.

import { findKey, makeKey, provePossession, removeKey } from "./keys.js";

const form = document.querySelector("form[data-enrol]");
const able = window.isSecureContext && Boolean(window.indexedDB);

for (const each of document.querySelectorAll("[data-scriptless]")) each.hidden = true;

if (form) {
  form.hidden = !able;
  document.querySelector("[data-no-keys]").hidden = able;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") ask();
  });
}

for (const each of able ? document.querySelectorAll("[data-kid]") : []) {
  each.hidden = !(await findKey(each.dataset.kid));
}

async function ask() {
  form.setAttribute("aria-busy", "true");
  let made = null;
  try {
    const { aud, jti, nonce, officer } = form.dataset;
    const authority = form.dataset.authority ?? form.elements.authority.value;
    made = await makeKey(officer ?? "");
    const pop = await provePossession(made.kid, { aud, iss: authority, jti, nonce });
    const known = officer ? { officer } : {};
    send(JSON.stringify({ ...made, pop, aud, authority, ...known }));
  } catch {
    if (made) await removeKey(made.kid); // nobody would ever know it
    form.removeAttribute("aria-busy");
    form.querySelector("[data-failed]").hidden = false;
  }
}

function send(request) {
  form.elements.request.value = request;
  if ("handOver" in form.dataset) form.querySelector("[data-handed]").hidden = false;
  else form.submit();
}
