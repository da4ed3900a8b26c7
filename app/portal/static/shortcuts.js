// Short keys, for whoever wants them: off while somebody types, with a modifier, and once they are switched off.
"use strict";

{ // On every page, beside that page's own script: no name of this one is seen by the other.
const kept = "breakwater-short-keys";
const wait = 1500; // milliseconds for the second key after g
const dialog = document.getElementById("short-keys");
let begun = 0;

const isOn = () => localStorage.getItem(kept) !== "off";
const heads = () => [...document.querySelectorAll("header nav a")];
const rows = () => [...document.querySelectorAll("main tbody tr")].map((row) => row.querySelector("a[href], button:not(:disabled)")).filter(Boolean);

function types(target) {
  return target.isContentEditable || target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select") !== null;
}

function search() {
  const field = document.querySelector("main input[type=search], main input[name=words], main form[role=search] input:not([type=hidden])");
  const link = heads().find((one) => one.getAttribute("href").endsWith("/search"));
  if (field) field.focus();
  else if (link) link.click();
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((one) => one.closest("tr") === document.activeElement.closest("tr"));
  all[Math.min(Math.max(here + by, 0), all.length - 1)].focus();
}

const keys = {
  "?": () => (dialog.open ? dialog.close() : dialog.showModal()),
  "/": search,
  g: () => { begun = Date.now(); },
  j: () => step(1),
  k: () => step(-1),
};

document.addEventListener("keydown", (event) => {
  if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || types(event.target)) return;
  const nth = /^[1-9]$/.test(event.key) && Date.now() - begun < wait ? heads()[Number(event.key) - 1] : undefined;
  begun = 0;
  const act = nth ? () => nth.click() : keys[event.key];
  if (!act || (dialog.open && event.key !== "?")) return;
  event.preventDefault();
  act();
});

// The switch stands in the dialog and on the page of help.
for (const place of document.querySelectorAll("[data-keys-switch]")) {
  const box = document.createElement("input");
  const label = document.createElement("label");
  box.type = "checkbox";
  box.checked = isOn();
  box.addEventListener("change", () => {
    localStorage.setItem(kept, box.checked ? "on" : "off");
    for (const other of document.querySelectorAll("[data-keys-switch] input")) other.checked = box.checked;
  });
  label.append(box, dialog.dataset.switch);
  place.append(label);
  place.hidden = false;
}

for (const opener of document.querySelectorAll("[data-keys-open]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
}
document.getElementById("short-keys-close").addEventListener("click", () => dialog.close());
}
