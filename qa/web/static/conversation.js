// The conversation: its address, the list of those that are kept, and what can be done with an answer.

import { addressOf, announce, ask, box, complain, conversation, element, elementsOf, find, findAll, library, tell } from "./dom.js";
import { documentsLeftOut } from "./library.js";
import { offerUndo } from "./undo.js";

const WAIT_MS = 1500; // it takes a fifth of that
const MOST_TRIES = 5;

let running = false;
let sure = 0;
let lastState = "";
let opened = conversation();
let asked = false; // something, of what is open now, that the server has not told of yet
let answers = 0;

const isOn = (what) => Boolean(find(`#hint .${what}-switch input`)?.checked);
const context = () => ({
  library: library(), conversation: conversation(), left_out: documentsLeftOut(),
  write: isOn("write"), rewrite: isOn("rewrite"),
});
window.qaContext = (isAsking) => {
  asked ||= isAsking === true;
  return JSON.stringify(context());
};

function askAgain(question, more = {}) {
  if (running || !question) return;
  asked = true;
  window.qaTrigger?.("ask", { ...context(), question, ...more });
}

export function openConversation(id, { isNew = true } = {}) {
  if (isNew) history.pushState(null, "", addressOf(id));
  opened = id;
  asked = running = false;
  window.qaTrigger?.("reopen", { library: library(), conversation: id });
  markCurrent();
  makeSure();
}

/** Ask again for a conversation that does not come: Gradio can lose what is sent while its parts are being made. */
function makeSure(tries = MOST_TRIES) {
  const id = opened;
  clearTimeout(sure);
  if (!tries) return;
  sure = setTimeout(() => {
    const shown = find("#bridge .state")?.dataset.conversation; // "" if there is none of this address
    const isThere = id ? shown === "" || (shown === id && find("#conversation .question")) : !shown;
    if (id !== opened || running || asked || isThere) return;
    window.qaTrigger?.("reopen", { library: library(), conversation: id });
    makeSure(tries - 1);
  }, WAIT_MS);
}

/** Follow what the server says of the conversation: which it is, and whether an answer is being waited for. */
export function followState() {
  const state = find("#bridge .state");
  if (!state) return;
  announceAnswer();
  const { conversation: id, running: isRunning } = state.dataset;
  if (`${id} ${isRunning}` === lastState) return;
  lastState = `${id} ${isRunning}`;
  const isLate = id !== opened && !asked; // told of what was opened before, of which an answer may still be coming
  running = Boolean(isRunning) && !isLate;
  if (isLate) makeSure();
  else if (id && id !== opened) {
    history.replaceState(null, "", addressOf(id) + location.hash);
    opened = id;
  }
  if (!isLate) asked = false;
  find("#conversation [role=log]")?.setAttribute("aria-busy", String(running));
  showConversations();
}

/** Say what has come of a question, once. */
function announceAnswer() {
  const all = findAll("#conversation .answer");
  const isOneMore = all.length === answers + 1;
  answers = all.length;
  if (!isOneMore) return;
  const answer = all.at(-1);
  const quotes = findAll(".quote", answer).length;
  if (answer.matches(".refusal")) announce("Not found in your documents.");
  else if (quotes) announce(`Answered with ${quotes} ${quotes === 1 ? "quote" : "quotes"}.`);
}

export async function showConversations() {
  const reply = await ask("conversations", { c: conversation() });
  if (reply.ok) find(".history-list")?.replaceChildren(...elementsOf(reply.text));
  markCurrent();
}

