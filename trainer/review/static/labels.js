// The labels of a session as the server has them, and what was done to them here: every change is an edit that can be
// undone by another. Two people's edits meet at the server, which refuses what would overlap.

import { say } from "./words.js";

export class Labels {
  constructor(url, tell) {
    this.url = url;
    this.tell = tell; // (state | null, problem | null)
    this.list = [];
    this.taken = 0; // how often
    this.undone = [];
    this.done = [];
    this.queue = Promise.resolve();
  }
  take(state) {
    this.taken += 1;
    this.list = state.labels;
    this.tell(state, null);
  }
  // What others changed meanwhile; nothing where a change of our own came in between: what is asked for would be older.
  async refresh(asked) {
    const before = this.taken, state = await asked;
    if (!this.busy && this.taken === before) this.take(state);
  }
  find(id) { return this.list.find((label) => label.id === id); }
  // Changes: [{id, to}], to being a label without version, or null.
  change(changes, keep = true) {
    this.queue = this.queue.then(() => this.send(changes, keep));
    return this.queue;
  }
  async send(changes, keep) {
    this.busy = true;
    try { return await this.sent(changes, keep); } finally { this.busy = false; }
  }
  async sent(changes, keep) {
    const before = changes.map(({ id }) => ({ id, to: this.plain(this.find(id)) }));
    const edits = changes.map(({ id, to }) => {
      const seen = this.find(id)?.version ?? 0;
      return to ? { op: "put", id, seen, ...to } : { op: "delete", id, seen };
    });
    let answer, body;
    try {
      answer = await fetch(`${this.url}/edits`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ edits }),
      });
      body = await answer.json();
    } catch {
      this.tell(null, say("no_answer"));
      return false;
    }
    if (!answer.ok) {
      if (body.state) this.take(body.state);
      this.tell(null, body.problem);
      return false;
    }
    // Undone in the other order: what was put last may stand where something was before.
    if (keep) { this.done.push(before.reverse()); this.undone = []; }
    this.take(body);
    if (body.warning) this.tell(null, body.warning);
    return before;
  }
  plain(label) {
    return label ? { technique: label.technique, start_s: label.start_s, end_s: label.end_s, hands: label.hands } : null;
  }
  async shift(from, to) {
    await this.queue;
    const changes = from.pop();
    if (!changes) return;
    const before = await this.send(changes, false);
    if (before) to.push(before.reverse());
    this.tell(null, null);
  }
  undo() { return this.shift(this.done, this.undone); }
  redo() { return this.shift(this.undone, this.done); }
  // What has to give way for a stretch: the changes that cut the others back.
  cleared(start, end, but = null) {
    const changes = [];
    for (const label of this.list) {
      if (label.id === but || label.end_s <= start + 1e-6 || label.start_s >= end - 1e-6) continue;
      const plain = this.plain(label);
      if (label.start_s < start - 1e-6) changes.push({ id: label.id, to: { ...plain, end_s: start } });
      else if (label.end_s > end + 1e-6) changes.push({ id: label.id, to: { ...plain, start_s: end } });
      else changes.push({ id: label.id, to: null });
    }
    return changes;
  }
  put(id, to) { return this.change([...this.cleared(to.start_s, to.end_s, id), { id, to }]); }
  add(technique, start_s, end_s, hands = []) {
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return this.put(id, { technique, start_s, end_s, hands }).then((kept) => (kept ? id : null));
  }
  remove(id) { return this.change([{ id, to: null }]); }
}
