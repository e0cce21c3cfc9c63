// SPDX-License-Identifier: Apache-2.0
/** The page: files are chosen or dropped, and verified in this browser; nothing is sent anywhere. */

import { N_, StopError } from "../proof/errors.js";
import { canVerify } from "../proof/keys.js";
import { acceptDrops, chosenFiles } from "./drop.js";
import { verifyChoice } from "./input.js";
import { showReport, showStop, showWork } from "./render.js";
import { DATA, datum, element } from "./text.js";

const part = (id) => document.getElementById(id);
const places = { verdict: part("verify-verdict"), report: part("verify-report") };
const inputs = [part("verify-files"), part("verify-folder")];

/** @type {import("./input.js").Chosen[]} */
let dropped = [];

function take(files) {
  dropped = files;
  for (const input of inputs) input.value = "";
  list();
}

function evidence() {
  return dropped.length ? dropped : inputs.flatMap(chosenFiles);
}

/** Name what was chosen, so that it can be seen before it is verified. */
function list() {
  const names = evidence().map((each) => element("li", [datum(each.name)]));
  part("verify-chosen").replaceChildren(...names);
}

const only = (id) => part(id).files[0] ?? null;

/** Verify what is chosen now. */
async function verify() {
  showWork(places);
  try {
    if (!(await canVerify())) throw tooOld();
    const choice = {
      evidence: evidence(),
      trust: only("verify-trust"),
      policy: only("verify-policy"),
      saved: only("verify-saved"),
      assumeTrust: part("verify-assume").checked,
    };
    showReport(places, await verifyChoice(choice, DATA.catalogue));
  } catch (error) {
    showStop(places, error instanceof StopError ? error : failure());
    if (!(error instanceof StopError)) throw error;
  }
}

const tooOld = () =>
  new StopError(
    "unusable",
    "browser",
    N_("This browser cannot verify Ed25519 signatures; use a newer one, or muniment-verify."),
  );
const failure = () =>
  new StopError(
    "incomplete",
    "internal",
    N_("The verification broke off; use muniment-verify, and report this to the keeper."),
  );

for (const input of inputs) {
  input.addEventListener("change", () => {
    dropped = [];
    for (const other of inputs) if (other !== input) other.value = "";
    list();
  });
}
acceptDrops(part("verify-drop"), take);
part("verify-form").addEventListener("submit", (event) => {
  event.preventDefault();
  verify();
});
part("verify-form").hidden = false;
