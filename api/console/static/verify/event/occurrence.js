// SPDX-License-Identifier: Apache-2.0
/** When something happened, with the precision that is known and no more (`occ`, section 4.3). */

const FORM = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)Z)?)?)?$/;
const BEGINNING = -(2 ** 53);

/**
 * Give the first second at which something may have happened.
 * @param {string} text An instant, a day, a month, a year or `unknown`.
 * @returns {number | null} Unix seconds; nothing for another form, or a day that does not exist.
 */
export function earliest(text) {
  if (text === "unknown") return BEGINNING;
  const found = FORM.exec(text);
  if (found === null) return null;
  const parts = found.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const same =
    year >= 1 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return same ? date.getTime() / 1000 : null;
}
