// Checking a draft: it is pasted, chosen or dropped, sent as it is, and shown with what was found of its claims.

import { ask, box, elementsOf, find, findAll } from "./dom.js";

const MAX_BYTES = 5_000_000;
const KEPT = "qa-draft"; // for this tab only, until the check is closed
const MAX_KEPT_CHARS = 500_000;

let latest = 0; // only what came of the last draft is shown

export const isDrafting = () => document.body.classList.contains("drafting");

export function openDraft() {
  document.body.classList.add("drafting");
  document.body.classList.remove("lib-open");
  const area = find(".draft-text");
  if (find(".draft-form").hidden) find(".draft-summary")?.focus();
  else area.focus();
}

export function closeDraft({ keepFocus = false } = {}) {
  if (!isDrafting()) return;
  latest += 1;
  document.body.classList.remove("drafting");
  sessionStorage.removeItem(KEPT);
  find(".draft-text").value = "";
  showForm();
  if (!keepFocus) (find("#top .check-draft")?.checkVisibility() ? find("#top .check-draft") : box())?.focus();
}

function showForm() {
  find(".draft-form").hidden = false;
  find(".draft-result").hidden = true;
  find(".draft-outcome").replaceChildren();
  say("");
}

function say(words, isWrong = false) {
  const state = find(".draft-state");
  state.textContent = words;
  state.classList.toggle("wrong", isWrong);
}

function keep() {
  const words = find(".draft-text").value;
  if (words && words.length <= MAX_KEPT_CHARS) sessionStorage.setItem(KEPT, words);
  else sessionStorage.removeItem(KEPT);
}

/** Have a file checked, or pasted words, which may hold Markdown. */
export async function checkFile(file, name) {
  openDraft();
  showForm();
  if (file.size > MAX_BYTES) return say("Cannot check this draft: it is larger than 5 MB. Check it in parts.", true);
  const turn = ++latest;
  find(".draft-check").disabled = true;
  say(`Checking ${name || "your draft"}…`);
  const reply = await ask("draft", { name: name || "draft.md" }, { method: "PUT", body: file });
  find(".draft-check").disabled = false;
  if (turn !== latest) return;
  if (!reply.ok) return say(reply.text, true);
  say("");
  find(".draft-outcome").replaceChildren(...elementsOf(reply.text));
  find(".draft-name").textContent = name;
  find(".draft-form").hidden = true;
  find(".draft-result").hidden = false;
  find(".draft").scrollTop = 0;
  find(".draft-summary").focus();
}

function checkPasted() {
  const words = find(".draft-text").value;
  if (!words.trim()) return say("There is nothing to check yet: paste your draft first.", true);
  checkFile(new Blob([words]), "");
}

/** Go to a claim from the draft, or back. No link does so by its address, which is that of a document. */
function follow(link) {
  const place = find(link.getAttribute("href"));
  for (const one of findAll(".draft .chosen")) one.classList.remove("chosen");
  place.classList.add("chosen");
  const target = place.matches("mark") ? tagOf(place) : place;
  target.focus({ preventScroll: true });
  place.scrollIntoView({ block: "center" });
}

const tagOf = (mark) => find(`.ruling-tag[href="#claim-${mark.id.replace("in-draft-", "")}"]`);

export function startDraft() {
  const panel = find("#draft");
  find("#top .check-draft").addEventListener("click", openDraft);
  panel.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    const link = on(".ruling-tag, .in-draft");
    if (link) {
      event.preventDefault();
      follow(link);
    } else if (on(".draft-close")) closeDraft();
    else if (on(".draft-pick")) find(".draft-file").click();
    else if (on(".draft-change")) {
      showForm();
      find(".draft-text").focus();
    } else if (on(".claim") && getSelection().isCollapsed) follow(tagOf(on(".claim")));
  });
  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    checkPasted();
  });
  find(".draft-text").addEventListener("input", keep);
  find(".draft-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) checkPasted();
  });
  find(".draft-file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (file) checkFile(file, file.name);
    event.target.value = "";
  });
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return;
  find(".draft-text").value = kept;
  openDraft();
}
