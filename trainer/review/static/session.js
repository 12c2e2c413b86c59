// A session's page: player, timeline, labels, comments and the foot's map under one clock.

import { clockOf, Timeline } from "./lanes.js";
import { Labels } from "./labels.js";
import { DrawnPlayer, VideoPlayer } from "./player.js";

const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
const root = byId("session"), url = `/sessions/${root.dataset.id}`;

async function json(path, options) {
  const answer = await fetch(url + path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.problem ?? "The review room doesn't answer.");
  return body;
}

let quiet;
function say(text, bad = false) {
  const status = byId("status");
  status.textContent = text ?? "";
  status.classList.toggle("bad", bad);
  clearTimeout(quiet);
  if (text) quiet = setTimeout(() => say(""), bad ? 8000 : 3000);
}

const data = await json("/data.json");
const player = root.dataset.video === "yes"
  ? new VideoPlayer(byId("video"), data.duration_s)
  : new DrawnPlayer(byId("drawn"), data.duration_s, `${url}/drawn.json`);
player.frames.load(`${url}/times.bin`);

const labels = new Labels(url, (state, problem) => {
  if (problem) say(problem, true);
  if (state) { comments(state.comments); agreed(state.agreement); graded(state.grades); }
  if (timeline) { timeline.renderLabels(); chosen(); }
  byId("undo").disabled = !labels.done.length;
  byId("redo").disabled = !labels.undone.length;
});
const timeline = new Timeline(byId("lanes"), data, () => labels.list, {
  seek: (time) => player.seek(time),
  choose: (id) => choose(id),
  move: (id, edge, time) => move(id, edge, time),
});

// The foot, filled as it was worked.
const map = byId("map"), zones = [];
map.setAttribute("viewBox", `-0.02 -0.02 ${data.map.aspect + 0.04} 1.04`);
for (const zone of data.map.zones) {
  const path = `M${zone.points.map((p) => p.join(" ")).join("L")}Z`;
  const parts = ["", "fill", "now-here"].map((name) => {
    const part = document.createElementNS(SVG, "path");
    part.setAttribute("d", path);
    if (name) part.setAttribute("class", name);
    return part;
  });
  const tip = document.createElementNS(SVG, "title");
  tip.textContent = zone.name;
  parts[0].append(tip);
  map.append(...parts);
  zones.push({ ...zone, parts });
  byId("comment-zone").add(new Option(zone.name, zone.id));
}
function worked(zone, time) {
  return zone.visits.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, time) - from), 0);
}
function paint(time) {
  const most = Math.max(8, ...zones.map((z) => z.wish_s ?? 0));
  const here = [];
  for (const zone of zones) {
    zone.parts[1].setAttribute("fill-opacity", Math.min(worked(zone, time) / (zone.wish_s ?? most), 1).toFixed(2));
    const now = zone.visits.some(([from, to]) => from <= time && time < to);
    zone.parts[2].setAttribute("visibility", now ? "visible" : "hidden");
    if (now) here.push(zone.name);
  }
  byId("map-word").textContent = here.join(", ");
}

const at = (list, time) => list.find((s) => s.start_s <= time && time < s.end_s);
function now(time) {
  byId("clock").value = clockOf(time, 3);
  byId("comment-time").textContent = clockOf(time, 1);
  byId("play-word").textContent = player.playing ? "Pause" : "Play";
  byId("play").firstElementChild.textContent = player.playing ? "❚❚" : "▶";
  const stroke = at(data.lanes.machine, time), label = at(labels.list, time);
  byId("now-machine").textContent = stroke ? data.names[stroke.technique] ?? stroke.technique : at(data.lanes.not_sure, time) ? "not sure" : "–";
  byId("now-label").textContent = label ? data.names[label.technique] ?? label.technique : timeline.open ? `${data.names[timeline.open.technique]} …` : "–";
  const pace = at(data.rates, time)?.points.filter(([t]) => t <= time).at(-1);
  byId("now-rate").textContent = pace ? `${Math.round(pace[1])} a minute` : "–";
  paint(time);
  timeline.moveTo(time);
}
player.onframe(now);