function markCurrent() {
  const id = conversation();
  for (const link of findAll(".conversations a")) {
    if (link.closest("li").dataset.id === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const menu = find("#top .export");
  menu.hidden = !id;
  for (const link of findAll("a", menu)) {
    const query = library() ? `?${new URLSearchParams({ library: library() })}` : "";
    link.href = `./conversations/${encodeURIComponent(id)}/export.${link.dataset.suffix}${query}`;
  }
}

async function deleteConversation(row) {
  const { id } = row.dataset;
  const reply = await tell("conversations/delete", { conversation: id });
  if (!reply.ok) return complain(reply.text);
  if (id === conversation()) openConversation("");
  await showConversations();
  offerUndo(`Deleted “${reply.text}”`, "conversations/restore", { conversation: id }, showConversations);
  (find(".conversations .delete") ?? box())?.focus();
}

function renameConversation(row) {
  const link = find("a", row);
  const input = element("input", { "aria-label": "New name of this conversation", maxlength: "200", dir: "auto" });
  input.value = link.textContent;
  row.replaceChildren(input);
  input.select();
  let isDone = false;
  const finish = async (isKept) => {
    if (isDone) return;
    isDone = true;
    if (isKept) {
      const reply = await tell("conversations/rename", { conversation: row.dataset.id, title: input.value });
      if (!reply.ok) complain(reply.text);
    }
    await showConversations();
    find(`.conversations li[data-id="${CSS.escape(row.dataset.id)}"] .rename`)?.focus();
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") finish(true);
    else if (event.key === "Escape") finish(false);
    if (["Enter", "Escape"].includes(event.key)) event.stopPropagation();
  });
  input.addEventListener("blur", () => finish(true));
}

// Of an answer

async function rate(button) {
  const isChosen = button.classList.contains("chosen");
  const rating = isChosen ? 0 : button.classList.contains("up") ? 1 : -1;
  const reply = await tell("conversations/rate", { turn: button.value, rating });
  if (!reply.ok) return complain(reply.text);
  for (const one of findAll(".rate", button.parentElement)) one.classList.toggle("chosen", one === button && !isChosen);
  announce(isChosen ? "Rating taken back" : "Rating kept");
  markRatings();
}

/** Tell screen readers which ratings are chosen: Gradio lets no such attribute through. */
export function markRatings() {
  for (const button of findAll("#conversation .rate")) {
    const isChosen = String(button.classList.contains("chosen"));
    if (button.getAttribute("aria-pressed") !== isChosen) button.setAttribute("aria-pressed", isChosen);
  }
}

async function copy(words, button, what) {
  if (navigator.clipboard) await navigator.clipboard.writeText(words);
  else copyWithoutClipboard(words);
  announce(`${what} copied`);
  button.classList.add("done");
  if (button.matches(".copy-answer, .copy-link")) {
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = before === "Copied" ? "Copy answer" : before), 2000);
  }
  setTimeout(() => button.classList.remove("done"), 2000);
}

function copyWithoutClipboard(words) {
  // A page that is not on this machine and has no certificate gets no clipboard.
  const area = document.body.appendChild(document.createElement("textarea"));
  area.value = words;
  area.select();
  document.execCommand("copy");
  area.remove();
}

const questionOf = (part) => {
  let row = part.closest(".message-row");
  while (row && !find(".question", row)) row = row.previousElementSibling;
  return row ? find(".question", row).textContent : "";
};

function edit(question) {
  const area = box();
  area.value = question;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

const ACTIONS = [
  ["#conversation .rate", rate],
  ["#conversation .copy-answer", (button) => copy(find(":scope > .copied", button.closest(".answer")).textContent, button, "Answer")],
  ["#conversation .copy", (button) => copy(button.nextElementSibling.textContent, button, "Quote")],
  ["#view .copy-link", (button) => copy(location.href, button, "Link")],
  ["#conversation .again", (button) => askAgain(questionOf(button))],
  ["#conversation .edit", (button) => edit(questionOf(button))],
  ["#conversation .change-search", (button) => edit(find(".searched-question", button.parentElement).textContent)],
  ["#conversation .as-asked", (button) => askAgain(questionOf(button), { as_asked: true })],
  ["#conversation .follow-up", (button) => askAgain(button.textContent)],
  [".conversations .rename", (button) => renameConversation(button.closest("li"))],
  [".conversations .delete", (button) => deleteConversation(button.closest("li"))],
];

export function startConversation() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".conversations a");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openConversation(link.closest("li").dataset.id);
      document.body.classList.remove("lib-open");
      dispatchEvent(new Event("qa-panels"));
      return;
    }
    for (const [selector, act] of ACTIONS) {
      const button = event.target.closest?.(selector);
      if (button) return act(button);
    }
  });
  // Back and forward: held against what was asked for, since what is shown may still be on its way.
  addEventListener("popstate", () => {
    if (conversation() !== opened) openConversation(conversation(), { isNew: false });
  });
  showConversations();
  makeSure();
}
