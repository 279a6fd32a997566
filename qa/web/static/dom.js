// What the other scripts share: finding parts, asking the server, saying things. Foreign text never becomes HTML here:
// the server sends it escaped, and what is put together in the browser is put in as text.

export const find = (selector, root = document) => root.querySelector(selector);
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];
export const box = () => find("#ask textarea");
export const narrow = matchMedia("(max-width: 820px)");

const asked = () => new URLSearchParams(location.search);
export const library = () => asked().get("library") ?? "";
export const conversation = () => asked().get("c") ?? "";

/** The address of this page with another conversation, or none. */
export function addressOf(id) {
  const query = asked();
  if (id) query.set("c", id);
  else query.delete("c");
  const words = query.toString();
  return location.pathname + (words ? `?${words}` : "");
}

const NOT_RUNNING = "The program does not answer. Is it still running?";

/** What the server replies below this page; a reply that is none says so, with status 0. */
export async function ask(path, query = {}, options = {}) {
  const words = new URLSearchParams({ ...(library() && { library: library() }), ...query }).toString();
  try {
    const reply = await fetch(`./${path}${words ? `?${words}` : ""}`, options);
    return { ok: reply.ok, status: reply.status, headers: reply.headers, text: await reply.text() };
  } catch {
    return { ok: false, status: 0, headers: new Headers(), text: NOT_RUNNING };
  }
}

export const tell = (path, body) =>
  ask(path, {}, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** The elements that the server sent as HTML. */
export const elementsOf = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes];

/** An element of this kind, with these attributes, around these words or elements. */
export function element(kind, attributes = {}, ...content) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

let announcer = null;

/** Have a screen reader say this. */
export function announce(words) {
  announcer ??= document.body.appendChild(element("div", { class: "sr", role: "status", id: "announcer" }));
  announcer.textContent = words;
}

/** Show a sentence beside the question box, as what went wrong. */
export function complain(words) {
  find("#complaint")?.remove();
  const notice = element("p", { class: "notice", role: "alert", id: "complaint", dir: "auto" }, words);
  find("#dock")?.prepend(notice);
  setTimeout(() => notice.remove(), 8000);
}