function choose(id) {
  timeline.chosen = id;
  timeline.renderLabels();
  chosen();
}
function chosen() {
  const label = labels.find(timeline.chosen);
  byId("chosen").hidden = !label;
  if (!label) return;
  byId("chosen-name").textContent = data.names[label.technique] ?? label.technique;
  byId("chosen-time").textContent = `${clockOf(label.start_s, 2)} to ${clockOf(label.end_s, 2)}`;
  for (const side of ["left", "right"]) byId(`hand-${side}`).checked = label.hands.includes(side);
}
const snapped = (time) => {
  const { times } = player.frames;
  return times.length ? times[player.frames.at(time)] : Math.max(Math.round(time * 1000) / 1000, 0);
};
function move(id, edge, time) {
  const label = labels.find(id);
  if (!label) return;
  const to = labels.plain(label);
  if (edge === "from") to.start_s = Math.min(snapped(time), to.end_s - 0.02);
  else to.end_s = Math.max(snapped(time), to.start_s + 0.02);
  labels.put(id, to);
}
async function key(technique) {
  const time = snapped(player.time), open = timeline.open;
  timeline.open = technique === "rest" ? null : { technique, start_s: time };
  if (open && time - open.start_s >= 0.02) {
    const id = await labels.add(open.technique, open.start_s, time);
    if (id) choose(id);
  } else if (!open && technique !== "rest" && timeline.chosen && at(labels.list, time)?.id === timeline.chosen) {
    // On a label that is chosen the key says what it is.
    timeline.open = null;
    labels.put(timeline.chosen, { ...labels.plain(labels.find(timeline.chosen)), technique });
  }
  now(player.time);
}

function comments(list) {
  timeline?.renderComments(list);
  byId("comments").replaceChildren(...list.map((comment) => {
    const row = document.createElement("li"), go = document.createElement("button");
    go.type = "button";
    go.textContent = clockOf(comment.time_s, 1);
    go.addEventListener("click", () => player.seek(comment.time_s));
    const text = document.createElement("div"), words = document.createElement("p");
    words.textContent = comment.text;
    text.append(words);
    if (comment.zone) {
      const zone = document.createElement("span");
      zone.className = "zone";
      zone.textContent = zones.find((z) => z.id === comment.zone)?.name ?? comment.zone;
      text.append(zone);
    }
    const away = document.createElement("button");
    away.type = "button";
    away.textContent = "Delete";
    away.setAttribute("aria-label", `Delete the comment at ${clockOf(comment.time_s, 1)}`);
    away.addEventListener("click", async () => {
      try { labels.take(await json(`/comments/${comment.id}`, { method: "DELETE", headers: { "Content-Type": "application/json" } })); } catch (error) { say(error.message, true); }
    });
    row.append(go, text, away);
    return row;
  }));
}
function agreed(a) {
  const told = byId("agreement"), part = (share) => `${Math.round(100 * share)} %`;
  told.textContent = a.judged_s > 0 && a.same !== null
    ? `Machine and instructor agree for ${part(a.same)} of ${Math.round(a.judged_s)} s (κ ${a.kappa === null ? "–" : a.kappa.toFixed(2)}, F1@50 ${a.f1_50 === null ? "–" : a.f1_50.toFixed(2)}${a.not_sure_s > 0.5 ? `; the machine was not sure for ${Math.round(a.not_sure_s)} s more` : ""}).`
    : "No labels yet: begin with a key.";
}

const levels = [...root.querySelectorAll(".levels button")];
function graded(grades) {
  for (const button of levels) {
    const { grader, criterion, level } = button.dataset;
    button.setAttribute("aria-checked", String(grades[grader]?.[criterion] === Number(level)));
  }
}
for (const button of levels) button.addEventListener("click", async () => {
  const { grader, criterion, level } = button.dataset, taken = button.getAttribute("aria-checked") === "true";
  const body = JSON.stringify({ grader, criterion, level: taken ? null : Number(level) });
  try { labels.take(await json("/grades", { method: "POST", headers: { "Content-Type": "application/json" }, body })); } catch (error) { say(error.message, true); }
});

