// The class: adding and removing students.

async function ask(path, options) {
  const answer = await fetch(path, { headers: { "Content-Type": "application/json" }, ...options });
  if (answer.ok) { location.reload(); return; }
  const status = document.getElementById("status");
  status.classList.add("bad");
  status.textContent = (await answer.json()).problem;
}

document.getElementById("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const [name, group] = ["name", "group"].map((id) => document.getElementById(id).value);
  ask("/students", { method: "POST", body: JSON.stringify({ name, group }) });
});
for (const button of document.querySelectorAll("[data-remove]")) button.addEventListener("click", () => {
  if (confirm(`${button.ariaLabel ?? "Remove"}? The sessions stay.`)) ask(`/students/${button.dataset.remove}`, { method: "DELETE" });
});
