// A session's page: player, timeline, labels, comments and the foot's map under one clock.

import { Comments } from "./comments.js";
import { FootMap } from "./footmap.js";
import { Ink } from "./ink.js";
import { clockOf, Timeline } from "./lanes.js";
import { Labels } from "./labels.js";
import { DrawnPlayer, VideoPlayer } from "./player.js";
import { ask, say, sent, tell } from "./words.js";

const LOOK_S = 8; // so often others' changes are looked for
const byId = (id) => document.getElementById(id);
const root = byId("session"), url = `/sessions/${root.dataset.id}`, labelling = root.dataset.labels === "yes";

const first = ask(`${url}/state.json`);
first.catch(() => {});
const data = await ask(`${url}/data.json`).catch((error) => { tell(error.message, true); throw error; });
const [wide, high] = data.size;
for (const picture of root.querySelectorAll("#video, #drawn")) Object.assign(picture, { width: wide, height: high });
byId("ink").setAttribute("viewBox", `0 0 ${wide} ${high}`);
byId("scrub").max = data.duration_s;
byId("foot").textContent = data.map.side ? `· ${byId("foot").dataset[data.map.side]}` : "";
const player = root.dataset.video === "yes"
  ? new VideoPlayer(byId("video"), data.duration_s)
  : new DrawnPlayer(byId("drawn"), data.duration_s, `${url}/drawn.json`);
player.frames.load(`${url}/times.bin`);

const labels = new Labels(url, (state, problem) => {
  if (problem) tell(problem, true);
  if (state) { comments.render(state.comments); timeline.renderComments(state.comments); agreed(state.agreement); graded(state.grades); }
  timeline.renderLabels();
  chosen();
  if (!labelling) return;
  byId("undo").disabled = !labels.done.length;
  byId("redo").disabled = !labels.undone.length;
});
const timeline = new Timeline(byId("lanes"), data, () => labels.list, {
  seek: (time) => player.seek(time),
  choose: (id) => choose(id),
  move: labelling ? (id, edge, time) => move(id, edge, time) : null,
});
const ink = new Ink(byId("ink"));
const map = new FootMap(byId("map"), data.map, byId("comment-form") ? (place, zone) => comments.picked(place, zone) : null);
const comments = new Comments(url, player, ink, map, { seek: (time) => player.seek(time), take: (state) => labels.take(state) });

const at = (list, time) => list.find((s) => s.start_s <= time && time < s.end_s);
function now(time) {
  byId("clock").value = clockOf(time, 3);
  byId("scrub").value = time;
  byId("scrub").setAttribute("aria-valuetext", clockOf(time, 1));
  if (byId("comment-time")) byId("comment-time").textContent = clockOf(time, 1);
  byId("play-word").textContent = player.playing ? say("pause") : say("play");
  byId("play").firstElementChild.textContent = player.playing ? "❚❚" : "▶";
  const stroke = at(data.lanes.machine, time), label = at(labels.list, time);
  byId("now-machine").textContent = stroke ? data.names[stroke.technique] ?? stroke.technique : at(data.lanes.not_sure, time) ? say("not_sure") : "–";
  byId("now-label").textContent = label ? data.names[label.technique] ?? label.technique : timeline.open ? `${data.names[timeline.open.technique]} …` : "–";
  const pace = at(data.rates, time)?.points.filter(([t]) => t <= time).at(-1);
  byId("now-rate").textContent = pace ? say("a_minute", { rate: Math.round(pace[1]) }) : "–";
  byId("map-word").textContent = map.paint(time).join(", ");
  comments.show(time);
  timeline.moveTo(time);
}
player.onframe(now);

function choose(id) {
  timeline.chosen = id;
  timeline.renderLabels();
  chosen();
}
function chosen() {
  if (!labelling) return;
  const label = labels.find(timeline.chosen);
  byId("chosen").hidden = !label;
  if (!label) return;
  byId("chosen-name").textContent = data.names[label.technique] ?? label.technique;
  byId("chosen-time").textContent = say("from_to", { from: clockOf(label.start_s, 2), to: clockOf(label.end_s, 2) });
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

function agreed(a) {
  const told = byId("agreement"), part = (share) => `${Math.round(100 * share)} %`;
  const digits = (value) => (value === null ? "–" : value.toFixed(2)), whole = Math.round;
  told.textContent = a.judged_s > 0 && a.same !== null
    ? say("agreed", { same: part(a.same), seconds: whole(a.judged_s), kappa: digits(a.kappa), f1: digits(a.f1_50) })
      + (a.not_sure_s > 0.5 ? ` ${say("agreed_unsure", { seconds: whole(a.not_sure_s) })}` : "")
    : say("no_labels");
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
  const body = { grader, criterion, level: taken ? null : Number(level) };
  try { labels.take(await ask(`${url}/grades`, sent("POST", body))); } catch (error) { tell(error.message, true); }
});

