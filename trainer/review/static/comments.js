// Comments: pinned to a time, a place on the foot and a drawing; shown when their moment is.

import { clockOf } from "./lanes.js";
import { ask, say, sent, tell } from "./words.js";

const byId = (id) => document.getElementById(id);
const BEFORE_S = 0.02, STILL_S = 0.045, PLAYING_S = 1.5;

export class Comments {
  // on: {seek(time), take(state)}
  constructor(url, player, ink, map, on) {
    Object.assign(this, { url, player, ink, map, on });
    this.list = [];
    const zones = byId("comment-zone");
    if (!zones) return;
    for (const zone of map.zones) zones.add(new Option(zone.name, zone.id));
    byId("comment-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.pin();
    });
  }
  picked(place, zone) {
    const pinned = byId("pinned");
    if (!pinned) return;
    pinned.textContent = place ? say("place_at", { zone }) : say("place_hint");
    byId("comment-zone").disabled = Boolean(place);
  }
  async pin() {
    const text = byId("comment-text").value.trim(), drawing = this.ink.mine;
    if (!text && !drawing.length) { tell(say("write_first"), true); return; }
    const body = { time_s: this.player.time, text, zone: byId("comment-zone").value, drawing };
    if (this.map.place) body.place = this.map.place;
    try {
      this.on.take(await ask(`${this.url}/comments`, sent("POST", body)));
      byId("comment-text").value = "";
      this.ink.clear();
      this.map.pick(null);
      this.picked(null, "");
      tell(say("pinned"));
    } catch (error) { tell(error.message, true); }
  }
  // What belongs to this moment, on the picture and on the foot.
  show(time) {
    const long = this.player.playing ? PLAYING_S : STILL_S;
    const now = this.list.filter((c) => c.time_s - BEFORE_S <= time && time < c.time_s + long);
    this.ink.show(now.flatMap((c) => c.drawing));
    const places = now.map((c) => c.place).filter(Boolean);
    if (places.length || this.map.dots.childElementCount) this.map.mark(places);
  }
  render(list) {
    this.list = list;
    byId("comments").replaceChildren(...list.map((comment) => this.row(comment)));
    this.show(this.player.time);
  }
  row(comment) {
    const row = document.createElement("li"), go = document.createElement("button");
    go.type = "button";
    go.textContent = clockOf(comment.time_s, 1);
    go.addEventListener("click", () => { this.player.pause(); this.on.seek(comment.time_s); });
    const text = document.createElement("div"), words = document.createElement("p");
    words.textContent = comment.text || "✎";
    text.append(words);
    const zone = comment.zone ? this.map.zones.find((z) => z.id === comment.zone)?.name ?? comment.zone : "";
    const more = [comment.author, zone, comment.drawing.length && comment.text ? "✎" : ""].filter(Boolean).join(" · ");
    if (more) {
      const told = document.createElement("span");
      told.className = "zone";
      told.textContent = more;
      text.append(told);
    }
    row.append(go, text);
    if (comment.mine && byId("comment-form")) {
      const away = document.createElement("button");
      away.type = "button";
      away.textContent = say("delete");
      away.setAttribute("aria-label", say("delete_comment", { time: clockOf(comment.time_s, 1) }));
      away.addEventListener("click", async () => {
        try { this.on.take(await ask(`${this.url}/comments/${comment.id}`, sent("DELETE"))); } catch (error) { tell(error.message, true); }
      });
      row.append(away);
    }
    return row;
  }
}
