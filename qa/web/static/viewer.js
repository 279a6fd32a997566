// The viewer, which follows the address: what `location.hash` says is what is shown.

import { ask, box, element, elementsOf, find, findAll } from "./dom.js";
import { showPages, startPages } from "./pages.js";
import { settlePanels } from "./panels.js";

// The only addresses that are fetched; anything else could make the browser fetch, and show, other parts of the site.
const ADDRESS = /^#s\/(\d{1,15})\/(\d{1,9})\/(\d{1,12}-\d{1,12})$/;
const NEAR_PX = 600;

let opener = null; // gets the focus back when the viewer closes
let latest = 0; // only the reply to the last request is shown
let places = []; // where the words that were looked for stand
let isFetching = false;

export const isOpen = () => document.body.classList.contains("view-open");

export async function followAddress() {
  const isAsked = location.hash.startsWith("#s/");
  document.body.classList.toggle("view-open", isAsked);
  if (isAsked) document.body.classList.remove("lib-open");
  markOpenLinks();
  settlePanels();
  const turn = ++latest;
  if (!isAsked) return;
  const address = ADDRESS.exec(location.hash);
  if (!address) return show(message("Not found", "This address names no passage. It may have been cut off."));
  const path = `view/${address[1]}/${address[2]}/${address[3]}`;
  const reply = await ask(path);
  if (turn !== latest) return;
  const isHtml = reply.headers.get("Content-Type")?.startsWith("text/html");
  show(isHtml ? elementsOf(reply.text) : message("Cannot show this", reply.text));
  if (reply.ok) showProof(path, turn);
}

const message = (title, words) => [
  element("div", {}, element("h2", { id: "view-title", tabindex: "-1" }, title)),
  element("p", { class: "message", role: "alert" }, words),
];

function show([head, ...content]) {
  const text = find(".view-text");
  find(".view-title").replaceChildren(head);
  find(".proof-box").replaceChildren();
  text.replaceChildren(...content);
  text.scrollTop = 0;
  showPages();
  const place = find("#hit") ?? passageOf(ADDRESS.exec(location.hash)?.[2]);
  if (place) place.scrollIntoView({ block: find("#hit") ? "center" : "start" });
  document.body.classList.toggle("finding", isFound());
  showSteps();
  if (!find("#view").contains(document.activeElement)) find("#view-title").focus({ preventScroll: true });
}

const passageOf = (number) => (Number(number) > 1 ? find(`.passage[data-number="${number}"]`) : null);

/** Have the file read again, and say what came of it. */
async function showProof(path, turn) {
  const reply = await ask(`${path}/proof`);
  if (turn === latest && reply.ok) find(".proof-box").replaceChildren(...elementsOf(reply.text));
}

// Of a long document, what stands around

async function showMore() {
  const text = find(".view-text .text");
  if (document.body.classList.contains("as-page")) return;
  const address = ADDRESS.exec(location.hash);
  if (!text || !address || isFetching) return;
  const { first, last, count, more } = Object.fromEntries(Object.entries(text.dataset).map(([name, value]) => [name, Number(value)]));
  const scroller = find(".view-text");
  const isNearEnd = scroller.scrollTop + scroller.clientHeight > scroller.scrollHeight - NEAR_PX - scroller.clientHeight / 2;
  if (scroller.scrollTop < NEAR_PX && first > 1) await fetchMore(text, address[1], Math.max(1, first - more), first - 1, "first");
  else if (isNearEnd && last < count) await fetchMore(text, address[1], last + 1, Math.min(count, last + more), "last");
}

async function fetchMore(text, id, from, to, end) {
  isFetching = true;
  const reply = await ask(`view/${id}/passages/${from}-${to}`);
  isFetching = false;
  if (!reply.ok || !text.isConnected) return;
  const scroller = find(".view-text");
  const [height, top] = [scroller.scrollHeight, scroller.scrollTop];
  if (end === "first") text.prepend(...elementsOf(reply.text));
  else text.append(...elementsOf(reply.text));
  if (end === "first") scroller.scrollTop = top + scroller.scrollHeight - height;
  text.dataset[end] = end === "first" ? from : to;
  showMore();  // whoever has scrolled to the other end meanwhile waits there
}

