// Links in messages. One that leads to this bot stays in the demo; any other opens beside it.
import * as api from "./api.js";
import { openChat } from "./session.js";
import { botChat, state } from "./state.js";
import { showTab } from "./tabs.js";

/** The start code of a link to this demo's bot ("" for a link without one), or null for any other address. */
function startCode(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !state.bot?.username) return null;
  const web = /^https?:$/.test(url.protocol) && /^(t|telegram)\.me$/.test(url.hostname);
  const app = url.protocol === "tg:" && (url.hostname || url.pathname.replace(/\//g, "")).startsWith("resolve");
  const name = web ? url.pathname.slice(1) : app ? url.searchParams.get("domain") : null;
  return name?.toLowerCase() === state.bot.username.toLowerCase() ? (url.searchParams.get("start") ?? "") : null;
}

export async function followLink(address) {
  const code = startCode(address);
  const chat = botChat();
  if (code === null || !chat) {
    if (/^https?:/i.test(address)) window.open(address, "_blank", "noopener,noreferrer");
    return;
  }
  showTab("chats");
  openChat(chat);
  if (code) await api.send(chat.id, { text: `/start ${code}` });
}
