// SPDX-License-Identifier: Apache-2.0
/** Files and folders that are dropped, or chosen, with their paths. */

/**
 * Give the files of an input, folders included.
 * @param {HTMLInputElement} input
 * @returns {import("./input.js").Chosen[]}
 */
export function chosenFiles(input) {
  return Array.from(input.files ?? [], (file) => ({ name: file.webkitRelativePath || file.name, file }));
}

/**
 * Let files and folders be dropped on an element.
 * @param {HTMLElement} target
 * @param {(files: import("./input.js").Chosen[]) => void} take
 */
export function acceptDrops(target, take) {
  const mark = (event, isOver) => {
    event.preventDefault();
    target.classList.toggle("over", isOver);
  };
  target.addEventListener("dragover", (event) => mark(event, true));
  target.addEventListener("dragleave", (event) => mark(event, false));
  target.addEventListener("drop", async (event) => {
    mark(event, false);
    const { items, files } = event.dataTransfer;
    // The entries have to be asked for before the event ends.
    const entries = Array.from(items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = await Promise.all(entries.map(filesUnder));
    take(entries.length ? found.flat() : Array.from(files, (file) => ({ name: file.name, file })));
  });
}

async function filesUnder(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ name: entry.fullPath.slice(1), file }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length) return found;
    found.push(...(await Promise.all(batch.map(filesUnder))).flat());
  }
}
