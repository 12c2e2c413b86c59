// The texts in the page's language, as the server wrote them into it.

const table = JSON.parse(document.getElementById("words").textContent);

export function say(key, values = {}) {
  return table[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// Asks the room for JSON; what it answers to the contrary is thrown in its words.
export async function ask(path, options) {
  let answer, body;
  try {
    answer = await fetch(path, options);
    body = await answer.json();
  } catch { throw new Error(say("no_answer")); }
  if (!answer.ok) {
    const error = new Error(body.problem ?? say("no_answer"));
    error.status = answer.status;
    throw error;
  }
  return body;
}
export const sent = (method, body) => ({
  method, headers: { "Content-Type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

let quiet;
export function tell(text, bad = false) {
  const status = document.getElementById("status");
  status.textContent = text ?? "";
  status.classList.toggle("bad", bad);
  clearTimeout(quiet);
  if (text) quiet = setTimeout(() => tell(""), bad ? 8000 : 3000);
}
