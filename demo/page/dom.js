// Making elements without a template language.

const FADE_MS = 200;
const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  send: "M4 12L20 4l-5 16-3.5-6.5L4 12z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  attach: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.5a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.7",
  slash: "M15 5L9 19",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  link: "M8 16L17 7M9 7h8v8",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  erase: "M9 6h11v12H9l-6-6zM12.5 9.5l4.5 5M17 9.5l-4.5 5",
  chat: "M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 3.5V17h-1A1.5 1.5 0 0 1 4 15.5z",
  till: "M7 10V4h10v6M5 10h14l1.5 10h-17zM8.5 13.5h.01M12 13.5h.01M15.5 13.5h.01M8 17h8",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3 2",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16",
  file: "M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 13h5M10 16.5h5",
  paste: "M20 5v6a3 3 0 0 1-3 3H5M9 10l-4 4 4 4",
};

/** An element with properties (`class`, `on`, `data`, or any attribute; null and false are left out) and children. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", `icon icon-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

/** Puts the icon of every element of index.html that names one with data-icon before its text. */
export function fillStaticIcons() {
  for (const node of document.querySelectorAll("[data-icon]")) node.prepend(icon(node.dataset.icon));
}

export const byId = (id) => document.getElementById(id);

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Fades an element out, then takes it away. */
export async function vanish(node) {
  if (!calm() && !document.hidden) {
    const steps = [{ opacity: 1 }, { opacity: 0, transform: "scale(0.97)" }];
    node.animate(steps, { duration: FADE_MS, easing: "ease-in", fill: "forwards" });
    // A clock of its own: in a window that is not drawn an animation never ends, and what was deleted must go.
    await new Promise((resolve) => setTimeout(resolve, FADE_MS));
  }
  node.remove();
}
