// A PDF as its printed pages, beside its text: a quote is marked on them, and one page follows the other.

import { ask, element, elementsOf, find, findAll, library } from "./dom.js";

let wantsText = false; // as it was chosen last

const addressOf = (image) => {
  const query = library() ? `?${new URLSearchParams({ library: library() })}` : "";
  return `./${image.dataset.src}${query}`;
};

/** Show the pages of what has just been put into the viewer, if it has any. */
export function showPages() {
  const pages = find(".view-text .pages");
  find(".modes").hidden = !pages;
  showMode(pages ? wantsText : true);
}

function showMode(isText) {
  const pages = find(".view-text .pages");
  document.body.classList.toggle("as-page", !isText);
  find(".mode.as-page").setAttribute("aria-pressed", String(!isText));
  find(".mode.as-text").setAttribute("aria-pressed", String(isText));
  find(".page-bar").hidden = isText;
  if (isText) return;
  for (const image of findAll("img[data-src]", pages)) load(image);
  showNumber(pages);
}

function load(image) {
  if (image.hasAttribute("src")) return;
  image.addEventListener("load", () => find(".hit-box")?.scrollIntoView({ block: "center" }), { once: true });
  image.addEventListener("error", () => tellWhy(image), { once: true });
  image.src = addressOf(image);
}

async function tellWhy(image) {
  const reply = await ask(image.dataset.src);
  image.closest(".page").replaceWith(element("p", { class: "message", role: "alert" }, reply.text));
}

function showNumber(pages) {
  const [number, count] = [Number(pages.dataset.page), Number(pages.dataset.count)];
  find(".page-number").textContent = `Page ${number} of ${count}`;
  find(".page-previous").disabled = number <= 1;
  find(".page-next").disabled = number >= count;
}

async function turn(by) {
  const pages = find(".view-text .pages");
  const number = Number(pages.dataset.page) + by;
  const reply = await ask(`view/${pages.dataset.document}/page/${number}`);
  if (!reply.ok || !reply.text) return;
  pages.dataset.page = number;
  pages.replaceChildren(...elementsOf(reply.text));
  find(".view-text").scrollTop = 0;
  showMode(false);
}

function chooseMode(isText) {
  wantsText = isText;
  showMode(isText);
  find(isText ? "#hit" : ".hit-box")?.scrollIntoView({ block: "center" });
}

export function startPages() {
  find("#view").addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on(".mode")) chooseMode(Boolean(on(".as-text")));
    else if (on(".page-previous")) turn(-1);
    else if (on(".page-next")) turn(1);
  });
}
