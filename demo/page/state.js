// What the page knows, and the word passed round when it changes.

export const state = {
  people: [],
  me: null,
  bot: null,
  chats: [],
  chat: null, // the open chat, one of `chats`
  invitation: null, // {link, code} of the owner's claim, until it is used
  online: true, // the bot
  connected: true, // this page to the demo
};

const listeners = new Map();

/** Calls `listener` whenever `topic` is emitted. */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(listener);
}

export function emit(topic, data) {
  for (const listener of listeners.get(topic) ?? []) listener(data);
}

/** The private chat with the bot of the person who looks. */
export const botChat = () => state.chats.find((chat) => chat.type === "private") ?? null;
