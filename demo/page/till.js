// The sign-in screen of a terminal, where a changed PIN proves itself.
import * as api from "./api.js";
import { byId, el, icon } from "./dom.js";
import { guarded, inBackground } from "./notices.js";
import { initials } from "./people.js";
import { on } from "./state.js";
import { text, textOr } from "./texts.js";

const TERMINAL = "tillkeeper.terminal";
const DIGITS = 8;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "erase"];
/** How often the till fails, and how slowly it answers, once a visitor asks for it. */
const FAULTS = {
  slow: { times: 3, seconds: 6 },
  down: { times: 3 },
  refused: { times: 1 },
  lost: { times: 1 },
};

const number = byId("till-number");
const pin = byId("till-pin");

let till = { terminals: [], sample: [], fault: null };
let chosen = sessionStorage.getItem(TERMINAL);
let refusal = null; // the text key of why the last sign-in failed
let field = number; // the one the keypad writes in

const terminal = () => till.terminals.find(({ id }) => String(id) === chosen) ?? till.terminals[0] ?? null;
const roleName = (role) => textOr(`role.${role}`, role);

const load = inBackground(async () => {
  till = await api.till();
  show();
});

function choose(id) {
  chosen = String(id);
  sessionStorage.setItem(TERMINAL, chosen);
  begin();
  show();
}

/** A screen as after a sign-out: nothing typed, nothing said. */
function begin() {
  refusal = null;
  number.value = "";
  pin.value = "";
  field = number;
}

function show() {
  showTerminals();
  showScreen();
  showSample();
  showFault();
}

function showTerminals() {
  const focused = document.activeElement?.dataset.testid;
  const current = terminal();
  const buttons = till.terminals.map(({ id, name, signed_in }) => {
    const properties = {
      type: "button",
      class: `terminal ${signed_in ? "is-open" : ""}`,
      "aria-pressed": String(id === current.id),
      title: signed_in ? text("till.open") : null,
      data: { testid: `till-terminal-${id}` },
      on: { click: () => choose(id) },
    };
    return el("button", properties, name);
  });
  byId("till-terminals").replaceChildren(...buttons);
  if (focused?.startsWith("till-terminal-")) byId("till-terminals").querySelector(`[data-testid="${focused}"]`)?.focus();
}

function showScreen() {
  const current = terminal();
  const user = current?.signed_in ?? null;
  byId("till-form").hidden = !current || Boolean(user);
  byId("till-session").hidden = !user;
  byId("till-name").textContent = current?.name ?? "";
  const result = byId("till-result");
  result.classList.toggle("is-refused", Boolean(refusal) && !user);
  if (user) {
    result.textContent = text("till.welcome", { name: user.name, role: roleName(user.role) });
    byId("till-user").replaceChildren(
      el("span", { class: "avatar", "aria-hidden": "true" }, initials(user.name)),
      el("b", {}, user.name),
      el("span", {}, `${user.number} · ${roleName(user.role)}`),
    );
  } else result.textContent = text(refusal ?? (current ? "till.ready" : "till.none"));
  for (const each of [number, pin]) each.classList.toggle("is-current", each === field);
}

function showSample() {
  const current = terminal();
  const people = current?.signed_in ? [] : till.sample.filter(({ terminal_id }) => terminal_id === current?.id);
  byId("till-sample").hidden = !people.length;
  byId("till-sample-list").replaceChildren(
    ...people.map((person) =>
      el(
        "button",
        { type: "button", class: "sample", on: { click: () => fill(person) } },
        el("b", {}, person.name),
        el("span", {}, `${text("till.no")} `, el("kbd", {}, person.number)),
        el("span", {}, `${text("till.pin")} `, el("kbd", {}, person.pin)),
      ),
    ),
  );
}

function fill(person) {
  number.value = person.number;
  pin.value = person.pin;
  refusal = null;
  field = pin;
  showScreen();
  byId("till-sign-in").focus();
}

function showFault() {
  const { fault } = till;
  byId("till-fault").value = fault && fault.kind in FAULTS ? fault.kind : "";
  const left = fault?.times ?? 0;
  byId("till-fault-left").textContent = left ? text(left === 1 ? "till.fault-once" : "till.fault-left", { count: left }) : "";
}

const signIn = guarded(async () => {
  const current = terminal();
  if (!number.value || !pin.value) {
    refusal = "till.incomplete";
    field = number.value ? pin : number;
    return showScreen();
  }
  const button = byId("till-sign-in");
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await api.signIn(current.id, number.value, pin.value);
    if (answer.ok) {
      begin();
      current.signed_in = answer.user;
    } else refuse(answer.reason);
    show();
  } finally {
    button.removeAttribute("aria-busy");
  }
  return undefined;
});

function refuse(reason) {
  refusal = reason === "frozen" ? "till.frozen" : "till.wrong";
  pin.value = "";
  field = pin;
  const screen = byId("till-screen");
  screen.classList.remove("is-shaken");
  void screen.offsetWidth; // restarts the animation
  screen.classList.add("is-shaken");
}

const signOut = guarded(async () => {
  await api.signOut(terminal().id);
  begin();
  await load();
});

const setFault = guarded(async (event) => {
  const kind = event.target.value || null;
  await api.setFault({ kind, times: 0, ...FAULTS[kind] });
  await load();
});

function pressKey(key) {
  if (key === "clear") field.value = "";
  else if (key === "erase") field.value = field.value.slice(0, -1);
  else if (field.value.length < DIGITS) field.value += key;
  refusal = null;
  showScreen();
}

function makeKeypad() {
  const keys = KEYS.map((key) => {
    const word = { clear: "C", erase: icon("erase") }[key] ?? key;
    const label = { clear: "till.clear", erase: "till.erase" }[key];
    const button = el("button", { type: "button", class: `pad pad-${/\d/.test(key) ? "digit" : key}` }, word);
    if (label) button.dataset.label = label;
    button.addEventListener("click", () => pressKey(key));
    return button;
  });
  byId("till-keypad").replaceChildren(...keys);
}

export function startTill() {
  makeKeypad();
  for (const each of [number, pin]) {
    each.addEventListener("focus", () => {
      field = each;
      showScreen();
    });
    each.addEventListener("input", () => {
      refusal = null;
      showScreen();
    });
  }
  byId("till-form").addEventListener("submit", (event) => {
    event.preventDefault();
    signIn();
  });
  byId("till-sign-out").addEventListener("click", signOut);
  byId("till-fault").addEventListener("change", setFault);
  for (const topic of ["till", "reload"]) on(topic, load);
  on("language", show);
  load();
}
