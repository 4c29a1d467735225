// Shows a report's page as it is rendered, at the place where the reader is, with what is wrong beside it.
"use strict";

const find = (id) => document.getElementById(id);
const [pages, panel, headline, step, details] = ["pages", "panel", "headline", "step", "details"].map(find);
const [curve, mistakes, cancel, again, fold] = ["curve", "mistakes", "cancel", "again", "fold"].map(find);

/** An element with text or elements in it. */
function make(name, className, ...content) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

// MARK: The page

let shown = null; // digest of the page that the reader sees, or is about to
let frame = null;

/** What can be found again in another version of the page: headings, figures and tables. */
const landmarks = "main section[aria-labelledby] > [id], main figure[id], main div.table[id]";

/** Where the reader is: the landmark above the top of the window, and how far above it is. */
function placeIn(frame) {
  const inside = frame.contentWindow;
  let mark = null;
  for (const element of inside.document.querySelectorAll(landmarks)) {
    const top = element.getBoundingClientRect().top;
    if (top <= 1 && (mark === null || top > mark.top)) mark = { id: element.id, top };
  }
  return { x: inside.scrollX, y: inside.scrollY, mark };
}

function goTo(place, frame) {
  const inside = frame.contentWindow;
  const element = place.mark && inside.document.getElementById(place.mark.id);
  const y = element ? inside.scrollY + element.getBoundingClientRect().top - place.mark.top : place.y;
  inside.scrollTo({ left: place.x, top: y, behavior: "instant" });
}

/** The new page loads behind the old one and takes its place when it stands where the reader is. */
function show(page) {
  if (page === shown || page === null) return;
  shown = page;
  for (const late of pages.querySelectorAll(".coming")) late.remove();
  const next = make("iframe", "coming");
  next.title = "The report";
  next.addEventListener("load", () => {
    if (!next.classList.contains("coming")) return;
    if (frame) goTo(placeIn(frame), next);
    next.classList.remove("coming");
    frame?.remove();
    frame = next;
    find("empty")?.remove();
    document.title = `${next.contentDocument.title} – preview`;
    // Other sites open beside the preview, not in it.
    next.contentDocument.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href^='http']");
      if (!link) return;
      event.preventDefault();
      window.open(link.href, "_blank", "noopener,noreferrer");
    });
  });
  next.src = `/page?${page}`;
  pages.append(next);
}

// MARK: What is wrong

/** The line of the source, the mistake in it marked. Columns count Unicode scalars, as the strings' iterator does. */
function excerpt(mistake) {
  const scalars = Array.from(mistake.source);
  const start = mistake.column - 1;
  const end = Math.min(start + (mistake.length ?? 1), scalars.length);
  const part = (from, to) => scalars.slice(from, to).join("");
  return make("pre", "", part(0, start), make("mark", "", part(start, end) || " "), part(end));
}

const where = (fault) => (fault.line ? `${fault.file}:${fault.line}:${fault.column}` : fault.file);

function describe(mistake) {
  const head = make(
    "p", "", make("span", "place", where(mistake)), ": ", make("span", "code", `error[${mistake.code}]`), `: ${mistake.message}`);
  const help = (mistake.help ?? []).map((text) => make("p", "help", `help: ${text}`));
  return make("li", "", head, ...(mistake.source === undefined ? [] : [excerpt(mistake)]), ...help);
}

function describeFailure(failure) {
  const head = make("p", "", make("span", "place", where(failure)), `: cell '${failure.cell}' (${failure.kind}) failed`);
  return make("li", "", head, make("pre", "", failure.reason));
}

// MARK: The state

const counted = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

function headlineOf(state) {
  const wrong = state.diagnostics.length;
  switch (state.phase) {
    case "mistaken": return `${counted(wrong, "mistake")}; ${state.page ? "the page is the last good one" : "nothing was run"}`;
    case "failed": return state.failures.length ? `${counted(state.failures.length, "cell")} failed` : "Failed";
    case "cancelled": return "Cancelled";
    case "ready": return wrong ? `Draft: ${counted(wrong, "gap")}` : "Up to date";
    default: return "Rendering";
  }
}

function stepOf(state) {
  if (state.step) return `${state.step.cell} (${state.step.kind})${state.step.line ? `: ${state.step.line}` : ""}`;
  if (state.message) return state.message;
  if (state.phase !== "ready" || state.seconds === undefined) return "";
  return `in ${state.seconds.toFixed(2)} s, ${state.computed ? `${counted(state.computed, "cell")} computed` : "nothing computed anew"}`;
}

let listed = "";
let isFolded = false;

function update(state) {
  show(state.page ?? null);
  const isWrong = ["mistaken", "failed"].includes(state.phase) || (state.phase === "rendering" && state.diagnostics.length + state.failures.length > 0);
  panel.classList.toggle("wrong", isWrong);
  // Only what changes is set, so that it is read aloud once.
  const text = headlineOf(state);
  if (headline.textContent !== text) headline.textContent = text;
  step.textContent = stepOf(state);
  cancel.hidden = state.phase !== "rendering";
  again.hidden = !["cancelled", "failed"].includes(state.phase);
  const list = JSON.stringify([state.diagnostics, state.failures]);
  if (list !== listed) {
    [listed, isFolded] = [list, false];
    mistakes.replaceChildren(...state.diagnostics.map(describe), ...state.failures.map(describeFailure));
  }
  curve.hidden = !state.curve;
  if (state.curve && curve.dataset.digest !== state.curve.digest) {
    curve.dataset.digest = state.curve.digest;
    curve.src = `/curve?${state.curve.digest}`;
    curve.alt = state.curve.description;
  }
  const isEmpty = curve.hidden && mistakes.childElementCount === 0;
  fold.hidden = isEmpty;
  details.hidden = isEmpty || isFolded;
  fold.textContent = isFolded ? "Show" : "Hide";
  fold.setAttribute("aria-expanded", String(!isFolded));
}

let last = null;
const events = new EventSource("/events");
events.addEventListener("message", (event) => {
  last = JSON.parse(event.data);
  update(last);
});
events.addEventListener("error", () => {
  headline.textContent = "The preview has ended, or cannot be reached";
  step.textContent = "";
  cancel.hidden = again.hidden = true;
});

function toggle() {
  isFolded = !isFolded;
  if (last) update(last);
}
cancel.addEventListener("click", () => fetch("/cancel", { method: "POST" }));
again.addEventListener("click", () => fetch("/render", { method: "POST" }));
fold.addEventListener("click", toggle);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !fold.hidden && !isFolded) toggle();
});
