// SPDX-License-Identifier: Apache-2.0
// Octets and the texts that stand for them: base64url without padding, and SHA-256.

export const octetsOf = (text) => new TextEncoder().encode(text);

export function encode(octets) {
  let text = "";
  for (const each of new Uint8Array(octets)) text += String.fromCharCode(each);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function decode(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}

export async function digest(octets) {
  return encode(await crypto.subtle.digest("SHA-256", octets));
}
