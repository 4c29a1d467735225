// What a report does where scripts run: tables sort, figures say their values. Without it nothing is missing but that.
//
// The text stands in the page as it is here, and its digest in the page's content security policy. HTML and XML read it
// alike, since it has no "less than" sign and no ampersand.
"use strict";

// MARK: Tables

/** What a cell sorts by: its number, else its text without interval and notes; undefined where there is no value. */
function sortKey(cell) {
  if (cell === undefined) return undefined;
  if (cell.dataset.key !== undefined) return Number(cell.dataset.key);
  const copy = cell.cloneNode(true);
  for (const part of copy.querySelectorAll(".aside, sup")) part.remove();
  const text = copy.textContent.trim();
  if (text === "" || text === "–" || text.startsWith(document.body.dataset.undefined)) return undefined;
  const number = text.replace(/[\s\u2009\u202f]/g, "").replace(document.body.dataset.decimal, ".").replace("\u2212", "-").replace(/%$/, "");
  return /^[-+]?\d+(\.\d+)?$/.test(number) ? Number(number) : text;
}

/** Negative where `a` comes first: numbers by value, then words by alphabet; `sign` turns the order. */
function compare(a, b, sign) {
  if (a === undefined || b === undefined) return (a === undefined) - (b === undefined); // without value: last, always
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  const order = typeof a === "number" ? a - b : a.localeCompare(b, document.documentElement.lang, { numeric: true });
  return sign * order;
}

/** A head sorts by its column: ascending, then descending, then as the report has it. */
function makeSortable(table) {
  const body = table.tBodies[0];
  const original = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  if (original.length === 1) return;
  heads.forEach((head, column) => {
    if (head.textContent.trim() === "") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: "none" }[head.getAttribute("aria-sort")] ?? "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      if (next === "none") return body.append(...original);
      head.setAttribute("aria-sort", next);
      const keyed = original.map((row) => ({ row, key: sortKey(row.cells[column]) }));
      keyed.sort((a, b) => compare(a.key, b.key, next === "ascending" ? 1 : -1));
      body.append(...keyed.map((entry) => entry.row));
    });
  });
}

// MARK: Figures

/** The one note that shows a value beside its mark, and is read aloud. */
const note = document.createElement("div");
note.className = "value-note";
note.setAttribute("role", "status");
document.querySelector("main").append(note);
let shown = null;

function hide() {
  shown?.area.classList.remove("shown");
  shown = null;
  note.textContent = "";
}

function show(mark) {
  if (mark === shown) return;
  hide();
  shown = mark;
  mark.area.classList.add("shown");
  note.textContent = mark.value;
  moveNote();
}

/** The note stands above its mark, or below where there is no room; it goes along when the page scrolls. */
function moveNote() {
  if (shown === null) return;
  const place = shown.area.getBoundingClientRect();
  const room = document.documentElement.clientWidth - note.offsetWidth - 8;
  const above = place.top - note.offsetHeight - 8;
  note.style.left = Math.max(8, Math.min(place.left + place.width / 2 - note.offsetWidth / 2, room)) + "px";
  note.style.top = (above > 4 ? above : place.bottom + 8) + "px";
}

/** The mark under or next to a place on the screen; of several the smallest. */
function nearest(marks, svg, x, y) {
  const place = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
  let best = null;
  let least = 10; // points
  for (const mark of marks) {
    const dx = Math.max(mark.x - place.x, 0, place.x - mark.x - mark.width);
    const dy = Math.max(mark.y - place.y, 0, place.y - mark.y - mark.height);
    const distance = Math.hypot(dx, dy) + 1e-6 * mark.width * mark.height;
    if (least > distance) [best, least] = [mark, distance];
  }
  return best;
}

/** Pointing at a mark, or stepping there with the arrow keys, shows its value; Escape hides it. */
function answerWithValues(plate) {
  const svg = plate.querySelector("svg");
  const marks = Array.from(plate.querySelectorAll(".marks rect"), (area) => {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(area.getAttribute(name)));
    return { area, value: area.textContent, x, y, width, height };
  });
  if (marks.length === 0) return;
  // The browser's own notes would stand over ours.
  const words = Array.from(svg.querySelectorAll(":scope > title, :scope > desc"), (part) => part.textContent);
  svg.setAttribute("aria-label", words.join(" "));
  svg.removeAttribute("aria-labelledby");
  for (const title of svg.querySelectorAll("title")) title.remove();
  plate.setAttribute("aria-description", document.body.dataset.keys);
  plate.addEventListener("pointermove", (event) => {
    const mark = nearest(marks, svg, event.clientX, event.clientY);
    if (mark) show(mark);
    else hide();
  });
  plate.addEventListener("pointerleave", (event) => {
    if (event.relatedTarget !== note) hide();
  });
  plate.addEventListener("blur", hide);
  plate.addEventListener("keydown", (event) => {
    const at = marks.indexOf(shown);
    const steps = { ArrowRight: at + 1, ArrowLeft: at > 0 ? at - 1 : 0, Home: 0, End: marks.length - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const mark = marks[Math.min(steps[event.key], marks.length - 1)];
    mark.area.scrollIntoView({ block: "nearest", inline: "nearest" });
    show(mark);
  });
}

note.addEventListener("pointerleave", hide);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
document.addEventListener("scroll", moveNote, { capture: true, passive: true });

// MARK: Scrolling

/** What need not scroll is no stop of the Tab key. */
function fitTabStops() {
  for (const box of document.querySelectorAll(".scroll, pre")) {
    if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  }
}

document.querySelectorAll("div.table table").forEach(makeSortable);
document.querySelectorAll(".plate").forEach(answerWithValues);
fitTabStops();
addEventListener("resize", fitTabStops);
document.addEventListener("toggle", fitTabStops, true);
