// One message as the visitor sees it.
import * as api from "./api.js";
import { el, icon } from "./dom.js";
import { keyboard } from "./keyboard.js";
import { followLink } from "./links.js";
import { openMenu } from "./menu.js";
import { ask, copy, guarded, toast } from "./notices.js";
import { avatarOf, kindOf } from "./people.js";
import { preview, sanitized } from "./sanitize.js";
import { emit, state } from "./state.js";
import { showTab } from "./tabs.js";
import { locale, text } from "./texts.js";

const COMMAND = /(^|\s)(\/[a-z][a-z0-9_]{0,31})(?![\w/])/g;

export const isMine = (message) => message.from?.id === state.me.id;

/** The element of `message`; `find` gives the message a number names, for the quote of a reply. */
export function messageElement(message, find) {
  if (message.service) return line(message, el("span", { class: "service" }, message.service), "service");
  const column = el("div", { class: "message-column" }, bubble(message, find));
  if (message.keyboard?.length) column.append(keyboard(message));
  const group = state.chat?.type !== "private" && !isMine(message);
  const node = line(message, group ? avatarOf(message.from) : null, isMine(message) ? "mine" : "theirs");
  node.append(column);
  if (message.protected) node.classList.add("is-protected");
  return node;
}

function line(message, content, kind) {
  const data = { testid: "message", messageId: message.message_id };
  return el("article", { class: `message message-${kind}`, data }, content);
}

function bubble(message, find) {
  const named = state.chat?.type !== "private" && !isMine(message);
  const words = message.html || message.text;
  return el(
    "div",
    { class: `bubble ${message.photo ? "has-photo" : ""}` },
    named && el("b", { class: `sender sender-${kindOf(message.from)}` }, message.from.name),
    message.reply_to && quote(find(message.reply_to)),
    message.photo && picture(message),
    message.document && file(message.document),
    words && body(message),
    footer(message),
    menuButton(message),
  );
}

function quote(replied) {
  const words = replied ? preview(replied.html || "") || text("chats.photo") : text("message.gone");
  return el("div", { class: "quote" }, replied && el("b", {}, replied.from?.name ?? ""), el("span", {}, words));
}

function picture(message) {
  const { url, width, height } = message.photo;
  const image = () => el("img", { src: url, width, height, alt: text("chats.photo"), draggable: "false" });
  const enlarge = () => ask(image(), [{ label: text("close"), value: true }], "picture");
  const frame = el("button", { type: "button", class: "photo", "aria-label": text("message.photo") }, image());
  frame.addEventListener("click", guarded(enlarge));
  if (!message.from?.is_bot) return frame;
  const scan = el("button", { type: "button", class: "button primary scan", data: { testid: "scan" } });
  scan.append(icon("scan"), text("message.scan"));
  scan.addEventListener("click", guarded(() => scanPicture(message)));
  return el("div", { class: "photo-and-scan" }, frame, scan);
}

const file = ({ url, name }) => el("a", { class: "file", href: url, download: name }, icon("file"), el("span", {}, name));

async function scanPicture(message) {
  try {
    const account = await api.scan(message.chat_id, message.message_id);
    toast(text("authenticator.added", { label: account.issuer || account.label }));
    emit("authenticator", { added: account.id });
    showTab("authenticator");
  } catch (error) {
    if (error.status !== 422) throw error;
    toast(text("authenticator.no-qr"), "error");
  }
}

function body(message) {
  const content = message.html ? sanitized(message.html) : document.createTextNode(message.text);
  const node = el("div", { class: "words" }, content);
  if (message.from?.is_bot) linkCommands(node);
  for (const spoiler of node.querySelectorAll(".spoiler")) coverSpoiler(spoiler);
  for (const link of node.querySelectorAll("a")) {
    link.rel = "noopener noreferrer";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      guarded(followLink)(link.href);
    });
  }
  if (message.protected) return node;
  for (const code of node.querySelectorAll("code")) {
    code.title = text("message.copy");
    code.addEventListener("click", () => copy(code.textContent));
  }
  return node;
}

function coverSpoiler(spoiler) {
  spoiler.tabIndex = 0;
  spoiler.setAttribute("role", "button");
  spoiler.setAttribute("aria-label", text("message.spoiler"));
  const uncover = () => {
    spoiler.classList.add("is-shown");
    spoiler.removeAttribute("role");
    spoiler.removeAttribute("aria-label");
  };
  spoiler.addEventListener("click", uncover);
  spoiler.addEventListener("keydown", (event) => event.key === "Enter" && uncover());
}

/** Makes every /command in a text of the bot a button that sends it, as Telegram does. */
function linkCommands(node) {
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const inside = texts.currentNode.parentElement.closest("code, pre, a, .spoiler");
    if (!inside && texts.currentNode.data.includes("/")) found.push(texts.currentNode);
  }
  for (const piece of found) {
    const parts = piece.data.split(COMMAND); // before, space, command, before, …
    if (parts.length < 4) continue;
    piece.replaceWith(...parts.map((part, place) => (place % 3 === 2 ? commandButton(part) : part)));
  }
}

function commandButton(command) {
  const send = guarded(() => api.send(state.chat.id, { text: command }));
  return el("button", { type: "button", class: "command-link", on: { click: send } }, command);
}

function footer(message) {
  const time = new Date(message.date * 1000);
  const clock = new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit" }).format(time);
  const lock = message.protected && el("span", { class: "lock", role: "img", title: text("message.protected") }, icon("lock"));
  if (lock) lock.setAttribute("aria-label", text("message.protected"));
  return el(
    "footer",
    {},
    lock,
    message.edit_date && el("span", {}, text("message.edited")),
    el("time", { datetime: time.toISOString(), title: time.toLocaleString(locale()) }, clock),
  );
}

function menuButton(message) {
  const properties = { type: "button", class: "message-menu", "aria-label": text("message.menu"), "aria-haspopup": "menu" };
  const button = el("button", properties, icon("more"));
  button.addEventListener("click", () => openMenu(button, choices(message)));
  return button;
}

function choices(message) {
  const list = [{ label: text("message.reply"), act: () => emit("reply", message) }];
  if (message.text && !message.protected) list.push({ label: text("message.copy"), act: () => copy(message.text) });
  if (!isMine(message)) return list;
  if (!message.photo) list.push({ label: text("message.edit"), act: () => emit("edit-mine", message) });
  const remove = guarded(() => api.remove(message.chat_id, message.message_id));
  return [...list, { label: text("message.delete"), act: remove, kind: "danger" }];
}