byId("file")?.addEventListener("change", async (event) => {
  const file = event.target.files[0];
  event.target.value = "";
  if (!file) return;
  if (labels.list.length && !confirm(say("replace_sure"))) return;
  try {
    labels.take(await ask(`${url}/import/${encodeURIComponent(file.name)}`, { method: "POST", body: file }));
    tell(say("taken_over", { count: labels.list.length }));
  } catch (error) { tell(error.message, true); }
});

const doubt = () => {
  const next = data.doubts.find((time) => time > player.time + 0.05) ?? data.doubts[0];
  if (next === undefined) tell(say("no_doubt"));
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
  whole: () => timeline.show(0, data.duration_s), draw: () => draw(), "ink-undo": () => ink.undo(),
})) byId(id)?.addEventListener("click", action);
byId("scrub").addEventListener("input", (event) => player.seek(Number(event.target.value)));
function draw(on = !ink.on) {
  if (!byId("draw")) return;
  ink.on = on;
  byId("tools").hidden = !on;
  byId("draw").setAttribute("aria-pressed", String(on));
  if (on) player.pause(); else ink.clear();
}
for (const button of root.querySelectorAll("[data-tool]")) button.addEventListener("click", () => {
  ink.tool = button.dataset.tool;
  for (const other of root.querySelectorAll("[data-tool]")) other.setAttribute("aria-pressed", String(other === button));
});
byId("speed").addEventListener("change", (event) => { player.rate = Number(event.target.value); });
for (const side of ["left", "right"]) byId(`hand-${side}`)?.addEventListener("change", () => {
  const label = labels.find(timeline.chosen);
  if (label) labels.put(label.id, { ...labels.plain(label), hands: ["left", "right"].filter((s) => byId(`hand-${s}`).checked) });
});

byId("delete-session")?.addEventListener("click", async () => {
  if (!confirm(say("delete_sure"))) return;
  try {
    await ask(url, sent("DELETE"));
    location.href = "/";
  } catch (error) { tell(error.message, true); }
});
byId("keeping")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const video = byId("keep-what").value === "video";
  if (!video && root.dataset.video === "yes" && !confirm(say("pictures_sure"))) return;
  const example = byId("keep-example")?.checked ?? byId("keeping").dataset.example === "yes";
  try {
    await ask(`${url}/keeping`, sent("POST", { video, until: byId("keep-until").value || null, example }));
    if (video) tell(say("noted")); else location.reload();
  } catch (error) { tell(error.message, true); }
});
byId("owner")?.addEventListener("change", async (event) => {
  try {
    await ask(`${url}/owner`, sent("POST", { student: event.target.value }));
    tell(say("noted"));
  } catch (error) { tell(error.message, true); }
});

const strokes = new Map();
for (const button of byId("palette")?.querySelectorAll("button") ?? []) {
  const letter = button.firstElementChild.textContent.toLowerCase();
  if (letter) strokes.set(letter, button.dataset.technique);
  button.addEventListener("click", () => key(button.dataset.technique));
}
const keys = {
  " ": () => player.toggle(), ",": () => player.step(-1), ".": () => player.step(1), "n": doubt, "l": loop,
  "arrowleft": (e) => player.seek(player.time - (e.shiftKey ? 5 : 1)), "arrowright": (e) => player.seek(player.time + (e.shiftKey ? 5 : 1)),
  "[": () => labelling && move(timeline.chosen, "from", player.time), "]": () => labelling && move(timeline.chosen, "to", player.time),
  "delete": () => labelling && remove(), "backspace": () => labelling && remove(), "d": () => draw(), "+": () => timeline.zoom(0.5), "-": () => timeline.zoom(2), "c": () => byId("comment-text")?.focus(),
  "escape": () => { timeline.open = null; draw(false); choose(null); },
};
window.addEventListener("keydown", (event) => {
  if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
  const name = event.key.toLowerCase();
  if (labelling && (event.ctrlKey || event.metaKey) && name === "z") {
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

labels.take(await first);
now(player.time);
root.dataset.ready = "yes";

ask(`${url}/seen.json`).then((seen) => {
  timeline.seen = seen;
  timeline.render();
}, () => {});
setInterval(async () => {
  if (document.hidden || timeline.open) return;
  try { await labels.refresh(ask(`${url}/state.json`)); } catch (error) { if (error.status === 404) tell(say("gone"), true); }
}, 1000 * LOOK_S);
