// The list of chats.
import { byId, el } from "./dom.js";
import { avatar, botAvatar } from "./people.js";
import { preview } from "./sanitize.js";
import { openChat } from "./session.js";
import { on, state } from "./state.js";
import { locale, text } from "./texts.js";
import { showScreen, showTab } from "./tabs.js";

/** The avatar of a chat: the bot's drawing, or the letters of the group. */
export function chatAvatar(chat) {
  if (chat.type !== "private") return avatar(chat.title, "group");
  return botAvatar();
}

function lastWords(chat) {
  const last = chat.last;
  if (!last) return text(chat.type === "private" && !chat.started ? "chats.not-started" : "chat.nothing");
  const words = last.service || (last.html ? preview(last.html) : last.text) || (last.photo ? text("chats.photo") : "");
  if (last.from?.id === state.me.id) return text("chats.you", { text: words });
  return chat.type === "private" || last.service ? words : `${last.from.name}: ${words}`;
}

function when(seconds) {
  const date = new Date(seconds * 1000);
  const today = date.toDateString() === new Date().toDateString();
  const form = today ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(locale(), form).format(date);
}

function row(chat) {
  const open = chat.id === state.chat?.id;
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: "chat",
        "aria-current": String(open),
        data: { testid: `chat-${chat.id}` },
        on: { click: () => choose(chat.id) },
      },
      chatAvatar(chat),
      el("b", { class: "chat-title" }, chat.title),
      el("time", {}, chat.last ? when(chat.last.date) : ""),
      el("span", { class: "chat-last" }, lastWords(chat)),
      chat.unread > 0 &&
        el("span", { class: "unread", "aria-label": text("chats.unread", { count: chat.unread }) }, String(chat.unread)),
    ),
  );
}

function choose(id) {
  showTab("chats");
  if (state.chat?.id === id) showScreen("conversation");
  else openChat(state.chats.find((chat) => chat.id === id));
}

function show() {
  const list = byId("chat-list");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  list.replaceChildren(...state.chats.map(row));
  if (focused) list.querySelector(`[data-testid="${focused}"]`)?.focus();
}

export function startChats() {
  for (const topic of ["chats", "language"]) on(topic, show);
}
