// The timeline: lanes under one clock, drawn for the stretch of time that is in view.

import { part } from "./svg.js";
import { say } from "./words.js";

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200];

export function clockOf(time, digits = 0) {
  const whole = Math.max(time, 0), minutes = Math.floor(whole / 60), seconds = whole - 60 * minutes;
  return `${minutes}:${seconds.toFixed(digits).padStart(digits ? 3 + digits : 2, "0")}`;
}

function element(kind, classes, parent) {
  const made = document.createElement(kind);
  if (classes) made.className = classes;
  if (parent) parent.append(made);
  return made;
}

export class Timeline {
  // data: of data.json; labels(): the labels as they are; on: {seek, choose, move}
  constructor(root, data, labels, on) {
    this.root = root;
    this.data = data;
    this.labels = labels;
    this.on = on;
    this.from = 0;
    this.to = Math.max(data.duration_s, 0.1);
    this.now = 0;
    this.chosen = null;
    this.open = null; // {technique, start_s}
    this.line = element("div", "head-line");
    root.addEventListener("pointerdown", (event) => this.pressed(event));
    // A key's press on a label or a comment, which the pointer's own events don't tell of.
    root.addEventListener("click", (event) => {
      const label = event.target.closest(".label[data-id]"), pin = event.target.closest(".said");
      if (event.detail) return;
      if (pin) this.on.seek(Number(pin.dataset.time));
      if (label) {
        this.on.seek(this.labels().find((l) => l.id === label.dataset.id).start_s);
        this.on.choose(label.dataset.id);
      }
    });
    root.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.3 : 1 / 1.3, this.timeAt(event.clientX));
    }, { passive: false });
    new ResizeObserver(() => this.place()).observe(root);
    this.render();
  }
  share(time) { return 100 * (time - this.from) / (this.to - this.from); }
  timeAt(x) {
    const box = this.tracks.getBoundingClientRect();
    return this.from + Math.min(Math.max((x - box.left) / box.width, 0), 1) * (this.to - this.from);
  }
  zoom(factor, around = this.now) {
    const whole = this.data.duration_s, span = Math.min(Math.max((this.to - this.from) * factor, 0.5), whole);
    const share = (around - this.from) / (this.to - this.from);
    this.show(around - share * span, span);
  }
  show(from, span) {
    this.from = Math.min(Math.max(from, 0), Math.max(this.data.duration_s - span, 0));
    this.to = this.from + span;
    this.render();
  }
  moveTo(time) {
    this.now = time;
    const span = this.to - this.from;
    if (span < this.data.duration_s - 0.01 && (time < this.from || time > this.to)) this.show(time - 0.1 * span, span);
    else if (this.open) this.renderLabels();
    this.place();
  }
  place() {
    const root = this.root.getBoundingClientRect(), box = this.tracks.getBoundingClientRect();
    this.line.style.left = `${box.left - root.left + box.width * this.share(this.now) / 100}px`;
    this.line.hidden = this.now < this.from || this.now > this.to;
  }
  lane(name, kind = "") {
    const lane = element("div", "lane", this.root);
    element("span", "name", lane).textContent = name;
    return element("div", `track ${kind}`, lane);
  }
  bar(track, start, end, classes, text, tip) {
    if (end < this.from || start > this.to) return null;
    const bar = element("div", `bar ${classes}`, track);
    this.span(bar, start, end);
    if (text) bar.textContent = text;
    if (tip) this.tip(bar, tip);
    return bar;
  }
  tip(bar, words) {
    bar.title = words;
    if (bar.tagName === "BUTTON") return;
    bar.setAttribute("role", "listitem");
    bar.setAttribute("aria-label", words);
    const track = bar.parentElement;
    if (track.role === "list") return;
    track.setAttribute("role", "list");
    track.setAttribute("aria-label", track.previousElementSibling?.textContent ?? "");
  }
  span(bar, start, end) {
    bar.style.left = `${this.share(start)}%`;
    bar.style.width = `${this.share(end) - this.share(start)}%`;
  }
  render() {
    const { lanes, rates, names } = this.data;
    this.root.replaceChildren();
    const mine = this.lane(say("instructor"));
    this.mine = mine;
    const machine = this.lane(say("machine"));
    this.tracks = machine;
    for (const s of lanes.machine) {
      const sure = s.confidence === null ? [] : [say("sure", { share: Math.round(100 * s.confidence) })];
      const span = say("from_to", { from: clockOf(s.start_s, 1), to: clockOf(s.end_s, 1) });
      const tip = [names[s.technique] ?? s.technique, span, ...s.hands.map((hand) => say(`hand_${hand}`)), ...sure].join(", ");
      this.bar(machine, s.start_s, s.end_s, (s.confidence ?? 0) < 0.5 ? "weak" : "", names[s.technique] ?? s.technique, tip);
    }
    for (const s of lanes.not_sure) this.bar(machine, s.start_s, s.end_s, "not-sure", "", say("not_sure"));
    this.rhythm(this.lane(say("tempo"), "tall"), rates);
    if (this.data.filling.length) this.filling(this.lane(say("filling")));
    for (const side of ["left", "right"]) {
      if (!this.seen?.[side]) continue;
      const lane = this.lane(say(`${side}_seen`), "thin");
      for (const [from, to] of this.seen[side]) this.bar(lane, from, to, `hand ${side}`);
    }
    const unseen = this.lane(say("unseen"), "thin");
    for (const s of lanes.unseen) this.bar(unseen, s.start_s, s.end_s, "unseen", "", say(`unseen_${s.what || "both"}`));
    for (const s of lanes.posture) this.bar(unseen, s.start_s, s.end_s, "posture", "", `${say(s.kind)}, ${say(`hand_${s.hand}`)}`);
    const cues = this.lane(say("cues"), "thin");
    for (const cue of lanes.cues) this.pin(cues, cue.time_s, "pin", `${clockOf(cue.time_s)} ${cue.text}`);
    for (const time of lanes.discomfort_s) this.pin(cues, time, "pin bad", `${clockOf(time)} ${say("discomfort")}`);
    this.said = this.lane(say("comments"));
    this.axis();
    this.root.append(this.line);
    this.renderLabels();
    this.renderComments(this.comments ?? []);
    this.place();
  }
  pin(track, time, classes, tip, kind = "div") {
    if (time < this.from || time > this.to) return null;
    const pin = element(kind, classes, track);
    pin.style.left = `${this.share(time)}%`;
    this.tip(pin, tip);
    return pin;
  }
  filling(track) {
    const points = this.data.filling, at = ([t, share]) => `${this.share(t).toFixed(2)},${(100 - 96 * share).toFixed(1)}`;
    const draw = this.picture(track);
    draw("polygon", { class: "filled", points: `${this.share(points[0][0])},100 ${points.map(at).join(" ")} ${this.share(points.at(-1)[0])},100` });
    track.title = say("filled", { share: Math.round(100 * points.at(-1)[1]) });
  }
  picture(track) {
    const picture = part("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none" }, track);
    return (kind, at) => part(kind, at, picture);
  }
  rhythm(track, rates) {
    const top = 1.15 * Math.max(30, ...rates.flatMap((r) => [r.band[1], ...r.points.map((p) => p[1])]));
    const draw = this.picture(track);
    for (const r of rates) {
      if (r.end_s < this.from || r.start_s > this.to) continue;
      const x = this.share(r.start_s), high = 100 - 100 * r.band[1] / top;
      draw("rect", { class: "taught", x, width: this.share(r.end_s) - x, y: high, height: 100 * (r.band[1] - r.band[0]) / top });
      const points = r.points.map(([t, rate]) => `${this.share(t).toFixed(2)},${(100 - 100 * rate / top).toFixed(2)}`);
      draw("polyline", { class: "pace", points: points.join(" ") });
    }
  }
  axis() {
    const lane = element("div", "lane axis", this.root);
    element("span", "name", lane);
    const track = element("div", "track", lane);
    const span = this.to - this.from, most = Math.min(Math.max(track.clientWidth / 70, 3), 10);
    const step = STEPS.find((s) => span / s <= most) ?? 3600;
    for (let t = Math.ceil(this.from / step) * step; t <= this.to + 1e-6; t += step) {
      const share = this.share(t), tick = element("span", `tick ${share < 2 ? "first" : share > 97 ? "last" : ""}`, track);
      tick.style.left = `${share}%`;
      tick.textContent = clockOf(t, step < 1 ? 1 : 0);
    }
  }
  renderLabels() {
    const focused = this.mine.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    this.mine.replaceChildren();
    for (const label of this.labels()) {
      if (label.end_s < this.from || label.start_s > this.to) continue;
      const name = this.data.names[label.technique] ?? label.technique;
      const bar = element("button", `bar label${label.id === this.chosen ? " picked" : ""}`, this.mine);
      bar.type = "button";
      bar.dataset.id = label.id;
      bar.textContent = name;
      bar.setAttribute("aria-label", `${name}, ${say("from_to", { from: clockOf(label.start_s, 1), to: clockOf(label.end_s, 1) })}`);
      bar.setAttribute("aria-pressed", String(label.id === this.chosen));
      this.span(bar, label.start_s, label.end_s);
      for (const edge of ["from", "to"]) element("span", `edge ${edge}`, bar).dataset.edge = edge;
    }
    if (focused) this.mine.querySelector(`[data-id="${focused}"]`)?.focus();
    if (this.open && this.now > this.open.start_s) {
      const name = this.data.names[this.open.technique] ?? this.open.technique;
      this.bar(this.mine, this.open.start_s, this.now, "label open", name);
    }
  }
  renderComments(comments) {
    this.comments = comments;
    this.said.replaceChildren();
    for (const comment of comments) {
      const pin = this.pin(this.said, comment.time_s, "pin said", `${clockOf(comment.time_s)} ${comment.text || "✎"}`, "button");
      if (pin) { pin.type = "button"; pin.setAttribute("aria-label", pin.title); pin.dataset.time = comment.time_s; }
    }
  }
  pressed(event) {
    if (event.button) return;
    const bar = event.target.closest?.(".label[data-id]"), edge = event.target.dataset?.edge;
    const pin = event.target.closest?.(".said");
    if (pin) { this.on.seek(Number(pin.dataset.time)); return; }
    if (bar) {
      this.on.choose(bar.dataset.id);
      if (edge && this.on.move) { this.drag(event, bar.dataset.id, edge); return; }
    }
    if (event.clientX < this.tracks.getBoundingClientRect().left) return;
    this.follow(event, (x) => this.on.seek(this.timeAt(x)));
  }
  follow(event, moved, ended = () => {}) {
    event.preventDefault();
    moved(event.clientX);
    const move = (e) => moved(e.clientX);
    const up = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", up);
      ended();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
  }
  drag(event, id, edge) {
    let time = null;
    this.follow(event, (x) => {
      time = this.timeAt(x);
      this.on.seek(time);
      const label = this.labels().find((l) => l.id === id), bar = this.mine.querySelector(`[data-id="${id}"]`);
      if (label && bar) this.span(bar, edge === "from" ? Math.min(time, label.end_s - 0.02) : label.start_s, edge === "to" ? Math.max(time, label.start_s + 0.02) : label.end_s);
    }, () => { if (time !== null) this.on.move(id, edge, time); });
  }
}
