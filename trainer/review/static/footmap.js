// The foot's map: filled as it was worked, the places of comments, and a place chosen by a click.

import { border, frame, part } from "./svg.js";

const LEAST_S = 8; // so many seconds fill a zone for which nothing was wished

export class FootMap {
  // map: of data.json; picked(place | null, zone name): called when a place is chosen or taken off
  constructor(svg, map, picked) {
    this.svg = svg;
    this.map = map;
    this.place = null;
    frame(svg, map.aspect);
    this.zones = map.zones.map((zone) => {
      const d = border(zone);
      const parts = ["", "fill", "now-here"].map((name) => part("path", name ? { d, class: name } : { d }, svg));
      part("title", {}, parts[0]).textContent = zone.name;
      return { ...zone, parts };
    });
    this.dots = part("g", {}, svg);
    this.mine = part("circle", { class: "pick", r: 0.016, visibility: "hidden" }, svg);
    if (picked) {
      svg.classList.add("picks");
      svg.addEventListener("click", (event) => {
        const zone = this.zones.find((z) => z.parts.includes(event.target));
        if (event.target === this.mine || !zone) this.pick(null);
        else {
          const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
          this.pick(this.uv(p.x, p.y));
        }
        picked(this.place, this.place ? zone.name : "");
      });
    }
  }
  uv(x, y) {
    const across = x / this.map.aspect, clip = (value) => Math.min(Math.max(value, 0), 1);
    return [clip(1 - y), clip(this.map.flip ? 1 - across : across)];
  }
  xy([u, v]) { return [(this.map.flip ? 1 - v : v) * this.map.aspect, 1 - u]; }
  pick(place) {
    this.place = place;
    this.mine.setAttribute("visibility", place ? "visible" : "hidden");
    if (place) this.put(this.mine, place);
  }
  put(circle, place) {
    const [x, y] = this.xy(place);
    circle.setAttribute("cx", x);
    circle.setAttribute("cy", y);
  }
  // Places of the comments that are of this moment.
  mark(places) {
    this.dots.replaceChildren(...places.map((place) => {
      const dot = part("circle", { class: "said-here", r: 0.016 });
      this.put(dot, place);
      return dot;
    }));
  }
  // Paints the map as it was at a time; returns the names of the zones being worked.
  paint(time) {
    const most = Math.max(LEAST_S, ...this.zones.map((z) => z.wish_s ?? 0)), here = [];
    for (const zone of this.zones) {
      let worked = 0, now = false;
      for (const [from, to] of zone.visits) {
        if (from > time) break;
        worked += Math.min(to, time) - from;
        now ||= time < to;
      }
      zone.parts[1].setAttribute("fill-opacity", Math.min(worked / (zone.wish_s ?? most), 1).toFixed(2));
      zone.parts[2].setAttribute("visibility", now ? "visible" : "hidden");
      if (now) here.push(zone.name);
    }
    return here;
  }
}
