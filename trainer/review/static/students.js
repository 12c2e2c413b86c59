// Students and accounts: adding, removing, and start codes, which are shown once.

import { ask, say, sent, tell } from "./words.js";

const byId = (id) => document.getElementById(id);

function show({ name, code }) {
  const place = byId("code"), word = document.createElement("b");
  word.textContent = code;
  place.replaceChildren(say("code", { name }), " ", word);
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
}
async function change(path, options, then = () => location.reload()) {
  try { then(await ask(path, options)); } catch (error) { tell(error.message, true); }
}
const groups = (text) => text.split(",").map((group) => group.trim()).filter(Boolean);

byId("add")?.addEventListener("submit", (event) => {
  event.preventDefault();
  change("/students", sent("POST", { name: byId("name").value, group: byId("group").value }));
});
byId("add-account")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const role = byId("role").value;
  change("/accounts", sent("POST", {
    name: byId("account-name").value, role, groups: role === "instructor" ? groups(byId("account-groups").value) : [],
  }), (made) => { show(made); event.target.reset(); });
});
for (const form of document.querySelectorAll("[data-teach]")) form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = { groups: groups(form.querySelector("input").value) };
  change(`/accounts/${form.dataset.teach}/groups`, sent("POST", body), () => tell(say("noted")));
});
for (const button of document.querySelectorAll("[data-code]")) button.addEventListener("click", () => {
  change(button.dataset.code, sent("POST", {}), show);
});
for (const button of document.querySelectorAll("[data-remove]")) button.addEventListener("click", () => {
  if (confirm(button.dataset.sure)) change(button.dataset.remove, sent("DELETE"));
});
