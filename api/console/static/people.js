// SPDX-License-Identifier: Apache-2.0
// Log-in, step-up and registration: each form names what its button does.

import { Refused, logIn, register, stepUp } from "./passkey.js";

const DOES = {
  "log-in": () => logIn(),
  "step-up": (form) => stepUp(form.elements.csrf.value),
  register: (form) => register(form.elements.code?.value.trim(), form.elements.csrf?.value),
};

for (const each of document.querySelectorAll("[data-scriptless]")) each.hidden = true;

for (const form of document.querySelectorAll("form[data-ceremony]")) {
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") perform(form);
  });
}

// An invitation may come as a link: what stands behind the # is never sent to anybody.
const code = document.querySelector("form[data-ceremony=register] [name=code]");
if (code && location.hash.length > 1) {
  code.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}

for (const each of document.querySelectorAll("[data-without-passkeys]")) {
  each.hidden = Boolean(window.PublicKeyCredential);
}

async function perform(form) {
  form.setAttribute("aria-busy", "true");
  say(form, "");
  try {
    await DOES[form.dataset.ceremony](form);
    location.assign(form.dataset.next);
  } catch (error) {
    say(form, error instanceof Refused ? error.code : "given_up");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

// Every sentence stands in the page, in the reader's language; here one of them is shown.
function say(form, code) {
  const sentences = [...form.querySelectorAll("[data-said]")];
  const known = sentences.some((each) => each.dataset.said === code);
  for (const each of sentences) {
    each.hidden = !code || each.dataset.said !== (known ? code : "other");
  }
}
