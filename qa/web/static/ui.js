// What Gradio has no part for: the viewer, which follows the address, the keyboard, the drawer, and names for screen
// readers. Foreign text never becomes HTML here: the server sends it escaped.
"use strict";
(() => {
  // The only addresses that are fetched; anything else could make the browser fetch, and show, other parts of the site.
  const ADDRESS = /^#s\/(\d{1,15}\/\d{1,9}\/\d{1,12}-\d{1,12})$/;
  const narrow = matchMedia("(max-width: 820px)");
  const find = (selector, root = document) => root.querySelector(selector);
  const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];
  const box = () => find("#ask textarea");

  let opener = null; // gets the focus back when the viewer closes
  let viewerIsThere = false;
  let latest = 0; // only the reply to the last request is shown
  let questions = 0;

  // The viewer: what `location.hash` says is what is shown

  async function followAddress() {
    const isOpen = location.hash.startsWith("#s/");
    document.body.classList.toggle("view-open", isOpen);
    if (isOpen) document.body.classList.remove("lib-open");
    markOpenLinks();
    settlePanels();
    const turn = ++latest;
    if (!isOpen) return;
    const html = await fetchDocument(location.hash);
    if (turn === latest) showDocument(html);
  }

  async function fetchDocument(hash) {
    const address = ADDRESS.exec(hash);
    if (!address) return messageHtml("Not found", "This address names no passage. It may have been cut off.");
    try {
      const reply = await fetch(`./view/${address[1]}`);
      return await reply.text();
    } catch {
      return messageHtml("Cannot show this", "The program does not answer. Is it still running?");
    }
  }

  const messageHtml = (title, words) =>
    `<div><h2 id="view-title" tabindex="-1">${title}</h2></div><p class="message" role="alert">${words}</p>`;

  function showDocument(html) {
    const parts = new DOMParser().parseFromString(html, "text/html").body;
    const text = find(".view-text");
    find(".view-title").replaceChildren(parts.children[0]);
    text.replaceChildren(...parts.childNodes);
    text.scrollTop = 0;
    find("#hit")?.scrollIntoView({ block: "center" });
    showSteps();
    if (!find("#view").contains(document.activeElement)) find("#view-title").focus({ preventScroll: true });
  }

  /** The addresses of the quotes of the answer that the shown quote belongs to, in order. */
  function quotesOfAnswer() {
    const links = findAll('.answer a[href^="#s/"]').filter((one) => one.getAttribute("href") === location.hash);
    const answer = (links.includes(opener) ? opener : links.at(-1))?.closest(".answer");
    return answer ? [...new Set(findAll('a[href^="#s/"]', answer).map((one) => one.getAttribute("href")))] : [];
  }

  function showSteps() {
    const quotes = quotesOfAnswer();
    const number = quotes.indexOf(location.hash);
    find(".steps").hidden = quotes.length < 2;
    find(".step").textContent = `${number + 1} / ${quotes.length}`;
    find(".previous").disabled = number <= 0;
    find(".next").disabled = number === quotes.length - 1;
  }

  function step(by) {
    const quotes = quotesOfAnswer();
    const address = quotes[quotes.indexOf(location.hash) + by];
    if (address) location.hash = address;
  }

  function closeViewer() {
    const address = location.hash;
    history.pushState(null, "", location.pathname + location.search);
    followAddress();
    const link = opener?.isConnected ? opener : findAll('a[href^="#s/"]').find((one) => one.getAttribute("href") === address);
    (link?.checkVisibility() ? link : box())?.focus();
  }

  function markOpenLinks() {
    for (const link of findAll('a[href^="#s/"]')) {
      const isShown = link.getAttribute("href") === location.hash;
      if (isShown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  // Panels on a phone: one at a time can be used

  function settlePanels() {
    const lib = document.body.classList.contains("lib-open");
    const view = document.body.classList.contains("view-open");
    find("#chat")?.toggleAttribute("inert", narrow.matches && (lib || view));
    find("#lib")?.toggleAttribute("inert", narrow.matches && !lib);
    find("#top .menu")?.setAttribute("aria-expanded", String(lib));
  }

  function toggleDrawer(isOpen) {
    document.body.classList.toggle("lib-open", isOpen);
    settlePanels();
    if (isOpen) find("#lib a, #lib button")?.focus();
    else find("#top .menu").focus();
  }

  // Theme

  function applyTheme() {
    const chosen = localStorage.getItem("qa-theme");
    if (chosen) document.body.classList.toggle("dark", chosen === "dark");
  }

  function toggleTheme() {
    localStorage.setItem("qa-theme", document.body.classList.contains("dark") ? "light" : "dark");
    applyTheme();
  }

  // Copying

  async function copyAnswer(button) {
    const words = find(".copied", button.closest(".answer")).textContent;
    if (navigator.clipboard) await navigator.clipboard.writeText(words);
    else copyWithoutClipboard(words);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy answer"), 2000);
  }

  function copyWithoutClipboard(words) {
    // A page that is not on this machine and has no certificate gets no clipboard.
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = words;
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  // Events

  document.addEventListener(
    "click",
    (event) => {
      const on = (selector) => event.target.closest?.(selector);
      const link = on('a[href^="#s/"]');
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault(); // the page's <base> would make it leave for another address
        opener = link;
        if (location.hash === link.getAttribute("href")) followAddress();
        else location.hash = link.getAttribute("href");
      } else if (on(".copy")) copyAnswer(on(".copy"));
      else if (on("#view .previous")) step(-1);
      else if (on("#view .next")) step(1);
      else if (on("#view .close")) closeViewer();
      else if (on("#top .theme")) toggleTheme();
      else if (on("#top .menu")) toggleDrawer(!document.body.classList.contains("lib-open"));
      else if (on("#top .new-chat")) {
        if (location.hash) closeViewer();
        box()?.focus();
      } else if (event.target === document.body || event.target === document.documentElement) {
        if (document.body.classList.contains("lib-open")) toggleDrawer(false);
        else if (document.body.classList.contains("view-open")) closeViewer();
      }
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (document.body.classList.contains("lib-open")) toggleDrawer(false);
      else if (document.body.classList.contains("view-open")) closeViewer();
    } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (event.target.closest("input, textarea, [contenteditable]")) return;
      event.preventDefault();
      box()?.focus();
    }
  });

  addEventListener("hashchange", followAddress);
  narrow.addEventListener("change", settlePanels);

  // After Gradio has changed the page

  function tidy() {
    nameParts();
    markOpenLinks();
    const asked = findAll(".question");
    if (asked.length > questions) showFromQuestion(asked.at(-1));
    questions = asked.length;
    if (!viewerIsThere && find(".view-text") && find("#chat")) {
      viewerIsThere = true;
      applyTheme();
      settlePanels();
      if (location.hash) followAddress();
    }
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
      ["#drop button", "aria-label", "Add documents: choose files, or drop them here"],
    ]) {
      const part = find(selector);
      if (part && part.getAttribute(name) !== value) part.setAttribute(name, value);
    }
    // Gradio names each message by the markup it was made from.
    for (const message of findAll("#conversation [data-testid=bot][aria-label], #conversation [data-testid=user][aria-label]"))
      message.removeAttribute("aria-label");
    find("#conversation .placeholder-content")?.removeAttribute("role");
    find("#drop [aria-dropeffect]")?.removeAttribute("aria-dropeffect");
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
  watcher.observe(document.documentElement, { childList: true, subtree: true });
})();
