// Who looks, at which chat; and the state that follows from it.
import * as api from "./api.js";
import { inBackground } from "./notices.js";
import { botChat, emit, on, state } from "./state.js";

const PERSON = "tillkeeper.person"; // kept per browser tab, so that two tabs can be two people
const SETTLE_MS = 120;

let refreshing = null;

export async function loadPeople() {
  state.people = await api.people();
  const kept = state.people.find((person) => String(person.id) === sessionStorage.getItem(PERSON));
  await choosePerson(kept ?? state.people.find((person) => person.part === "owner") ?? state.people[0]);
}

export async function choosePerson(person) {
  if (!person) return;
  sessionStorage.setItem(PERSON, person.id);
  Object.assign(state, { me: person, chat: null, chats: [], invitation: null });
  emit("person");
  emit("chat");
  await Promise.all([loadBot(), loadChats()]);
  if (state.me === person) openChat(botChat() ?? state.chats[0]);
}

/** Everything anew, after a time in which events may have passed unseen. */
export async function reload() {
  await Promise.all([loadBot(), loadChats()]);
  if (!state.chat) openChat(botChat() ?? state.chats[0]);
  emit("reload");
}

export async function loadBot() {
  const me = state.me;
  const bot = await api.bot();
  if (state.me !== me) return;
  state.bot = bot;
  if (typeof bot.online === "boolean") setOnline(bot.online);
  emit("bot");
}

async function loadChats() {
  const me = state.me;
  const [chats, invitation] = await Promise.all([api.chats(), api.invitation()]);
  if (state.me !== me) return;
  const open = state.chat?.id;
  state.chats = chats;
  state.chat = chats.find((chat) => chat.id === open) ?? null;
  state.invitation = invitation.code ? invitation : null;
  if (state.chat?.unread && !document.hidden) await read(state.chat);
  emit("chats");
}

/** Tells the demo that what came into the open chat has been seen: asking for its messages does. */
async function read(chat) {
  chat.unread = 0;
  await api.messages(chat.id);
}

/** Reads the chats again soon; many events in a row make one request. */
export function refreshChats() {
  clearTimeout(refreshing);
  refreshing = setTimeout(inBackground(loadChats), SETTLE_MS);
}

export function openChat(chat) {
  state.chat = chat ?? null;
  if (chat) chat.unread = 0;
  emit("chats");
  emit("chat");
}

export async function setTelegramLanguage(code) {
  const me = state.me;
  await api.setLanguage(me.id, code);
  me.language_code = code;
  await loadBot();
  refreshChats();
}

export function setOnline(online) {
  state.online = online;
  emit("connection");
}

for (const topic of ["message", "edit", "delete"]) on(topic, refreshChats);
