// The inline keyboard under a message.
import * as api from "./api.js";
import { el, icon } from "./dom.js";
import { copy, guarded, tell, toast } from "./notices.js";
import { followLink } from "./links.js";

const CORNER = { copy: "copy", url: "link" };

/** The keyboard of `message` as rows of buttons, laid out as Telegram does. */
export function keyboard(message) {
  const rows = message.keyboard.map((keys, row) =>
    el("div", { class: "key-row" }, ...keys.map((key, column) => keyButton(message, key, row, column))),
  );
  return el("div", { class: "keyboard" }, ...rows);
}

function keyButton(message, key, row, column) {
  const button = el(
    "button",
    {
      type: "button",
      class: `key ${key.style ? `key-${key.style}` : ""}`,
      disabled: key.disabled,
      data: { testid: "key", place: `${row}:${column}` },
    },
    el("span", { class: "key-text" }, key.text),
    key.kind in CORNER && icon(CORNER[key.kind]),
  );
  button.addEventListener("click", guarded(() => act(button, message, key, row, column)));
  return button;
}

async function act(button, message, key, row, column) {
  if (key.kind === "copy") return copy(key.copy);
  if (key.kind === "url") return followLink(key.url);
  if (button.getAttribute("aria-busy") === "true") return undefined;
  button.setAttribute("aria-busy", "true");
  try {
    const { answer } = await api.press(message.chat_id, message.message_id, row, column);
    if (answer?.text) await (answer.show_alert ? release(button, tell, answer.text) : toast(answer.text));
  } finally {
    button.removeAttribute("aria-busy");
  }
  return undefined;
}

function release(button, show, words) {
  button.removeAttribute("aria-busy"); // an alert stays until it is read; the press is over before
  return show(words);
}
