// Puts the page together.
import { startAuthenticator } from "./authenticator.js";
import { startChats } from "./chats.js";
import { startComposer } from "./composer.js";
import { startConversation } from "./conversation.js";
import { byId, fillStaticIcons } from "./dom.js";
import "./events.js";
import { fail, guarded } from "./notices.js";
import { startPeople } from "./people.js";
import { loadPeople } from "./session.js";
import { on, state } from "./state.js";
import { startTabs } from "./tabs.js";
import { fillStaticTexts, text } from "./texts.js";
import { startTill } from "./till.js";

function showConnection() {
  const trouble = state.connected ? (state.online ? null : "page.offline") : "page.disconnected";
  byId("banner").hidden = !trouble;
  if (trouble) byId("banner-words").textContent = text(trouble);
}

addEventListener("error", (event) => event.error && fail(event.error));
for (const topic of ["connection", "language"]) on(topic, showConnection);

startTabs();
startPeople();
startChats();
startConversation();
startComposer();
startTill();
startAuthenticator();
fillStaticIcons();
fillStaticTexts();
guarded(loadPeople)();
