// The demo's HTTP interface, one function per request.
import { state } from "./state.js";
import { text } from "./texts.js";

export class ApiError extends Error {
  constructor(status, reason) {
    super(status ? text("error.server", { reason }) : text("error.network"));
    this.status = status;
    this.reason = reason;
  }
}

async function request(method, path, body) {
  const form = body instanceof FormData;
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body && !form ? { "Content-Type": "application/json" } : {},
      body: form ? body : body && JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "network"); // fetch rejects only when no answer came at all
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, answer?.error ?? String(response.status));
  return answer ?? {};
}

const as = () => `as=${state.me.id}`;
const withMe = (body) => ({ as: state.me.id, ...body });
const get = (path) => request("GET", path);
const post = (path, body = {}) => request("POST", path, body);

export const people = () => get("/api/people");
export const bot = () => get(`/api/bot?${as()}`);
export const invitation = () => get(`/api/invitation?${as()}`);
export const chats = () => get(`/api/chats?${as()}`);
export const messages = (chat) => get(`/api/chats/${chat}/messages?${as()}`);
export const eventsAddress = () => `/api/events?${as()}`;

export const setLanguage = (person, code) => post(`/api/people/${person}/language`, { language_code: code });
export const send = (chat, body) => post(`/api/chats/${chat}/messages`, withMe(body));
export const edit = (chat, id, words) => post(`/api/chats/${chat}/edit`, withMe({ message_id: id, text: words }));
export const remove = (chat, id) => request("DELETE", `/api/chats/${chat}/messages/${id}?${as()}`);
export const press = (chat, id, row, col) => post(`/api/chats/${chat}/press`, withMe({ message_id: id, row, col }));
export const block = (chat, blocked) => post(`/api/chats/${chat}/block`, withMe({ blocked }));

export function sendPhoto(chat, file, caption) {
  const form = new FormData();
  form.append("as", state.me.id);
  form.append("caption", caption);
  form.append("photo", file, file.name);
  return post(`/api/chats/${chat}/photos`, form);
}

export const till = () => get("/api/till");
export const signIn = (terminal, number, pin) => post(`/api/till/${terminal}/sign-in`, { number, pin });
export const signOut = (terminal) => post(`/api/till/${terminal}/sign-out`);
export const setFault = (fault) => post("/api/till/fault", fault);

export const authenticator = () => get(`/api/authenticator?${as()}`);
export const scan = (chat, id) => post("/api/authenticator/scan", withMe({ chat_id: chat, message_id: id }));
export const typeKey = (label, key) => post("/api/authenticator/type", withMe({ label, key }));
export const forget = (account) => request("DELETE", `/api/authenticator/${account}?${as()}`);
