// The visitor's authenticator: accounts, their running codes, and the time each code has left.
import * as api from "./api.js";
import { pasteForBot } from "./composer.js";
import { byId, el, icon } from "./dom.js";
import { copy, guarded, inBackground, sure, toast } from "./notices.js";
import { on, state } from "./state.js";
import { text } from "./texts.js";

const TICK_MS = 250;
const RETRY_MS = 4000;
const SHORT_S = 6; // from here on the ring warns
const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 15;
const ROUND = 2 * Math.PI * RADIUS;

let cards = []; // {account, ends, ring, seconds, node}
let nextTry = 0;

const load = inBackground(async () => {
  const me = state.me;
  if (!me) return;
  nextTry = performance.now() + RETRY_MS;
  const { accounts } = await api.authenticator();
  if (state.me === me) show(accounts);
});

function show(accounts) {
  const had = new Set(cards.map(({ account }) => account.id));
  const first = !byId("accounts").dataset.person || byId("accounts").dataset.person !== String(state.me.id);
  byId("accounts").dataset.person = state.me.id;
  cards = accounts.map(card);
  byId("accounts").replaceChildren(...cards.map(({ node }) => node));
  for (const { account, node } of cards) node.classList.toggle("arrives", !first && !had.has(account.id));
  byId("accounts-empty").hidden = accounts.length > 0;
  tick();
}

function card(account) {
  const half = Math.ceil(account.code.length / 2);
  const code = el(
    "button",
    { type: "button", class: "code", title: text("authenticator.copy"), data: { testid: "authenticator-code" } },
    el("span", {}, account.code.slice(0, half)),
    el("span", {}, account.code.slice(half)),
  );
  code.addEventListener("click", () => copy(account.code));
  const { ring, drawing } = makeRing();
  const seconds = el("span", { class: "ring-seconds" });
  const paste = el("button", { type: "button", class: "button", data: { testid: "authenticator-paste" } });
  paste.append(icon("paste"), text("authenticator.paste"));
  paste.addEventListener("click", () => pasteForBot(account.code));
  const remove = el("button", { type: "button", class: "button quiet" }, text("authenticator.remove"));
  remove.addEventListener("click", () => forget(account));
  const node = el(
    "li",
    { class: "account" },
    el("div", { class: "account-name" }, el("b", {}, account.issuer || account.label), account.issuer && el("span", {}, account.label)),
    code,
    el("div", { class: "ring", role: "img" }, drawing, seconds),
    el("div", { class: "account-acts" }, paste, remove),
  );
  return { account, ends: performance.now() + account.seconds_left * 1000, ring, seconds, node };
}

function makeRing() {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 36 36");
  const [track, ring] = ["ring-track", "ring-left"].map((name) => {
    const circle = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({ cx: 18, cy: 18, r: RADIUS, class: name })) circle.setAttribute(key, value);
    return circle;
  });
  drawing.append(track, ring);
  return { ring, drawing };
}

function tick() {
  const now = performance.now();
  for (const { account, ends, ring, seconds, node } of cards) {
    const left = Math.max(0, (ends - now) / 1000);
    const whole = Math.ceil(left);
    ring.style.strokeDasharray = `${(ROUND * Math.min(left / account.period, 1)).toFixed(2)} ${ROUND}`;
    if (seconds.textContent !== String(whole)) {
      seconds.textContent = String(whole);
      seconds.parentElement.setAttribute("aria-label", text("authenticator.seconds", { count: whole }));
      node.classList.toggle("is-short", whole <= SHORT_S);
    }
  }
  if (!document.hidden && state.connected && now > nextTry && cards.some(({ ends }) => ends <= now)) load();
}

async function renew() {
  nextTry = 0;
  await load();
}

const forget = guarded(async (account) => {
  const label = [account.issuer, account.label].filter(Boolean).join(" · ");
  if (!(await sure(text("authenticator.remove-sure", { label }), text("authenticator.remove")))) return;
  await api.forget(account.id);
  toast(text("authenticator.removed"));
  await load();
});

const typeKey = guarded(async () => {
  const label = byId("account-label").value.trim();
  const key = byId("account-key").value.replace(/[\s-]/g, "");
  try {
    const account = await api.typeKey(label, key);
    toast(text("authenticator.added", { label: account.issuer || account.label }));
    byId("account-form").reset();
    byId("account-form").closest("details").open = false;
    await load();
  } catch (error) {
    if (error.status !== 422) throw error;
    toast(text("authenticator.bad-key"), "error");
    byId("account-key").focus();
  }
});

export function startAuthenticator() {
  byId("account-form").addEventListener("submit", (event) => {
    event.preventDefault();
    typeKey();
  });
  for (const topic of ["person", "authenticator", "reload", "language"]) on(topic, renew);
  document.addEventListener("visibilitychange", tick);
  setInterval(tick, TICK_MS);
}
