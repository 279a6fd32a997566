// Removals that can be taken back for some seconds: a bar says what was removed, and has it back.

import { complain, element, find, tell } from "./dom.js";

const SHOWN_MS = 9000; // a little less than the server waits

/** Offer to have back what was removed; `restore` is asked for with `body`, and `refresh` shows what is there then. */
export function offerUndo(words, path, body, refresh) {
  const undo = element("button", { type: "button" }, "Undo");
  const bar = element("div", { class: "undo" }, element("span", { dir: "auto" }, words), undo);
  undo.addEventListener("click", async () => {
    bar.remove();
    const reply = await tell(path, body);
    if (!reply.ok) complain(reply.text);
    await refresh();
  });
  find(".undo-box").append(bar);
  setTimeout(() => bar.remove(), SHOWN_MS);
}
