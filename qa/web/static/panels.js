// Panels on a narrow screen: one at a time can be used.

import { find, narrow } from "./dom.js";

export function settlePanels() {
  const lib = document.body.classList.contains("lib-open");
  const view = document.body.classList.contains("view-open");
  find("#chat")?.toggleAttribute("inert", narrow.matches && (lib || view));
  find("#lib")?.toggleAttribute("inert", narrow.matches && !lib);
  find("#top .menu")?.setAttribute("aria-expanded", String(lib));
}

export function toggleDrawer(isOpen) {
  document.body.classList.toggle("lib-open", isOpen);
  settlePanels();
  if (isOpen) find("#lib button")?.focus();
  else find("#top .menu").focus();
}
