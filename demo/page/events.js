// What happens elsewhere, as it happens: Server-Sent Events, reopened for as long as the page lives.
import { eventsAddress } from "./api.js";
import { inBackground } from "./notices.js";
import { loadBot, reload, setOnline } from "./session.js";
import { emit, on, state } from "./state.js";

const WAITS_MS = [500, 1000, 2000, 4000];

let source = null;
let retry = null;
let failures = 0;
let missed = false; // whether events may have passed unseen

function close() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

function open() {
  close();
  source = new EventSource(eventsAddress());
  source.onopen = inBackground(async () => {
    failures = 0;
    setConnected(true);
    if (missed) {
      missed = false;
      await reload();
    }
  });
  source.onmessage = inBackground((event) => receive(JSON.parse(event.data)));
  source.onerror = () => {
    close();
    missed = true;
    setConnected(false);
    retry = setTimeout(open, WAITS_MS[Math.min(failures, WAITS_MS.length - 1)]);
    failures += 1;
  };
}

function setConnected(connected) {
  state.connected = connected;
  emit("connection");
}

async function receive(event) {
  if (event.type === "bot") setOnline(event.online);
  else if (event.type === "commands") await loadBot();
  else emit(event.type, event);
}

on("person", () => {
  missed = false;
  failures = 0;
  open();
});
addEventListener("pagehide", close);
addEventListener("pageshow", (event) => {
  if (event.persisted && state.me) {
    missed = true;
    open();
  }
});
