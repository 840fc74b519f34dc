// The menu of the bot's commands over the input.
import * as api from "./api.js";
import { byId, el } from "./dom.js";
import { guarded } from "./notices.js";
import { on, state } from "./state.js";

const TYPED = /^\/([a-z0-9_]*)$/i;

const menu = byId("commands");
let input = null;
let write = null;
let chosen = -1; // none until the visitor chooses one by an arrow key

const send = guarded(async (command) => {
  write("");
  await api.send(state.chat.id, { text: `/${command}` });
});

function matching() {
  const typed = TYPED.exec(input.value);
  if (!typed) return [];
  return (state.bot?.commands ?? []).filter(({ command }) => command.startsWith(typed[1].toLowerCase()));
}

function item({ command, description }, place) {
  const properties = {
    type: "button",
    class: "command",
    role: "option",
    id: `command-${place}`,
    "aria-selected": String(place === chosen),
    on: { click: () => (input.focus(), send(command)) },
  };
  return el("button", properties, el("b", {}, `/${command}`), el("span", {}, description));
}

function show() {
  const found = matching();
  chosen = Math.min(chosen, found.length - 1);
  menu.hidden = !found.length;
  menu.replaceChildren(...found.map(item));
  if (chosen < 0) input.removeAttribute("aria-activedescendant");
  else {
    input.setAttribute("aria-activedescendant", `command-${chosen}`);
    menu.children[chosen].scrollIntoView({ block: "nearest" });
  }
}

export function closeCommands() {
  chosen = -1;
  menu.hidden = true;
}

/** Lets the open menu take a key; says whether it did. */
export function commandKey(event) {
  if (menu.hidden) return false;
  const found = matching();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    chosen = chosen < 0 && step < 0 ? found.length - 1 : (chosen + step + found.length) % found.length;
    show();
  } else if (event.key === "Tab" && !event.shiftKey) {
    write(`/${found[Math.max(chosen, 0)].command} `);
  } else if (event.key === "Enter" && chosen >= 0) send(found[chosen].command);
  else if (event.key === "Escape") closeCommands();
  else return false;
  event.preventDefault();
  return true;
}

/** `writeInput` replaces what is written in `field`. */
export function startCommands(field, writeInput) {
  input = field;
  write = writeInput;
  input.addEventListener("input", () => {
    chosen = -1;
    show();
  });
  byId("slash").addEventListener("click", () => {
    const opening = menu.hidden;
    write(opening ? "/" : "");
    input.focus();
    if (opening) show();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.hidden && !byId("write").contains(event.target)) closeCommands();
  });
  on("bot", () => menu.hidden || show());
}