// The quotes of an answer

/** The addresses of the quotes of the answer that the shown quote belongs to, in order. */
function quotesOfAnswer() {
  const links = findAll('.answer a[href^="#s/"]').filter((one) => one.getAttribute("href") === location.hash);
  const answer = (links.includes(opener) ? opener : links.at(-1))?.closest(".answer");
  return answer ? [...new Set(findAll('a[href^="#s/"]', answer).map((one) => one.getAttribute("href")))] : [];
}

function showSteps() {
  const quotes = quotesOfAnswer();
  const number = quotes.indexOf(location.hash);
  const [place, words] = [find(".step"), `${number + 1} / ${quotes.length}`];
  if (!place || place.textContent === words) return; // this runs after every change of the page, its own included
  place.textContent = words;
  find(".steps").hidden = quotes.length < 2;
  find("#view .previous").disabled = number <= 0;
  find("#view .next").disabled = number === quotes.length - 1;
}

export function step(by) {
  const quotes = quotesOfAnswer();
  const address = quotes[quotes.indexOf(location.hash) + by];
  if (address) location.hash = address;
}

export function openFrom(link) {
  if (!find("#view").contains(link)) opener = link;
  if (location.hash === link.getAttribute("href")) followAddress();
  else location.hash = link.getAttribute("href");
}

export function closeViewer() {
  const address = location.hash;
  history.pushState(null, "", location.pathname + location.search);
  followAddress();
  const link = opener?.isConnected ? opener : findAll('a[href^="#s/"]').find((one) => one.getAttribute("href") === address);
  (link?.checkVisibility() ? link : box())?.focus();
}

export function markOpenLinks() {
  for (const link of findAll('a[href^="#s/"]')) {
    const isShown = link.getAttribute("href") === location.hash;
    if (isShown !== link.hasAttribute("aria-current")) {
      if (isShown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    link.closest(".card")?.classList.toggle("shown", isShown);
  }
  showSteps(); // a conversation that is opened again may come later than the document
}

// Finding words

const isFound = () => places.some(([number, start, end]) => location.hash.endsWith(`/${number}/${start}-${end}`));

function toggleFind(isOpen) {
  find(".find-bar").hidden = !isOpen;
  find("#view .find").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) find(".find-bar input").focus();
  else {
    places = [];
    document.body.classList.remove("finding");
    find("#view .find").focus();
  }
}

async function look(by) {
  const address = ADDRESS.exec(location.hash);
  const words = find(".find-bar input").value.trim();
  if (!address || !words) return say("");
  const key = `${address[1]} ${words}`;
  if (places.key !== key) {
    const reply = await ask(`view/${address[1]}/find`, { words });
    places = reply.ok ? JSON.parse(reply.text).found : [];
    places.key = key;
    places.at = by > 0 ? -1 : 0;
  }
  if (!places.length) return say("Not in this document");
  places.at = (places.at + by + places.length) % places.length;
  const [number, start, end] = places[places.at];
  say(`${places.at + 1} of ${places.length}`);
  history.replaceState(null, "", `#s/${address[1]}/${number}/${start}-${end}`);
  const input = find(".find-bar input");
  await followAddress();
  input.focus();
}

const say = (words) => (find(".found").textContent = words);

export function startViewer() {
  const view = find("#view");
  startPages();
  view.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on(".previous")) step(-1);
    else if (on(".next")) step(1);
    else if (on(".close")) closeViewer();
    else if (on(".find")) toggleFind(find(".find-bar").hidden);
    else if (on(".find-previous")) look(-1);
    else if (on(".find-next")) look(1);
  });
  find(".find-bar").addEventListener("submit", (event) => {
    event.preventDefault();
    look(1);
  });
  find(".find-bar").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    toggleFind(false);
  });
  find(".view-text").addEventListener("scroll", showMore, { passive: true });
  addEventListener("hashchange", followAddress);
  if (location.hash) followAddress();
}
