// The top of the page: who you are, and in which languages.
import { byId, el } from "./dom.js";
import { guarded } from "./notices.js";
import { choosePerson, setTelegramLanguage } from "./session.js";
import { on, state } from "./state.js";
import { language, speak, text } from "./texts.js";

const HAN = /\p{Script=Han}/u;

/** Two letters for a Latin name; for a Chinese one its first character. */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  if (!words.length) return "?";
  if (HAN.test(words[0])) return [...words[0]][0];
  const latin = words.filter((word) => !HAN.test(word));
  return latin.slice(0, 2).map((word) => [...word][0].toUpperCase()).join("");
}

export const avatar = (name, kind) => el("span", { class: `avatar avatar-${kind}`, "aria-hidden": "true" }, initials(name));

/** The colour of whoever wrote: a person's part in the demo, or the bot's. */
export function kindOf(sender) {
  if (sender.is_bot) return "bot";
  return state.people.find((person) => person.id === sender.id)?.part ?? "other";
}

/** Whoever wrote: the bot by its drawing, a person by initials. */
export const avatarOf = (sender) => (sender.is_bot ? botAvatar() : avatar(sender.name, kindOf(sender)));

export const botAvatar = () => el("img", { class: "avatar", src: "/static/favicon.svg", alt: "" });

const choose = guarded(choosePerson);

function personButton(person) {
  const chosen = person.id === state.me?.id;
  const part = text(`part.${person.part}`);
  return el(
    "button",
    {
      type: "button",
      class: "person",
      "aria-pressed": String(chosen),
      "aria-label": `${person.name}, ${part}`,
      title: `${person.name} · ${part}`,
      data: { testid: `person-${person.id}` },
      on: { click: () => chosen || choose(person) },
    },
    avatar(person.name, person.part),
    el("span", { class: "person-words" }, el("b", {}, person.name), el("small", {}, part)),
  );
}

function show() {
  const focused = document.activeElement?.dataset.testid;
  byId("people").replaceChildren(...state.people.map(personButton));
  if (focused?.startsWith("person-")) byId("people").querySelector(`[data-testid="${focused}"]`)?.focus();
  const me = state.me;
  byId("me-name").textContent = me ? me.name : "";
  byId("me-part").textContent = me ? text(`part.${me.part}`) : "";
  const chosen = byId("telegram-language");
  const code = me?.language_code ?? "en";
  chosen.value = code.startsWith("zh") ? "zh-hans" : "en";
}

function showLanguage() {
  for (const code of ["en", "zh"]) byId(`lang-${code}`).setAttribute("aria-pressed", String(code === language()));
  show();
}

export function startPeople() {
  for (const code of ["en", "zh"]) byId(`lang-${code}`).addEventListener("click", () => speak(code));
  byId("telegram-language").addEventListener(
    "change",
    guarded((event) => setTelegramLanguage(event.target.value)),
  );
  on("person", show);
  on("language", showLanguage);
  showLanguage();
}
