// Videos sent to the room, and how far each is scored.

import { ask, say, sent } from "./words.js";

const byId = (id) => document.getElementById(id);
const queue = document.getElementById("queue"), drop = document.getElementById("drop");
const sending = new Map(); // name → share sent, or what went wrong
let waited = false;

function row(name, word, share, remove) {
  const line = document.createElement("li"), title = document.createElement("b"), told = document.createElement("span");
  title.textContent = name;
  told.textContent = word;
  line.append(title, told);
  if (share !== null) {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = share;
    bar.setAttribute("aria-label", `${name}: ${word}`);
    line.append(bar);
  }
  if (remove) {
    const away = document.createElement("button");
    away.type = "button";
    away.textContent = say("remove");
    away.setAttribute("aria-label", say("remove_name", { name }));
    away.addEventListener("click", remove);
    line.append(away);
  }
  return line;
}

let uploads = [];
function draw() {
  const rows = [];
  for (const [name, state] of sending) {
    rows.push(typeof state === "number"
      ? row(name, state < 1 ? say("sent", { share: Math.round(100 * state) }) : say("checking"), state, null)
      : row(name, state, null, () => { sending.delete(name); draw(); }));
  }
  for (const u of uploads) {
    const word = { waiting: say("waiting"), scoring: say("scored", { share: Math.round(100 * u.done) }), failed: u.problem }[u.state];
    const remove = u.state === "scoring" ? null : async () => {
      try { uploads = await ask(`/uploads/${u.id}`, sent("DELETE")); } catch { return; }
      draw();
    };
    rows.push(row(u.name, word, u.state === "scoring" ? u.done : null, remove));
  }
  queue.replaceChildren(...rows);
}

async function look() {
  try {
    uploads = await ask("/uploads.json");
  } catch { return; }
  const open = uploads.some((u) => u.state !== "failed");
  // What was waited for is scored: the list has a new line.
  if (waited && !open && !sending.size) location.reload();
  waited = open;
  draw();
}

function send(file) {
  const request = new XMLHttpRequest(), name = file.name;
  sending.set(name, 0);
  request.upload.addEventListener("progress", (event) => { sending.set(name, event.loaded / event.total); draw(); });
  request.addEventListener("load", () => {
    if (request.status === 200) sending.delete(name);
    else {
      let told = "";
      try { told = JSON.parse(request.responseText).problem; } catch { told = request.responseText; }
      sending.set(name, told || say("refused"));
    }
    look();
  });
  request.addEventListener("error", () => { sending.set(name, say("no_answer")); draw(); });
  const wished = new URLSearchParams({ keep: byId("keep").value, days: byId("days").value });
  if (byId("of")) wished.set("of", byId("of").value);
  request.open("POST", `/uploads/${encodeURIComponent(name)}?${wished}`);
  request.send(file);
  draw();
}

document.getElementById("file").addEventListener("change", (event) => {
  for (const file of event.target.files) send(file);
  event.target.value = "";
});
for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  for (const file of event.dataTransfer.files) send(file);
});
look();
setInterval(look, 2000);
