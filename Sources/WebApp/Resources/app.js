// What the pages do beyond forms and links; without it everything still works by them.
"use strict";

// Sending: dropped files, progress, and a reason in place when a recording cannot be read.
const upload = document.getElementById("upload");
if (upload) {
  const input = document.getElementById("files"), drop = document.getElementById("drop");
  const progress = document.getElementById("progress"), button = upload.querySelector("button");
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  // A file that misses the box must not replace the page.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    upload.requestSubmit();
  });
  upload.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    const bar = document.createElement("progress");
    const say = (text, ...more) => progress.replaceChildren(text, ...more);
    const failed = (text) => { button.disabled = false; progress.setAttribute("role", "alert"); say(text); };
    progress.setAttribute("role", "status");
    button.disabled = true;
    bar.setAttribute("aria-label", upload.dataset.sending);
    say(upload.dataset.sending, bar);
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      bar.max = sent.total;
      bar.value = sent.loaded;
    });
    request.upload.addEventListener("load", () => say(upload.dataset.reading));
    request.addEventListener("error", () => failed(upload.dataset.lost));
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* no JSON: the status says it */ }
      if (request.status === 201) location.assign(answer.links.page);
      else failed(answer.detail || `${request.status} ${request.statusText}`);
    });
    request.open("POST", "/api/interpretations?lang=" + document.documentElement.lang);
    request.send(new FormData(upload));
  });
}

const trace = document.getElementById("trace");
if (trace) {
  for (const part of document.querySelectorAll(".scripted")) part.hidden = false;
  const view = document.getElementById("view");

  // Zoom.
  const zoom = document.getElementById("zoom");
  let scale = 1;
  const setZoom = (value) => {
    scale = Math.min(4, Math.max(0.5, value));
    document.documentElement.style.setProperty("--zoom", scale);
    zoom.textContent = `${Math.round(100 * scale)} %`;
  };
  document.getElementById("smaller").addEventListener("click", () => setZoom(scale / 1.25));
  document.getElementById("larger").addEventListener("click", () => setZoom(scale * 1.25));

  // Calipers: a box on the paper, in millimetres; its two corners are handles for mouse, finger and arrow keys.
  const readout = document.getElementById("readout"), toggle = document.getElementById("calipers");
  const help = document.getElementById("calipers-help");
  const millimetre = 72 / 25.4, space = "http://www.w3.org/2000/svg";
  let ends = null, layer = null;
  const make = (name, attributes) => {
    const element = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const decimals = (x, places) => x.toFixed(places).replace(".", readout.dataset.decimal).replace("-", "−");
  const report = () => {
    const speed = Number(trace.dataset.speed), gain = Number(trace.dataset.gain);
    const ms = Math.abs(ends[1].x - ends[0].x) / millimetre / speed * 1000;
    const mv = (ends[0].y - ends[1].y) / millimetre / gain;
    const rate = ms >= 100 ? ` · ${Math.round(60000 / ms)} ${readout.dataset.rate}` : "";
    readout.textContent = `${Math.round(ms)} ms${rate} · ${decimals(mv, 2)} mV`;
  };
  const place = () => {
    const [a, b] = ends;
    const box = layer.querySelector(".box");
    box.setAttribute("x", Math.min(a.x, b.x));
    box.setAttribute("y", Math.min(a.y, b.y));
    box.setAttribute("width", Math.abs(b.x - a.x));
    box.setAttribute("height", Math.abs(b.y - a.y));
    layer.querySelectorAll(".handle").forEach((handle, index) => {
      handle.setAttribute("cx", ends[index].x);
      handle.setAttribute("cy", ends[index].y);
    });
    report();
  };
  const point = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(layer.getScreenCTM().inverse());
    return { x: at.x, y: at.y };
  };
  const putAway = () => {
    if (layer) layer.remove();
    layer = null;
    toggle.setAttribute("aria-pressed", "false");
    help.hidden = true;
    readout.textContent = readout.dataset.off;
  };
  const takeOut = () => {
    const drawing = trace.querySelector(".plate > svg");
    const frame = drawing.viewBox.baseVal, names = trace.dataset.handles.split("|");
    layer = make("svg", { class: "overlay", viewBox: drawing.getAttribute("viewBox") });
    layer.append(make("rect", { class: "box" }));
    names.forEach((name, index) => {
      const handle = make("circle", { class: "handle", r: 5, tabindex: 0, role: "slider", "aria-label": name, "aria-valuenow": 0, "aria-valuetext": "" });
      handle.addEventListener("keydown", (event) => {
        const step = (event.shiftKey ? 10 : 1) * millimetre * 0.25;
        const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
        if (!move) return;
        event.preventDefault();
        ends[index] = { x: ends[index].x + move[0], y: ends[index].y + move[1] };
        place();
        handle.setAttribute("aria-valuenow", Math.round(ends[index].x));
        handle.setAttribute("aria-valuetext", readout.textContent);
      });
      layer.append(handle);
    });
    trace.querySelector(".plate").append(layer);
    // In the middle of what is seen of the drawing.
    const seen = trace.getBoundingClientRect();
    const middle = point({ clientX: seen.left + seen.width / 2, clientY: seen.top + seen.height / 2 });
    middle.x = Math.min(frame.x + frame.width - 12 * millimetre, Math.max(frame.x + 12 * millimetre, middle.x));
    ends = [{ x: middle.x - 10 * millimetre, y: middle.y + 5 * millimetre }, { x: middle.x + 10 * millimetre, y: middle.y - 5 * millimetre }];
    let held = null;
    layer.addEventListener("pointerdown", (event) => {
      const handles = [...layer.querySelectorAll(".handle")];
      held = handles.indexOf(event.target);
      if (held < 0) {
        ends = [point(event), point(event)];
        held = 1;
      }
      layer.setPointerCapture(event.pointerId);
      event.preventDefault();
      place();
    });
    layer.addEventListener("pointermove", (event) => {
      if (held === null) return;
      ends[held] = point(event);
      place();
    });
    for (const name of ["pointerup", "pointercancel"]) layer.addEventListener(name, () => { held = null; });
    toggle.setAttribute("aria-pressed", "true");
    help.hidden = false;
    place();
  };
  toggle.addEventListener("click", () => {
    if (layer) return putAway();
    takeOut();
    layer.querySelector(".handle").focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && layer) { putAway(); toggle.focus(); } });

  // Another layout, speed or gain is drawn in place; evidence is a page of its own.
  let asked = 0;
  const draw = async () => {
    const number = ++asked, query = new URLSearchParams(new FormData(view));
    query.delete("explain");
    const answer = await fetch(`${view.getAttribute("action").split("#")[0]}/trace.svg?${query}`);
    if (!answer.ok) return view.submit();
    const text = await answer.text();
    if (number !== asked) return;
    if (layer) putAway();
    trace.querySelector(".plate").innerHTML = text;
    [trace.dataset.speed, trace.dataset.gain] = [query.get("speed"), query.get("gain")];
  };
  view.addEventListener("change", (event) => {
    if (event.target.id === "explain") return view.submit();
    trace.setAttribute("aria-busy", "true");
    draw().catch(() => view.submit()).finally(() => trace.removeAttribute("aria-busy"));
  });
  view.querySelector("button[type=submit]").parentElement.hidden = true;
}
