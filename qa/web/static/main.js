// What Gradio has no part for. It tells this script of answers by changing the page, and is told of questions through
// `window.qaTrigger`, which it makes.

import { startAdding } from "./adding.js";
import { followState, markRatings, openConversation, startConversation } from "./conversation.js";
import { closeDraft, isDrafting, startDraft } from "./draft.js";
import { box, find, findAll, narrow } from "./dom.js";
import { startLibrary } from "./library.js";
import { settlePanels, toggleDrawer } from "./panels.js";
import { closeViewer, isOpen, markOpenLinks, openFrom, startViewer, step } from "./viewer.js";

let isStarted = false;
let questions = 0;

// Theme

function applyTheme() {
  const chosen = localStorage.getItem("qa-theme");
  if (chosen) document.body.classList.toggle("dark", chosen === "dark");
}

function toggleTheme() {
  localStorage.setItem("qa-theme", document.body.classList.contains("dark") ? "light" : "dark");
  applyTheme();
}

// Events

document.addEventListener(
  "click",
  (event) => {
    const on = (selector) => event.target.closest?.(selector);
    const link = on('a[href^="#s/"]');
    const card = on("#conversation .card");
    if (on("#top .new-chat, .conversations a")) closeDraft({ keepFocus: true });
    for (const open of findAll("details.pop[open]")) if (!open.contains(event.target)) open.open = false;
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault(); // the page's <base> would make it leave for another address
      openFrom(link);
    } else if (card && !on("button") && getSelection().isCollapsed) openFrom(find(".badge", card));
    else if (on("#top .theme")) toggleTheme();
    else if (on("#top .menu")) toggleDrawer(!document.body.classList.contains("lib-open"));
    else if (on("#top .new-chat")) {
      if (isOpen()) closeViewer();
      openConversation("");
      box()?.focus();
    } else if (event.target === document.body || event.target === document.documentElement) {
      if (document.body.classList.contains("lib-open")) toggleDrawer(false);
      else if (isOpen()) closeViewer();
    }
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "Escape") {
    const menu = find("details.pop[open]");
    if (menu) {
      menu.open = false;
      find("summary", menu).focus();
    } else if (document.body.classList.contains("lib-open")) toggleDrawer(false);
    else if (isOpen()) closeViewer();
    else if (isDrafting() && !isTyping) closeDraft();
  } else if (event.key === "/" && isPlain && !isTyping) {
    event.preventDefault();
    closeDraft({ keepFocus: true });
    box()?.focus();
  } else if (isOpen() && isPlain && !isTyping && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    event.preventDefault();
    step(event.key === "ArrowLeft" ? -1 : 1);
  }
});

addEventListener("qa-panels", settlePanels);
narrow.addEventListener("change", settlePanels);

// After Gradio has changed the page

function tidy() {
  nameParts();
  markOpenLinks();
  markRatings();
  const asked = findAll(".question");
  if (asked.length > questions) showFromQuestion(asked.at(-1));
  questions = asked.length;
  if (!isStarted && ["#top .top-bar", "#lib .list", "#view .view-text", "#conversation", "#draft .draft"].every((part) => find(part))) {
    isStarted = true;
    applyTheme();
    settlePanels();
    for (const start of [startLibrary, startAdding, startConversation, startViewer, startDraft]) start();
  }
  if (isStarted) followState();
}

/** Scrolls so that the question is at the top and its answer can be read from its beginning. */
function showFromQuestion(question) {
  const row = question.closest(".message-row");
  const scroller = question.closest(".bubble-wrap");
  if (row.previousElementSibling) scroller.scrollTop += row.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 20;
}

function nameParts() {
  for (const [selector, name, value] of [
    ["#lib", "role", "complementary"],
    ["#lib", "aria-label", "Library"],
    ["#view", "role", "complementary"],
    ["#view", "aria-label", "Document"],
    ["#conversation [role=log]", "aria-label", "Conversation"],
    ["#ask .submit-button", "aria-label", "Send"],
    ["#ask .stop-button", "aria-label", "Stop"],
  ]) {
    const part = find(selector);
    if (part && part.getAttribute(name) !== value) part.setAttribute(name, value);
  }
  // Gradio names each message by the markup it was made from.
  for (const message of findAll("#conversation [data-testid=bot][aria-label], #conversation [data-testid=user][aria-label]"))
    message.removeAttribute("aria-label");
  find("#conversation .examples")?.removeAttribute("role"); // its children are buttons, which no list may hold
}

let isTidying = false;
const watcher = new MutationObserver(() => {
  if (isTidying) return;
  isTidying = true;
  requestAnimationFrame(() => {
    isTidying = false;
    tidy();
  });
});
watcher.observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-conversation", "data-running"] });
tidy();
