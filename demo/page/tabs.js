// Which part of the page is in front. Wide: chats always, beside them the till or the authenticator. Narrow: one of the three.
import { byId } from "./dom.js";
import { emit, on, state } from "./state.js";
import { text } from "./texts.js";

const TABS = ["chats", "till", "authenticator"];
const wide = matchMedia("(min-width: 1080px)");
const body = document.body;

const inFront = () => (wide.matches ? body.dataset.side : body.dataset.tab);

export function showTab(tab) {
  body.dataset.tab = tab;
  if (tab !== "chats") body.dataset.side = tab;
  mark();
  emit("tab", tab);
}

/** Narrow only: "list" shows the chats, "conversation" the open one. */
export function showScreen(screen) {
  body.dataset.screen = screen;
}

function mark() {
  for (const tab of TABS) byId(`tab-${tab}`).setAttribute("aria-current", String(tab === inFront()));
  if (body.dataset.tab === "chats") byId("tab-chats").classList.remove("has-news");
}

function press(tab) {
  if (tab === "chats" && body.dataset.tab === "chats") showScreen("list");
  showTab(tab);
}

export function startTabs() {
  for (const tab of TABS) byId(`tab-${tab}`).addEventListener("click", () => press(tab));
  byId("back").addEventListener("click", () => showScreen("list"));
  wide.addEventListener("change", mark);
  on("chat", () => state.chat && showScreen("conversation"));
  on("message", ({ message }) => {
    if (body.dataset.tab === "chats" || message.from?.id === state.me?.id) return;
    byId("tab-chats").classList.add("has-news");
    byId("tab-chats").title = text("tab.new");
  });
  mark();
}
