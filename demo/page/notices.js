// Short words to the visitor: toasts, alerts, questions; and the net under every asynchronous act.
import { ApiError } from "./api.js";
import { byId, el, vanish } from "./dom.js";
import { text } from "./texts.js";

const SECONDS_SHOWN = 3.2;

/** A short word at the foot of the page. `kind` is "plain" or "error". */
export function toast(words, kind = "plain") {
  const note = el("div", { class: `toast toast-${kind}` }, words);
  const room = byId("toasts");
  for (const other of room.children) if (other.textContent === words) other.remove();
  room.append(note);
  while (room.children.length > 3) room.firstChild.remove();
  setTimeout(() => vanish(note), SECONDS_SHOWN * 1000 + words.length * 25);
}

export function fail(error) {
  if (!(error instanceof ApiError)) console.error(error);
  toast(error instanceof ApiError ? error.message : text("error.page", { reason: error?.message ?? error }), "error");
}

/** `act` as a listener that never rejects: what goes wrong is told in a toast. */
export function guarded(act) {
  return async (...given) => {
    try {
      return await act(...given);
    } catch (error) {
      fail(error);
      return undefined;
    }
  };
}

/** The same for what the page does unasked: that nothing answers is told by the banner, once, not by toasts. */
export function inBackground(act) {
  return guarded(async (...given) => {
    try {
      return await act(...given);
    } catch (error) {
      if (error instanceof ApiError && !error.status) return undefined;
      throw error;
    }
  });
}

/** A modal with `content` and buttons [{label, value, kind}]; resolves with the pressed value, or null. */
export function ask(content, buttons, name = "alert") {
  return new Promise((resolve) => {
    let chosen = null;
    const choose = (value) => {
      chosen = value;
      dialog.close();
    };
    const row = buttons.map(({ label, value, kind }) =>
      el("button", { type: "button", class: `button ${kind ?? ""}`, on: { click: () => choose(value) } }, label),
    );
    const dialog = el("dialog", { class: `modal modal-${name}` }, content, el("div", { class: "modal-buttons" }, ...row));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(chosen);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export const tell = (words) => ask(el("p", {}, words), [{ label: text("ok"), value: true, kind: "primary" }]);

export const sure = (words, yes) =>
  ask(el("p", {}, words), [
    { label: text("composer.cancel"), value: false },
    { label: yes, value: true, kind: "danger" },
  ]);

/** Says something to a screen reader only. */
export function announce(words) {
  byId("announcer").textContent = words;
}

export async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    toast(text("message.copied"));
  } catch {
    toast(text("message.not-copied"), "error"); // the browser denies the clipboard: nothing else is to be done
  }
}
