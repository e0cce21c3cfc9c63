// SPDX-License-Identifier: Apache-2.0
/** The report as a person reads it: the verdict, every check, what is shown, what to compare. */

import { N_ } from "../proof/errors.js";
import { datum, element, NAMES, phrase, SIGNS, translated, WORDS } from "./text.js";

const VERDICTS = {
  ok: N_("OK: every check that was made holds. What was not checked is listed below."),
  violated: N_("Failed: this evidence contradicts itself, or the keys that you trust."),
  incomplete: N_("Incomplete: nothing is contradicted, but it is not enough to conclude."),
  unusable: N_("Nothing was verified: these files cannot be read as evidence."),
};
const KINDS = {
  ok: "good",
  checkpointed: "good",
  witnessed: "good",
  failed: "bad",
  assumed: "warn",
  signed: "warn",
  chained: "warn",
  unproved: "warn",
  "not checked": "plain",
};
const ASSUMED = N_("The keys were assumed: they came with the evidence.");
const STATE = N_("Proof state: %(state)s.");
const FIRST = N_("First failing check: %(check)s.");

/** Show that work goes on. */
export function showWork(places) {
  places.verdict.replaceChildren(...phrase(N_("Verifying…")));
  places.verdict.dataset.result = "";
  places.report.hidden = true;
}

/**
 * Show why nothing could be concluded.
 * @param {{verdict: HTMLElement, report: HTMLElement}} places
 * @param {import("../proof/errors.js").StopError} error
 */
export function showStop({ verdict, report }, error) {
  verdict.dataset.result = error.result;
  verdict.dataset.code = error.code;
  const said = element("span", phrase(error.sentence, error.values));
  verdict.replaceChildren(element("strong", phrase(VERDICTS[error.result])), " ", said);
  report.hidden = true;
}

/**
 * Show a report.
 * @param {{verdict: HTMLElement, report: HTMLElement}} places
 * @param {import("../report/book.js").Report} report
 */
export function showReport({ verdict, report: place }, report) {
  verdict.dataset.result = report.result;
  verdict.dataset.code = report.first?.code ?? "";
  verdict.replaceChildren(...headline(report));
  const parts = [
    element("h2", phrase(N_("What was shown"))),
    facts(report),
    ...(report.entries.length ? [entriesTable(report.entries)] : []),
    element("h2", phrase(N_("Checks"))),
    checkList(report.checks),
    ...compareList(report.compare),
  ];
  place.replaceChildren(...parts);
  place.hidden = false;
}

function headline(report) {
  const said = [element("strong", phrase(VERDICTS[report.result]))];
  if (report.checks.some((each) => each.state === "assumed")) said.push(" ", ...phrase(ASSUMED));
  if (report.first) said.push(" ", ...whatFailed(report.first));
  const [before, after] = translated(STATE).split("%(state)s");
  said.push(" ", element("span", [before, tag(report.state), after ?? ""], "state"));
  return said;
}

function whatFailed(first) {
  const [before, after] = translated(FIRST).split("%(check)s");
  const name = translated(NAMES[first.check]);
  return [before, name, after ?? "", " ", ...told(first), " (", datum(first.code), ")"];
}

/** A finding with the place that it is about. */
function told({ index, about, sentence, values }) {
  const place = index === undefined ? [] : phrase(N_("Index %(index)s: "), { index });
  const event = about ? [datum(about), ": "] : [];
  return [...place, ...event, ...phrase(sentence, values)];
}

function facts(report) {
  const rows = [
    [N_("Kind"), phrase(report.subject === "bundle" ? N_("Bundle of one firearm") : N_("Receipt"))],
    [N_("About"), [datum(report.about ?? "")]],
    [N_("Ledger"), [datum(report.ledger)]],
    [N_("Log"), [datum(report.origin)]],
  ];
  const pairs = rows.flatMap(([name, value]) => [element("dt", phrase(name)), element("dd", value)]);
  return element("dl", pairs);
}

function entriesTable(entries) {
  const rows = entries.map(({ index, seq, evt, occ, kid, state }) => [
    [datum(index)], [datum(seq)], [datum(evt)], [datum(occ)], [datum(kid)], [tag(state)],
  ]);
  const heads = [N_("Index"), N_("No."), N_("Event"), N_("When"), N_("Signed by key"), N_("State")];
  return table(N_("Events of the firearm, as signed"), heads, rows);
}

function checkList(checks) {
  const lines = checks.map(({ name, state, sentence, values }) => {
    const parts = [element("strong", phrase(NAMES[name])), tag(state), element("span", phrase(sentence, values))];
    const line = element("li", parts);
    Object.assign(line.dataset, { check: name, state });
    return line;
  });
  const list = element("ul", lines, "plain verify-checks");
  list.role = "list";
  return list;
}

function table(caption, heads, rows) {
  const head = element("tr", heads.map((each) => element("th", phrase(each))));
  for (const cell of head.children) cell.scope = "col";
  const body = rows.map((row) => {
    const [first, ...cells] = row;
    const line = element("tr", [element("th", first), ...cells.map((each) => element("td", each))]);
    line.firstChild.scope = "row";
    return line;
  });
  const parts = [element("caption", phrase(caption)), element("thead", [head]), element("tbody", body)];
  const scroller = element("div", [element("table", parts)], "scroll");
  Object.assign(scroller, { tabIndex: 0, role: "region", ariaLabel: translated(caption) });
  return scroller;
}

function compareList(compare) {
  if (!compare.length) return [];
  const lines = compare.map((each) => element("li", [element("code", [datum(each)])]));
  const why = N_("Compare these with the keeper of the ledger by another way, on paper or by telephone:");
  return [element("h2", phrase(N_("Compare the keys"))), element("p", phrase(why)), element("ul", lines)];
}

function tag(state) {
  const sign = element("span", [SIGNS[state]], "sign");
  sign.ariaHidden = "true";
  const made = element("span", [sign, " ", ...phrase(WORDS[state])], `tag tag-${KINDS[state]}`);
  made.dataset.state = state;
  return made;
}
