// Saves a draft as one types, shows who would see it, and filters behaviours. Without it the buttons of the page do the same.
"use strict";

const form = document.getElementById("draft");
const said = document.getElementById("saved");
const shown = document.getElementById("readers");
const WAIT = 1200;
const OF_READERS = new Set(["audience_id", "protected_audience_id", "group_id", "tlp", "purposes", "harm_types", "subject_status", "row_kind"]);
let timer = 0;
let lookTimer = 0;
let saving = Promise.resolve();
let last = "";

const entered = () => { const data = new URLSearchParams(new FormData(form)); data.delete("paste"); return data; };
const content = () => { const data = entered(); for (const name of ["revision", "forgery_word", "find"]) data.delete(name); return data.toString(); };
const say = (text, isFault = false) => { said.textContent = text; said.classList.toggle("fault", isFault); };
const send = (address, data) => fetch(address, { method: "POST", body: data, credentials: "same-origin", redirect: "error" });

function mark(field, sentence) {
  for (const old of form.querySelectorAll("[data-autofault]")) old.remove();
  for (const one of form.querySelectorAll("[data-autoinvalid]")) { one.removeAttribute("aria-invalid"); one.removeAttribute("data-autoinvalid"); }
  const at = field && document.getElementById(field);
  if (!at) return;
  const told = document.createElement("p");
  told.className = "fault";
  told.dataset.autofault = "";
  told.textContent = sentence;
  if (at.tagName === "TR") { at.querySelector("th").append(told); return; }
  at.setAttribute("aria-invalid", "true");
  at.dataset.autoinvalid = "";
  at.before(told);
}

async function save() {
  const now = content();
  if (now === last) return;
  say(form.dataset.saving);
  try {
    const answer = await send(form.dataset.autosave, entered());
    const told = await answer.json();
    mark(told.field, told.sentence || "");
    if (answer.ok) {
      form.elements.revision.value = told.revision;
      last = now;
      say(form.dataset.saved.replace("@", told.saved_at));
    } else {
      last = now; // the same again would be refused again
      say(told.sentence, true);
    }
  } catch (error) {
    say(form.dataset.lost, true);
  }
}

function later() {
  say(form.dataset.waits);
  clearTimeout(timer);
  timer = setTimeout(() => { saving = saving.then(save); }, WAIT);
}

const made = (name, text, kind) => { const one = document.createElement(name); if (text) one.textContent = text; if (kind) one.className = kind; return one; };

function list(pairs, joined) {
  const all = made("ul");
  for (const [name, more] of pairs) {
    const item = made("li", joined ? `${name}: ${more}` : `${name} `);
    if (!joined) item.append(made("span", more, "help"));
    all.append(item);
  }
  return all;
}

function part(one) {
  const box = made("div", "", "reach");
  const head = made("p");
  head.append(made("strong", one.headline));
  if (one.more) head.append(` ${one.more}`);
  box.append(made("h3", one.title), head);
  if (one.refused) box.append(made("p", one.refused, "fault"));
  if (one.seen.length) box.append(list(one.seen, false));
  if (one.hidden.length) {
    const more = made("details");
    more.append(made("summary", `${one.hidden.length} ${form.dataset.because}`), list(one.hidden, true));
    box.append(more);
  }
  return box;
}

async function look() {
  try {
    const answer = await send(form.dataset.readers, entered());
    const told = await answer.json();
    shown.replaceChildren(...(told.parts ? told.parts.map(part) : [made("p", told.sentence)]));
  } catch (error) {
    shown.replaceChildren(made("p", form.dataset.lost));
  }
}

function lookLater() {
  clearTimeout(lookTimer);
  lookTimer = setTimeout(look, WAIT);
}

// The rule of app/services/drafting/behaviour_words.py: what has all of the words, or where nothing has, the most of them.
const LEAST_STEM = 4;
const idle = new Set(form.dataset.idle.split(" "));
const wordsOf = (text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word && !idle.has(word));
const fits = (word, known) => known.startsWith(word) || (known.length >= LEAST_STEM && word.startsWith(known));

function filter() {
  const words = wordsOf(form.elements.find.value);
  const all = [...form.querySelectorAll("[data-behaviour]")];
  const has = all.map((one) => {
    const known = wordsOf(`${one.textContent} ${one.dataset.words}`);
    return words.filter((word) => known.some((each) => fits(word, each))).length;
  });
  const most = Math.max(0, ...has);
  const hasAny = most > 0 || !words.length;
  all.forEach((one, at) => { one.hidden = !(hasAny && has[at] === most) && !one.querySelector("input").checked; });
  for (const phase of form.querySelectorAll("details.phase")) {
    const here = phase.querySelectorAll("[data-behaviour]:not([hidden])").length;
    phase.hidden = here === 0;
    if (words.length) phase.open = here > 0;
  }
  document.getElementById("found").textContent = !hasAny ? form.dataset.none : most < words.length ? form.dataset.some : "";
}

form.addEventListener("input", (event) => {
  if (event.target.name === "find") { filter(); return; }
  if (event.target.name === "paste") return;
  if (event.target.name === "urgency" && event.target.value === "imminent-risk") { form.querySelector(".save-bar button[value=save]").click(); return; }
  later();
  if (OF_READERS.has(event.target.name)) lookLater();
});
// Enter in the field of the search looks, and does not send the page.
form.elements.find.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); filter(); } });
last = content();
