// Two players of one kind: the session's video, or its hands and foot drawn from the tracks. Times are in seconds.

const EPSILON = 0.0015; // a seek to a picture's very time may land on the one before

class Frames {
  constructor() { this.times = new Float64Array(0); }
  async load(url) {
    const answer = await fetch(url);
    if (answer.ok) this.times = new Float64Array(await answer.arrayBuffer());
  }
  // Number of the picture that stands at a time.
  at(time) {
    let low = 0, high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= time + EPSILON) low = middle + 1; else high = middle;
    }
    return Math.max(low - 1, 0);
  }
}

class Player {
  constructor(duration) {
    this.duration = duration;
    this.frames = new Frames();
    this.loop = null; // [from, to]
    this.listeners = [];
  }
  onframe(listener) { this.listeners.push(listener); }
  tell() {
    if (this.loop && this.playing && (this.time >= this.loop[1] || this.time < this.loop[0] - 0.25)) this.seek(this.loop[0]);
    for (const listener of this.listeners) listener(this.time);
  }
  step(pictures) {
    this.pause();
    const { times } = this.frames;
    if (!times.length) { this.seek(this.time + pictures / 30); return; }
    const k = Math.min(Math.max(this.frames.at(this.time) + pictures, 0), times.length - 1);
    this.seek(times[k]);
  }
  toggle() { if (this.playing) this.pause(); else this.play(); }
}

export class VideoPlayer extends Player {
  constructor(video, duration) {
    super(duration);
    this.video = video;
    this.time = 0;
    const shown = (_, frame) => {
      this.time = frame.mediaTime;
      this.tell();
      video.requestVideoFrameCallback(shown);
    };
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(shown);
    else {
      const now = () => { this.time = video.currentTime; this.tell(); };
      for (const event of ["timeupdate", "seeked"]) video.addEventListener(event, now);
    }
    for (const event of ["play", "pause", "ended"]) video.addEventListener(event, () => this.tell());
  }
  get playing() { return !this.video.paused && !this.video.ended; }
  play() { return this.video.play(); }
  pause() { this.video.pause(); }
  set rate(rate) { this.video.playbackRate = rate; }
  seek(time) { this.video.currentTime = Math.min(Math.max(time, 0), this.duration) + EPSILON; }
}

const FINGERS = [[0, 1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [17, 18, 19, 20], [0, 5, 9, 13, 17, 0]];
const PART_S = 10;

export class DrawnPlayer extends Player {
  constructor(canvas, duration, url) {
    super(duration);
    this.canvas = canvas;
    this.url = url;
    this.time = 0;
    this.playing = false;
    this._rate = 1;
    this.parts = new Map();
    this.draw();
  }
  set rate(rate) { this._rate = rate; }
  play() {
    if (this.playing) return;
    if (this.time >= this.duration - 0.01) this.time = 0;
    this.playing = true;
    this.clock = performance.now();
    const run = (now) => {
      if (!this.playing) return;
      this.time = Math.min(this.time + this._rate * (now - this.clock) / 1000, this.duration);
      this.clock = now;
      if (this.time >= this.duration && !this.loop) this.playing = false;
      this.draw();
      this.tell();
      requestAnimationFrame(run);
    };
    requestAnimationFrame(run);
    this.tell();
  }
  pause() { this.playing = false; this.tell(); }
  seek(time) {
    this.time = Math.min(Math.max(time, 0), this.duration);
    this.draw();
    this.tell();
  }
  part(k) {
    if (k < 0 || k * PART_S > this.duration) return null;
    if (!this.parts.has(k)) {
      this.parts.set(k, null);
      fetch(`${this.url}?from=${k * PART_S}&to=${(k + 1) * PART_S}`)
        .then((answer) => answer.json())
        .then((part) => { this.parts.set(k, part); this.draw(); });
    }
    return this.parts.get(k);
  }
  draw() {
    const k = Math.floor(this.time / PART_S), part = this.part(k);
    if (this.time - k * PART_S > PART_S / 2) this.part(k + 1);
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!part || !part.times_s || !part.times_s.length) return;
    let i = part.times_s.findLastIndex((t) => t <= this.time + EPSILON);
    if (i < 0) i = 0;
    const wide = this.canvas.width / 400;
    pen.lineJoin = pen.lineCap = "round";
    const line = (points, colour, width, closed) => {
      pen.beginPath();
      points.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (closed) { pen.closePath(); pen.fillStyle = "#2a2f35"; pen.fill(); }
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke();
    };
    if (part.foot[i]) line(part.foot[i], "#e8e2d8", wide, true);
    part.hands[i].forEach((hand, side) => {
      if (!hand) return;
      const colour = side ? "#ffb81c" : "#56b4ff";
      for (const path of FINGERS) line(path.map((n) => hand[n]), colour, 1.6 * wide, false);
      pen.fillStyle = colour;
      pen.font = `600 ${9 * wide}px system-ui, sans-serif`;
      pen.fillText(side ? "R" : "L", hand[0][0] + 3 * wide, hand[0][1] + 10 * wide);
    });
  }
}
