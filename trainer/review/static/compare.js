// Two sessions side by side: the first leads, the second follows it stroke by stroke, or by the clock.

import { clockOf } from "./lanes.js";
import { DrawnPlayer, VideoPlayer } from "./player.js";
import { border, frame, part } from "./svg.js";
import { ask, say } from "./words.js";

const byId = (id) => document.getElementById(id);
const root = byId("compare"), ids = [root.dataset.first, root.dataset.second];
const both = `a=${ids[0]}&b=${ids[1]}`;

const [first, second, pairs, cells] = await Promise.all([
  ask(`/sessions/${ids[0]}/data.json`), ask(`/sessions/${ids[1]}/data.json`),
  ask(`/compare/anchors.json?${both}`), ask(`/compare/cells.json?${both}`),
]);
const data = [first, second];
const parts = [...root.querySelectorAll(".pair > section")];
const players = parts.map((part, k) => {
  const url = `/sessions/${ids[k]}`;
  const player = part.dataset.video === "yes"
    ? new VideoPlayer(part.querySelector("video"), data[k].duration_s)
    : new DrawnPlayer(part.querySelector("canvas"), data[k].duration_s, `${url}/drawn.json`);
  player.frames.load(`${url}/times.bin`);
  return player;
});
const [lead, follow] = players;
let speed = 1;

// Where the other session stands when this one stands at a time, and how much faster it must run.
function answer(time, from = 0) {
  if (byId("link").value === "clock") return [time, 1];
  const to = 1 - from;
  let k = pairs.findIndex((pair) => pair[from] > time);
  k = k < 0 ? pairs.length - 1 : Math.max(k, 1);
  const slope = (pairs[k][to] - pairs[k - 1][to]) / (pairs[k][from] - pairs[k - 1][from]);
  return [pairs[k - 1][to] + slope * (time - pairs[k - 1][from]), slope];
}

const lines = parts.map((part, k) => {
  const track = part.querySelector(".track");
  for (const s of data[k].lanes.machine) {
    const bar = document.createElement("div");
    bar.className = "bar";
    bar.textContent = data[k].names[s.technique] ?? s.technique;
    bar.title = bar.textContent;
    bar.style.left = `${100 * s.start_s / data[k].duration_s}%`;
    bar.style.width = `${100 * (s.end_s - s.start_s) / data[k].duration_s}%`;
    track.append(bar);
  }
  const line = document.createElement("div");
  line.className = "head-line";
  track.append(line);
  track.addEventListener("pointerdown", (event) => {
    const box = track.getBoundingClientRect();
    const time = (event.clientX - box.left) / box.width * data[k].duration_s;
    seek(k ? answer(time, 1)[0] : time);
  });
  return line;
});

function seek(time) {
  lead.seek(time);
  follow.seek(answer(time)[0]);
}
function told(k) {
  const time = players[k].time, part = parts[k];
  part.querySelector(".clock").value = clockOf(time, 3);
  const stroke = data[k].lanes.machine.find((s) => s.start_s <= time && time < s.end_s);
  part.querySelector(".doing").textContent = stroke ? data[k].names[stroke.technique] ?? stroke.technique : "–";
  lines[k].style.left = `${100 * time / data[k].duration_s}%`;
}
lead.onframe((time) => {
  told(0);
  const [goal, slope] = answer(time);
  if (lead.playing) {
    // Small gaps are run in or out; large ones are jumped.
    const gap = goal - follow.time;
    if (Math.abs(gap) > 0.35) follow.seek(goal);
    follow.rate = Math.min(Math.max(speed * slope * (1 + 0.8 * gap), 0.0625), 8);
    if (!follow.playing && goal < data[1].duration_s) follow.play();
  } else if (follow.playing) { follow.pause(); follow.seek(goal); }
  byId("play-word").textContent = lead.playing ? say("pause") : say("play");
  byId("play").firstElementChild.textContent = lead.playing ? "❚❚" : "▶";
});
follow.onframe(() => told(1));

const step = (pictures) => {
  lead.step(pictures);
  follow.pause();
  const { times } = lead.frames;
  // The lead's new time is known once it is shown.
  setTimeout(() => follow.seek(answer(times.length ? times[lead.frames.at(lead.time)] : lead.time)[0]), 120);
};
const toggle = () => { lead.toggle(); if (!lead.playing) follow.pause(); };
byId("play").addEventListener("click", toggle);
byId("back").addEventListener("click", () => step(-1));
byId("on").addEventListener("click", () => step(1));
byId("speed").addEventListener("change", (event) => { speed = Number(event.target.value); lead.rate = speed; });
byId("link").addEventListener("change", () => seek(lead.time));
window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, input")) return;
  if (event.key === " " && event.target.closest("button, a")) return;
  const action = { " ": toggle, ",": () => step(-1), ".": () => step(1), ArrowLeft: () => seek(lead.time - 1), ArrowRight: () => seek(lead.time + 1) }[event.key];
  if (action) { event.preventDefault(); action(); }
});

const map = byId("map");
if (map) {
  const { aspect, flip, zones } = first.map;
  frame(map, aspect);
  for (const zone of zones) part("path", { class: "alike", d: border(zone) }, map);
  // Cells from the heel to the toes and from the inner to the outer side.
  const rows = cells.length, columns = cells[0]?.length ?? 0, w = aspect / columns, h = 1 / rows;
  cells.forEach((row, i) => row.forEach((more, j) => {
    if (more === null || Math.abs(more) < 0.04) return;
    const x = (flip ? columns - 1 - j : j) * w, y = 1 - (i + 1) * h;
    part("rect", { class: more > 0 ? "more" : "less", x, y, width: w, height: h, "fill-opacity": Math.min(Math.abs(more), 1).toFixed(2) }, map);
  }));
  for (const zone of zones) {
    const row = root.querySelector(`tr[data-zone="${zone.id}"]`), more = Number(row?.dataset.more ?? 0);
    const edge = part("path", { class: "border", d: border(zone) }, map);
    part("title", {}, edge).textContent = say("more_points", { zone: zone.name, points: Math.round(100 * Math.abs(more)), side: more > 0 ? "B" : "A" });
  }
}
seek(0);
root.dataset.ready = "yes";
