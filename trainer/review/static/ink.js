// Drawings on the picture: a pen's way, arrows and rings, in shares of the picture's width and height.

import { part } from "./svg.js";

const NEAR = 0.004; // a pen's points are this far apart at least
const MOST = 40, MOST_POINTS = 400;

export class Ink {
  constructor(svg) {
    this.svg = svg;
    this.mine = []; // what is being drawn, not pinned yet
    this.shown = []; // of comments
    this.tool = "pen";
    const { width, height } = svg.viewBox.baseVal;
    this.size = [width, height];
    svg.addEventListener("pointerdown", (event) => this.begin(event));
  }
  get on() { return this.svg.classList.contains("on"); }
  set on(on) { this.svg.classList.toggle("on", on); }
  at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [point.x, point.y].map((x, k) => Math.round(1e4 * Math.min(Math.max(x / this.size[k], 0), 1)) / 1e4);
  }
  begin(event) {
    if (!this.on || event.button || this.mine.length >= MOST) return;
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    const shape = { kind: this.tool, points: [this.at(event)] };
    this.mine.push(shape);
    const move = (e) => {
      const to = this.at(e), last = shape.points.at(-1);
      if (shape.kind !== "pen") shape.points[1] = to;
      else if (Math.hypot(to[0] - last[0], to[1] - last[1]) > NEAR && shape.points.length < MOST_POINTS) shape.points.push(to);
      this.draw();
    };
    const end = () => {
      for (const kind of ["pointermove", "pointerup", "pointercancel"]) this.svg.removeEventListener(kind, kind === "pointermove" ? move : end);
      if (shape.points.length < 2) this.mine.pop();
      this.draw();
    };
    this.svg.addEventListener("pointermove", move);
    this.svg.addEventListener("pointerup", end);
    this.svg.addEventListener("pointercancel", end);
  }
  undo() { this.mine.pop(); this.draw(); }
  clear() { this.mine = []; this.draw(); }
  show(shapes) {
    if (shapes.length === this.shown.length && shapes.every((s, k) => s === this.shown[k])) return;
    this.shown = shapes;
    this.draw();
  }
  draw() {
    this.svg.replaceChildren(...[...this.shown, ...this.mine].flatMap((shape) => ["halo", "line"].map((name) => this.shape(shape, name))));
  }
  shape({ kind, points }, name) {
    const [w, h] = this.size, px = points.map(([x, y]) => [x * w, y * h]);
    if (kind === "ring") {
      const [[a, b], [c, d]] = px.length > 1 ? px : [px[0], px[0]];
      return part("ellipse", { class: name, cx: (a + c) / 2, cy: (b + d) / 2, rx: Math.abs(a - c) / 2, ry: Math.abs(b - d) / 2 });
    }
    let path = `M${px.map((p) => p.join(" ")).join("L")}`;
    if (kind === "arrow" && px.length > 1) {
      const [[a, b], [c, d]] = px, angle = Math.atan2(d - b, c - a), long = 0.035 * w;
      for (const turn of [-2.6, 2.6]) path += `M${c} ${d}L${c + long * Math.cos(angle + turn)} ${d + long * Math.sin(angle + turn)}`;
    }
    return part("path", { class: name, d: path });
  }
}
