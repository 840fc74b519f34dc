// The only way by which markup from the server enters the page.

const KEPT = new Set(["B", "STRONG", "I", "EM", "U", "INS", "S", "DEL", "CODE", "PRE", "BLOCKQUOTE"]);
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "NOSCRIPT", "TITLE", "TEXTAREA"]);
const LINK = /^(https?|tg):/i;

/** `html` rebuilt from an allow-list: known tags without attributes, links to http(s) and tg, spoilers. */
export function sanitized(html) {
  const parsed = new DOMParser().parseFromString(`<body>${html}`, "text/html");
  const clean = document.createDocumentFragment();
  copyChildren(parsed.body, clean);
  return clean;
}

function copyChildren(from, to) {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) to.append(child.data);
    else if (child.nodeType === Node.ELEMENT_NODE && !DROPPED.has(child.tagName)) {
      const kept = counterpart(child);
      copyChildren(child, kept ?? to);
      if (kept) to.append(kept);
    }
  }
}

/** The harmless element that stands for `node`, or null where only its text is kept. */
function counterpart(node) {
  if (KEPT.has(node.tagName)) return document.createElement(node.tagName);
  if (node.tagName === "SPAN" && node.classList.contains("spoiler")) {
    const spoiler = document.createElement("span");
    spoiler.className = "spoiler";
    return spoiler;
  }
  if (node.tagName === "A" && LINK.test(node.getAttribute("href") ?? "")) {
    const link = document.createElement("a");
    link.href = node.getAttribute("href");
    return link;
  }
  return null;
}

/** The words of `html` on one line, hidden ones covered: for a preview. */
export function preview(html) {
  const clean = sanitized(html);
  for (const spoiler of clean.querySelectorAll(".spoiler")) spoiler.textContent = "••••";
  return clean.textContent.replace(/\s+/g, " ").trim();
}
