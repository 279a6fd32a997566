// The library panel: the list with its ticks, search and order; removal; other libraries.

import { announce, ask, complain, element, elementsOf, find, findAll, library, tell } from "./dom.js";
import { offerUndo } from "./undo.js";

const FEW = 2; // a shorter list needs no tools
const memory = () => `qa-left-out:${library()}`;
let leftOut = new Set();

/** The ids of the documents that are not to be quoted. */
export const documentsLeftOut = () => [...leftOut];

export async function showDocuments() {
  const list = find(".list");
  if (!list) return;
  const reply = await ask("library/documents");
  const focused = document.activeElement?.closest?.(".list li")?.dataset.id;
  const kind = document.activeElement?.className;
  if (reply.ok) list.replaceChildren(...elementsOf(reply.text));
  else list.replaceChildren(element("p", { class: "reason", role: "alert" }, reply.text));
  forgetGone();
  arrange();
  if (focused && kind) find(`li[data-id="${focused}"] .${kind.split(" ")[0]}`, list)?.focus();
}

function forgetGone() {
  const there = new Set(rows().map((row) => Number(row.dataset.id)));
  leftOut = new Set([...leftOut].filter((id) => there.has(id)));
}

const rows = () => findAll(".documents li");

/** Put the list in the chosen order, hide what is not searched for, and set the ticks. */
function arrange() {
  const order = find(".sort").value;
  const wanted = find(".search").value.trim().toLocaleLowerCase();
  const nameOf = (row) => find(".document", row).textContent;
  const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
  const sorted = rows().sort((one, other) => {
    if (order === "added" && one.dataset.added !== other.dataset.added) return one.dataset.added < other.dataset.added ? 1 : -1;
    if (order === "format" && one.dataset.format !== other.dataset.format) return compare(one.dataset.format, other.dataset.format);
    return compare(nameOf(one), nameOf(other));
  });
  find(".documents")?.append(...sorted);
  for (const row of sorted) {
    row.hidden = !nameOf(row).toLocaleLowerCase().includes(wanted);
    find(".use", row).checked = !leftOut.has(Number(row.dataset.id));
    row.classList.toggle("left-out", leftOut.has(Number(row.dataset.id)));
  }
  find(".list-tools").hidden = sorted.length <= FEW;
  showCount(sorted, wanted);
}

function showCount(all, wanted) {
  const used = all.length - leftOut.size;
  const matching = all.filter((row) => !row.hidden).length;
  const use = leftOut.size ? `${used} of ${all.length} in use` : all.length ? String(all.length) : "";
  find("#lib .count").textContent = wanted ? `${matching} found` : use;
  const every = find(".use-all");
  every.checked = used === all.length;
  every.indeterminate = used > 0 && used < all.length;
}

function keepTicks() {
  sessionStorage.setItem(memory(), JSON.stringify([...leftOut]));
  arrange();
}

function useDocument(id, isUsed) {
  if (isUsed) leftOut.delete(id);
  else leftOut.add(id);
  keepTicks();
}

function useAll(isUsed) {
  for (const row of rows().filter((one) => !one.hidden)) {
    if (isUsed) leftOut.delete(Number(row.dataset.id));
    else leftOut.add(Number(row.dataset.id));
  }
  keepTicks();
}

async function removeDocument(button) {
  const row = button.closest("li");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const reply = await tell("library/remove", { document: button.value });
  if (!reply.ok) return complain(reply.text);
  const id = Number(button.value);
  leftOut.delete(id);
  await refresh();
  if (!reply.text) return announce("It was gone already.");
  offerUndo(`Removed ${reply.text}`, "library/restore", { document: id }, refresh);
  (next && find(`li[data-id="${next.dataset.id}"] .remove`) ? find(`li[data-id="${next.dataset.id}"] .remove`) : find(".add-files"))?.focus();
}

/** Show what is there now, and what may be asked of it. */
async function refresh() {
  await showDocuments();
  window.qaTrigger?.("suggest");
}

// Other libraries

async function showLibraries() {
  const menu = find(".switch .pop-box");
  const reply = await ask("libraries");
  menu.replaceChildren(...(reply.ok ? elementsOf(reply.text) : [element("p", { class: "reason" }, reply.text)]));
}

async function makeLibrary(form) {
  const reply = await tell("libraries", { name: form.elements.name.value });
  if (reply.ok) location.assign(reply.text);
  else find(".reason", form).textContent = reply.text;
}

export function startLibrary() {
  try {
    leftOut = new Set(JSON.parse(sessionStorage.getItem(memory()) ?? "[]"));
  } catch {
    leftOut = new Set(); // what is kept there is none of ours
  }
  if (library()) find("#top .library").textContent = library();
  find(".switch").addEventListener("toggle", (event) => event.target.open && showLibraries());
  const panel = find("#lib");
  panel.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches(".use")) useDocument(Number(input.value), input.checked);
    else if (input.matches(".use-all")) useAll(input.checked);
    else if (input.matches(".sort")) arrange();
  });
  panel.addEventListener("input", (event) => event.target.matches(".search") && arrange());
  panel.addEventListener("click", (event) => {
    const button = event.target.closest(".list .remove");
    if (button) removeDocument(button);
  });
  find("#top").addEventListener("click", async (event) => {
    if (!event.target.closest(".sign-out")) return;
    await tell("signout", {});
    location.assign("./signin");
  });
  find("#top").addEventListener("submit", (event) => {
    event.preventDefault();
    makeLibrary(event.target);
  });
  showDocuments();
}
