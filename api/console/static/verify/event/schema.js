// SPDX-License-Identifier: Apache-2.0
/**
 * The closed schemas of event data: the part of JSON Schema in which the catalogue gives them.
 *
 * The registry's events are checked by it, since they say who may sign. The catalogue carries no
 * other schema, so of other events only what holds for every event is looked at.
 */

import { isObject } from "../proof/json.js";

/**
 * Tell whether a value fits a schema.
 * @param {Record<string, unknown>} schema
 * @param {unknown} value Strict JSON.
 * @param {Record<string, Record<string, unknown>>} definitions What references lead to.
 * @returns {boolean}
 */
export function fits(schema, value, definitions) {
  if (schema.$ref) return fits(definitions[schema.$ref.split("/").at(-1)], value, definitions);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.some((each) => fits(each, value, definitions));
  if ("const" in schema && value !== schema.const) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  return TYPES[schema.type](schema, value, definitions);
}

const TYPES = {
  string: (schema, value) => typeof value === "string" && fitsText(schema, value),
  boolean: (_, value) => typeof value === "boolean",
  integer: (schema, value) =>
    Number.isSafeInteger(value) &&
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity),
  array: (schema, value, definitions) =>
    Array.isArray(value) &&
    value.length >= (schema.minItems ?? 0) &&
    value.length <= (schema.maxItems ?? Infinity) &&
    value.every((each) => fits(schema.items, each, definitions)),
  object: (schema, value, definitions) =>
    isObject(value) &&
    (schema.required ?? []).every((name) => name in value) &&
    Object.entries(value).every(
      ([name, each]) =>
        Object.hasOwn(schema.properties, name) && fits(schema.properties[name], each, definitions),
    ),
};

const patterns = new Map();

function fitsText(schema, text) {
  const length = [...text].length;
  if (length < (schema.minLength ?? 0) || length > (schema.maxLength ?? Infinity)) return false;
  if (!schema.pattern) return true;
  if (!patterns.has(schema.pattern)) patterns.set(schema.pattern, new RegExp(schema.pattern, "u"));
  return patterns.get(schema.pattern).test(text);
}
