// SPDX-License-Identifier: Apache-2.0
// Making a key in this browser and asking for its enrolment; and telling which keys are here.

import { findKey, makeKey, provePossession, removeKey } from "./keys.js";

const form = document.querySelector("form[data-enrol]");

for (const each of document.querySelectorAll("[data-kid]")) {
  each.hidden = !(await findKey(each.dataset.kid));
}

if (form) {
  form.hidden = !window.isSecureContext || !window.indexedDB;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") ask();
  });
}

async function ask() {
  form.setAttribute("aria-busy", "true");
  const { aud, authority, jti, nonce, officer } = form.dataset;
  const made = await makeKey(officer);
  try {
    const pop = await provePossession(made.kid, { aud, iss: authority, jti, nonce });
    const request = { ...made, pop, aud, authority, officer };
    form.elements.request.value = JSON.stringify(request);
    form.submit();
  } catch (error) {
    await removeKey(made.kid); // nobody would ever know it
    form.removeAttribute("aria-busy");
    throw error;
  }
}
