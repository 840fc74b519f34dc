// The open chat: its messages in order, kept as they come, change and go.
import * as api from "./api.js";
import { chatAvatar } from "./chats.js";
import { byId, el, vanish } from "./dom.js";
import { openMenu } from "./menu.js";
import { isMine, messageElement } from "./message.js";
import { announce, guarded, inBackground, toast } from "./notices.js";
import { preview } from "./sanitize.js";
import { refreshChats } from "./session.js";
import { on, state } from "./state.js";
import { locale, text } from "./texts.js";

const TYPING_MS = 5500; // Telegram shows a chat action for about five seconds
const TOGETHER_S = 300;
const NEAR_END_PX = 120;

const shown = new Map(); // message_id -> {message, node}, in order
let waiting = null; // events that come while the messages are being loaded
let typing = null;
let following = true; // whether the end of the chat is in sight, and is to stay so

const list = byId("messages");
const scroller = byId("scroller");

const find = (id) => shown.get(id)?.message ?? null;
const endInSight = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
const toEnd = (behavior = "instant") => scroller.scrollTo({ top: scroller.scrollHeight, behavior });

function follow() {
  if (following) toEnd();
}

/** The visitor's own latest text here, the one an arrow up edits. */
export const lastOwn = () =>
  [...shown.values()].map(({ message }) => message).findLast((message) => isMine(message) && !message.photo) ?? null;

async function load() {
  const chat = state.chat;
  showHead();
  stopTyping();
  if (!chat) return clear();
  if (String(chat.id) !== list.dataset.chat) clear();
  list.dataset.chat = chat.id;
  const queue = [];
  waiting = queue;
  let messages = [];
  try {
    messages = await api.messages(chat.id);
  } finally {
    if (waiting === queue) waiting = null;
  }
  if (state.chat?.id !== chat.id || waiting) return undefined;
  clear();
  for (const message of messages) put(message);
  for (const apply of queue) apply();
  arrange();
  following = true;
  follow();
  return undefined;
}

function clear() {
  shown.clear();
  list.replaceChildren();
  arrange();
}

/** Puts a message where it belongs: in place of its older self, or at the end. Says whether it was new. */
function put(message) {
  const before = shown.get(message.message_id);
  const node = messageElement(message, find);
  shown.set(message.message_id, { message, node });
  if (!before) list.append(node);
  else {
    const held = before.node.contains(document.activeElement) ? document.activeElement.dataset.place : null;
    before.node.replaceWith(node);
    if (held) node.querySelector(`[data-place="${held}"]`)?.focus({ preventScroll: true });
  }
  return !before;
}

function arrive({ message }) {
  following ||= isMine(message);
  const isNew = put(message);
  const { node } = shown.get(message.message_id);
  if (isNew) node.classList.add("arrives");
  if (message.from?.is_bot) stopTyping();
  arrange();
  if (following) follow();
  else byId("to-end").classList.add("has-news");
  if (isNew && !isMine(message)) announce(`${message.from?.name ?? ""}: ${preview(message.html || "") || text("chats.photo")}`);
}

function change({ message }) {
  if (!shown.has(message.message_id)) return;
  put(message);
  shown.get(message.message_id).node.classList.add("changes");
  if (message.from?.is_bot) stopTyping();
  arrange();
  follow();
  if (!isMine(message)) announce(preview(message.html || ""));
}

function remove({ message_ids }) {
  for (const id of message_ids) {
    const gone = shown.get(id);
    shown.delete(id);
    if (gone) vanish(gone.node).then(arrange);
  }
}

/** Sets the days between the messages, and draws messages written together closer. */
function arrange() {
  for (const day of list.querySelectorAll(".day")) day.remove();
  let last = null;
  for (const { message, node } of shown.values()) {
    const day = dayName(message.date);
    const newDay = !last || dayName(last.date) !== day;
    if (newDay) node.before(el("div", { class: "day" }, el("span", {}, day)));
    const together = !newDay && last.from?.id === message.from?.id && message.date - last.date < TOGETHER_S && !last.service;
    node.classList.toggle("joined", together);
    last = message;
  }
  showEmpty();
}

function dayName(seconds) {
  const date = new Date(seconds * 1000);
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return text("day.today");
  now.setDate(now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return text("day.yesterday");
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", year }).format(date);
}

function showEmpty() {
  const chat = state.chat;
  const bot = chat?.type === "private" ? state.bot : null;
  byId("empty").hidden = shown.size > 0;
  byId("empty-title").textContent = text(!chat ? "chat.pick" : bot?.description ? "chat.what" : "chat.nothing");
  byId("empty-words").textContent = bot?.description ?? "";
}

function showHead() {
  const chat = state.chat;
  byId("conversation-head").hidden = !chat;
  if (!chat) return;
  byId("conversation-avatar").replaceChildren(chatAvatar(chat));
  byId("conversation-title").textContent = chat.title;
  const status = typing ? "chat.typing" : chat.type === "private" ? "chat.bot" : "chat.group";
  byId("conversation-status").textContent = text(status);
  byId("conversation-status").classList.toggle("is-typing", Boolean(typing));
  byId("conversation-more").hidden = chat.type !== "private";
}

function showTyping() {
  clearTimeout(typing);
  typing = setTimeout(stopTyping, TYPING_MS);
  byId("typing").hidden = false;
  showHead();
  follow();
}

function stopTyping() {
  clearTimeout(typing);
  typing = null;
  byId("typing").hidden = true;
  showHead();
}

export const setBlocked = guarded(async (blocked) => {
  await api.block(state.chat.id, blocked);
  refreshChats();
  toast(text(blocked ? "chat.blocked" : "chat.unblocked"));
});

/** `act` for events of the open chat alone; while its messages load, it waits for them. */
function here(act) {
  return (event) => {
    const chat = event.chat_id ?? event.message?.chat_id;
    if (chat !== state.chat?.id) return;
    if (waiting) waiting.push(() => act(event));
    else act(event);
  };
}

export function startConversation() {
  on("chat", guarded(load));
  on("reload", inBackground(load));
  on("chats", showHead);
  on("bot", showEmpty);
  on("message", here(arrive));
  on("edit", here(change));
  on("delete", here(remove));
  on("typing", here(showTyping));
  on("language", () => {
    for (const { message } of shown.values()) put(message);
    arrange();
    showHead();
  });
  scroller.addEventListener("scroll", () => {
    if (!scroller.clientHeight) return; // another tab is in front
    following = endInSight();
    byId("to-end").hidden = following;
    if (following) byId("to-end").classList.remove("has-news");
  });
  byId("to-end").addEventListener("click", () => toEnd("smooth"));
  new ResizeObserver(follow).observe(scroller);
  list.addEventListener("load", follow, true); // a picture that grew in
  const menu = byId("conversation-more");
  menu.addEventListener("click", () =>
    openMenu(menu, [
      state.chat.blocked
        ? { label: text("chat.unblock"), act: () => setBlocked(false) }
        : { label: text("chat.block"), act: () => setBlocked(true), kind: "danger" },
    ]),
  );
}
