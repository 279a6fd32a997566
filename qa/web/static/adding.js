// Adding documents: files and folders are chosen or dropped anywhere on the page, sent a few at a time, and followed
// until the program has read them.

import { checkFile, isDrafting } from "./draft.js";
import { announce, ask, element, elementsOf, find, findAll, library, tell } from "./dom.js";
import { showDocuments } from "./library.js";

const AT_ONCE = 3;
const LOOK_EVERY_MS = 700;
const HIDDEN = /^\.|^Thumbs\.db$|^desktop\.ini$/i; // a system's own files, which no one means to add

const waiting = [];
let sending = 0;
let generation = "";
let isLooking = false;

function send(files) {
  for (const file of files) {
    const row = element(
      "li",
      { class: "sending-file" },
      element("span", { class: "document", dir: "auto" }, file.name),
      element("span", { class: "meta" }, "Waiting to be sent"),
    );
    find(".sending").append(row);
    waiting.push([file, row]);
  }
  if (files.length) announce(`Adding ${files.length} ${files.length === 1 ? "file" : "files"}`);
  while (sending < AT_ONCE && waiting.length) sendNext();
}

function sendNext() {
  const [file, row] = waiting.shift();
  sending += 1;
  const request = new XMLHttpRequest();
  const query = new URLSearchParams({ ...(library() && { library: library() }), name: file.name });
  request.open("PUT", `./library/upload?${query}`);
  request.upload.addEventListener("progress", (event) => {
    const share = event.total ? Math.floor((100 * event.loaded) / event.total) : 0;
    showSent(row, `Sending: ${share} %`);
  });
  request.addEventListener("loadend", () => {
    sending -= 1;
    if (request.status === 204) row.remove();
    else showUnsent(row, request.responseText || "It could not be sent. Is the program still running?");
    look();
    if (waiting.length) sendNext();
  });
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
}

const showSent = (row, words) => (find(".meta", row).textContent = words);

function showUnsent(row, words) {
  row.className = "failed";
  showSent(row, words);
  const close = element("button", { type: "button", class: "dismiss", "aria-label": "Close", title: "Close" });
  close.addEventListener("click", () => row.remove());
  row.append(close);
}

/** Show how far the program is with what was sent, until it is done. */
export async function look() {
  if (isLooking) return;
  isLooking = true;
  const reply = await ask("library/progress");
  isLooking = false;
  if (!reply.ok) return;
  show(reply.text);
  if (reply.headers.get("X-Generation") !== generation) {
    const isFirst = generation === "";
    generation = reply.headers.get("X-Generation");
    if (!isFirst) {
      await showDocuments();
      window.qaTrigger?.("suggest");
    }
  }
  if (Number(reply.headers.get("X-Unfinished"))) setTimeout(look, LOOK_EVERY_MS);
}

function show(html) {
  const box = find(".progress-box");
  if (box.shown === html) return;
  box.shown = html;
  box.replaceChildren(...elementsOf(html));
}

async function dismiss() {
  await tell("library/dismiss", {});
  await look();
  find(".add-files").focus();
}

// What is dropped

async function filesOf(entries) {
  const files = [];
  for (const entry of entries) {
    if (HIDDEN.test(entry.name)) continue;
    if (entry.isFile) files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null));
    else files.push(...(await filesOf(await childrenOf(entry))));
  }
  return files.filter(Boolean);
}

async function childrenOf(folder) {
  const reader = folder.createReader();
  const children = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (!some.length) return children;
    children.push(...some);
  }
}

async function takeDrop(transfer) {
  const entries = [...transfer.items].map((one) => one.webkitGetAsEntry?.()).filter(Boolean);
  const files = entries.length ? await filesOf(entries) : [...transfer.files];
  if (!files.length) announce("There was no file in it.");
  else if (isDrafting()) checkFile(files[0], files[0].name);
  else send(files);
}

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

export function startAdding() {
  const panel = find("#lib");
  const pick = { ".add-files": ".pick-files", ".add-folder": ".pick-folder" };
  panel.addEventListener("click", (event) => {
    for (const [button, input] of Object.entries(pick)) if (event.target.closest(button)) find(input).click();
    if (event.target.closest(".progress-head .dismiss")) dismiss();
  });
  for (const input of findAll("#lib input[type=file]"))
    input.addEventListener("change", () => {
      send([...input.files].filter((file) => !HIDDEN.test(file.name)));
      input.value = "";
    });
  let depth = 0;
  const mark = (by) => {
    depth = Math.max(0, depth + by);
    document.body.classList.toggle("dropping", depth > 0);
  };
  addEventListener("dragenter", (event) => hasFiles(event) && mark(1));
  addEventListener("dragleave", (event) => hasFiles(event) && mark(-1));
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(-depth);
    takeDrop(event.dataTransfer);
  });
  look();
}
