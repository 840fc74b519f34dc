// A small menu that opens at a button.
import { byId, el } from "./dom.js";

let close = () => {};

/** Opens a menu of `choices` [{label, act, kind}] at `anchor`; it closes by a choice, Escape, or a press elsewhere. */
export function openMenu(anchor, choices) {
  close();
  const items = choices.map(({ label, act, kind }) =>
    el("button", { type: "button", role: "menuitem", class: `menu-item ${kind ?? ""}`, on: { click: () => (close(), act()) } }, label),
  );
  const menu = el("div", { class: "menu", role: "menu" }, ...items);
  const listening = new AbortController();
  close = () => {
    listening.abort();
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    close = () => {};
  };
  byId("menus").append(menu);
  place(menu, anchor.getBoundingClientRect());
  anchor.setAttribute("aria-expanded", "true");
  items[0].focus();
  const { signal } = listening;
  document.addEventListener("pointerdown", (event) => menu.contains(event.target) || close(), { signal });
  document.addEventListener("scroll", () => close(), { signal, capture: true });
  addEventListener("resize", () => close(), { signal });
  menu.addEventListener("keydown", (event) => move(event, items, anchor), { signal });
}

function place(menu, at) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + height + 8 < innerHeight;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
  menu.style.left = `${Math.min(Math.max(8, at.right - width), innerWidth - width - 8)}px`;
}

function move(event, items, anchor) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") {
    close();
    anchor.focus();
  } else if (step) {
    const next = items.indexOf(document.activeElement) + step + items.length;
    items[next % items.length].focus();
  } else return;
  event.preventDefault();
}
