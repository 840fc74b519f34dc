// Writing: the input, photos, replies and edits, and the button that starts the bot.
import * as api from "./api.js";
import { closeCommands, commandKey, startCommands } from "./commands.js";
import { lastOwn, setBlocked } from "./conversation.js";
import { byId, el, icon } from "./dom.js";
import { guarded, toast } from "./notices.js";
import { preview } from "./sanitize.js";
import { openChat } from "./session.js";
import { botChat, on, state } from "./state.js";
import { showTab } from "./tabs.js";
import { text } from "./texts.js";

const TALLEST_PX = 144;

const input = byId("composer");
const drafts = new Map(); // what was written and not sent, by person and chat
let aside = null; // {kind: "edit" | "reply" | "photo", message?, file?, picture?}
let place = null;

function grow() {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, TALLEST_PX)}px`;
  byId("send").disabled = !input.value.trim() && aside?.kind !== "photo";
}

function write(words) {
  input.value = words;
  grow();
  closeCommands();
}

function setAside(next) {
  if (aside?.picture && aside !== next) URL.revokeObjectURL(aside.picture);
  aside = next;
  byId("aside").hidden = !next;
  byId("aside").replaceChildren(...(next ? asideContent(next) : []));
  byId("send").dataset.label = next?.kind === "edit" ? "composer.save" : "composer.send";
  byId("send").setAttribute("aria-label", text(byId("send").dataset.label));
  byId("send").replaceChildren(icon(next?.kind === "edit" ? "check" : "send"));
  input.placeholder = text(next?.kind === "photo" ? "composer.caption" : "composer.hint");
  grow();
}

function asideContent({ kind, message, file, picture }) {
  const titles = { edit: "composer.editing", reply: "composer.replying", photo: "chats.photo" };
  const words = message ? preview(message.html || "") || text("chats.photo") : file.name;
  const cancel = el("button", { type: "button", class: "round", "aria-label": text("composer.cancel") }, icon("close"));
  cancel.addEventListener("click", leaveAside);
  return [
    picture && el("img", { src: picture, alt: "" }),
    el("div", {}, el("b", {}, text(titles[kind], { name: message?.from?.name })), el("span", {}, words)),
    cancel,
  ].filter(Boolean);
}

function leaveAside() {
  if (aside?.kind === "edit") write("");
  setAside(null);
  input.focus();
}

function startEdit(message) {
  setAside({ kind: "edit", message });
  write(message.text);
  input.focus();
}

function startReply(message) {
  setAside({ kind: "reply", message });
  input.focus();
}

function attach(file) {
  if (!file) return;
  if (file.type.startsWith("image/")) setAside({ kind: "photo", file, picture: URL.createObjectURL(file) });
  else toast(text("composer.not-photo"), "error");
  input.focus();
}

/** Sends what is written; what could not be sent is put back. */
export const submit = guarded(async () => {
  const words = input.value.trim();
  const chat = state.chat;
  const { kind, message, file } = aside ?? {};
  if (!chat || (!words && kind !== "photo")) return;
  write("");
  setAside(null);
  try {
    if (kind === "edit") await api.edit(chat.id, message.message_id, words);
    else if (kind === "photo") await api.sendPhoto(chat.id, file, words);
    else await api.send(chat.id, kind === "reply" ? { text: words, reply_to: message.message_id } : { text: words });
  } catch (error) {
    if (!input.value) write(words);
    throw error;
  }
});

function keyDown(event) {
  if (event.isComposing) return; // Enter ends the choice of a character, it does not send
  if (commandKey(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape" && aside) leaveAside();
  else if (event.key === "ArrowUp" && !input.value && lastOwn()) {
    event.preventDefault();
    startEdit(lastOwn());
  }
}

/** Puts `words` in the input of the private chat with the bot: a code must never land in a group. */
export function pasteForBot(words) {
  showTab("chats");
  const chat = botChat();
  if (chat && state.chat?.id !== chat.id) openChat(chat);
  write(words);
  input.focus();
}

function showStart() {
  const chat = state.chat;
  const fresh = chat?.type === "private" && !chat.started;
  const invited = chat?.type === "private" && Boolean(state.invitation);
  const blocked = Boolean(chat?.blocked);
  byId("start-strip").hidden = !fresh && !invited && !blocked;
  byId("start-words").hidden = !invited || blocked;
  byId("start").textContent = text(blocked ? "chat.unblock" : invited ? "start.invited" : "start.plain");
  byId("write").hidden = !chat || fresh || blocked;
}

const start = guarded(async () => {
  if (state.chat.blocked) return setBlocked(false);
  const code = state.invitation?.code;
  await api.send(state.chat.id, { text: code ? `/start ${code}` : "/start" });
  return undefined;
});

function changePlace() {
  const next = state.me && state.chat ? `${state.me.id} ${state.chat.id}` : null;
  if (next !== place) {
    if (place) drafts.set(place, aside?.kind === "edit" ? "" : input.value);
    place = next;
    setAside(null);
    write(drafts.get(next) ?? "");
  }
  showStart();
}

export function startComposer() {
  startCommands(input, write);
  input.addEventListener("input", grow);
  input.addEventListener("keydown", keyDown);
  input.addEventListener("paste", (event) => event.clipboardData.files.length && attach(event.clipboardData.files[0]));
  byId("send").addEventListener("click", submit);
  byId("start").addEventListener("click", start);
  byId("attach").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", () => {
    attach(byId("file").files[0]);
    byId("file").value = "";
  });
  on("chat", changePlace);
  on("chats", showStart);
  on("reply", startReply);
  on("edit-mine", startEdit);
  on("delete", ({ message_ids }) => {
    if (message_ids.includes(aside?.message?.message_id)) leaveAside();
  });
  on("language", () => {
    showStart();
    setAside(aside);
  });
  setAside(null);
}