byId("comment-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = byId("comment-text").value.trim();
  if (!text) { say("Write something first.", true); return; }
  const body = JSON.stringify({ time_s: player.time, text, zone: byId("comment-zone").value });
  try {
    labels.take(await json("/comments", { method: "POST", headers: { "Content-Type": "application/json" }, body }));
    byId("comment-text").value = "";
    say("Pinned.");
  } catch (error) { say(error.message, true); }
});
byId("file").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  event.target.value = "";
  if (!file) return;
  if (labels.list.length && !confirm("The labels here are replaced by those of the file.")) return;
  try {
    labels.take(await json(`/import/${encodeURIComponent(file.name)}`, { method: "POST", body: file }));
    say(`${labels.list.length} labels taken over.`);
  } catch (error) { say(error.message, true); }
});

const doubt = () => {
  const next = data.doubts.find((time) => time > player.time + 0.05) ?? data.doubts[0];
  if (next === undefined) say("There is no doubtful moment.");
  else { player.pause(); player.seek(next); }
};
const loop = () => {
  const label = labels.find(timeline.chosen);
  player.loop = player.loop ? null : label ? [label.start_s, label.end_s] : [timeline.from, timeline.to];
  byId("loop").setAttribute("aria-pressed", String(Boolean(player.loop)));
  if (player.loop) player.seek(player.loop[0]);
};
const remove = () => { if (timeline.chosen && labels.find(timeline.chosen)) labels.remove(timeline.chosen); };
for (const [id, action] of Object.entries({
  play: () => player.toggle(), back: () => player.step(-1), on: () => player.step(1), doubt, loop, delete: remove,
  undo: () => labels.undo(), redo: () => labels.redo(), closer: () => timeline.zoom(0.5), wider: () => timeline.zoom(2),
  whole: () => timeline.show(0, data.duration_s),
})) byId(id).addEventListener("click", action);
byId("speed").addEventListener("change", (event) => { player.rate = Number(event.target.value); });
for (const side of ["left", "right"]) byId(`hand-${side}`).addEventListener("change", () => {
  const label = labels.find(timeline.chosen);
  if (label) labels.put(label.id, { ...labels.plain(label), hands: ["left", "right"].filter((s) => byId(`hand-${s}`).checked) });
});

byId("delete-session").addEventListener("click", async () => {
  if (!confirm("The session is deleted with its video, tracks, labels and comments. This can't be undone.")) return;
  try {
    await json("", { method: "DELETE", headers: { "Content-Type": "application/json" } });
    location.href = "/";
  } catch (error) { say(error.message, true); }
});
byId("owner")?.addEventListener("change", async (event) => {
  try {
    await json("/owner", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ student: event.target.value }) });
    say("Noted.");
  } catch (error) { say(error.message, true); }
});

const strokes = new Map();
for (const button of byId("palette").querySelectorAll("button")) {
  const letter = button.firstElementChild.textContent.toLowerCase();
  if (letter) strokes.set(letter, button.dataset.technique);
  button.addEventListener("click", () => key(button.dataset.technique));
}
const keys = {
  " ": () => player.toggle(), ",": () => player.step(-1), ".": () => player.step(1), "n": doubt, "l": loop,
  "arrowleft": (e) => player.seek(player.time - (e.shiftKey ? 5 : 1)), "arrowright": (e) => player.seek(player.time + (e.shiftKey ? 5 : 1)),
  "[": () => move(timeline.chosen, "from", player.time), "]": () => move(timeline.chosen, "to", player.time),
  "delete": remove, "backspace": remove, "+": () => timeline.zoom(0.5), "-": () => timeline.zoom(2), "c": () => byId("comment-text").focus(),
  "escape": () => { timeline.open = null; choose(null); },
};
window.addEventListener("keydown", (event) => {
  if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
  const name = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && name === "z") {
    event.preventDefault();
    if (event.shiftKey) labels.redo(); else labels.undo();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // A button in focus is pressed by the blank, as everywhere.
  if (name === " " && event.target.closest("button, a")) return;
  const action = keys[name] ?? (strokes.has(name) ? () => key(strokes.get(name)) : null);
  if (action) { event.preventDefault(); action(event); }
});

labels.take(await json("/state.json"));
now(player.time);
root.dataset.ready = "yes";
