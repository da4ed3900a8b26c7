// A key that this browser makes, keeps and never gives out, and signing with it: P-256, r and s as WebCrypto writes them (decision 17).
// What is signed comes from the server; it is compared here with what is shown before anything is signed.
"use strict";

const EXTENSION = "extension-definition--2c2c230f-fabd-4bef-8dfc-de7f43c4719a";
const POSSESSION = "application/vnd.breakwater.possession+json";
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };
const encoded = (text) => new TextEncoder().encode(text);
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const hexadecimal = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");
const digestOf = async (bytes) => hexadecimal(await crypto.subtle.digest("SHA-256", bytes));

// --- where the key is kept ---

function store(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("breakwater-signing", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("keys", mode);
      const asked = act(transaction.objectStore("keys"));
      transaction.oncomplete = () => { opening.result.close(); resolve(asked.result); };
      transaction.onerror = () => reject(transaction.error);
    };
  });
}

const kept = () => store("readonly", (keys) => keys.get("own"));
const keep = (value) => store("readwrite", (keys) => keys.put(value, "own"));

// --- signing ---

async function sign(key, kind, text) {
  const type = encoded(kind), payload = encoded(text);
  const head = encoded(`DSSEv1 ${type.length} ${kind} ${payload.length} `);
  const message = new Uint8Array(head.length + payload.length);
  message.set(head);
  message.set(payload, head.length);
  return base64(await crypto.subtle.sign(SIGN, key, message));
}

const spelled = (value) => JSON.stringify(value, (_, one) => (one && typeof one === "object" && !Array.isArray(one)
  ? Object.fromEntries(Object.keys(one).sort().map((name) => [name, one[name]])) : one));

function unsigned(value) {
  const { [EXTENSION]: _, ...extensions } = value.extensions || {};
  const { extensions: __, ...rest } = value;
  return Object.keys(extensions).length ? { ...rest, extensions } : rest;
}

// Whether what is to be signed is what the document says, and the document the one whose fingerprint the page shows.
async function isShown(asked, digest) {
  if (await digestOf(encoded(asked.document)) !== digest) return false;
  const document_ = JSON.parse(asked.document);
  if (asked.payload_type.endsWith("recall-acknowledgement+json")) return asked.payloads.length === 1 && asked.payloads[0] === asked.document;
  if (!asked.payload_type.endsWith("stix-object+json")) return false;
  const shown = new Set(document_.objects.map(spelled));
  return asked.payloads.every((one) => JSON.parse(one).extensions[EXTENSION] && shown.has(spelled(unsigned(JSON.parse(one)))));
}

// --- the pages ---

const words = (where, name, is_shown = true) => { for (const one of where.querySelectorAll(`[data-words="${name}"]`)) one.hidden = !is_shown; };

async function ask(address, form, more = {}) {
  const body = new URLSearchParams({ forgery_word: form.elements.forgery_word.value, ...more });
  const answer = await fetch(address, { method: "POST", body, credentials: "same-origin", redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function make(form) {
  const pair = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  const keyid = await digestOf(spki);
  const { challenge, partner_id } = await ask(form.dataset.challenge, form);
  await keep({ key: pair.privateKey, keyid });
  form.elements.public_key.value = `-----BEGIN PUBLIC KEY-----\n${base64(spki).match(/.{1,64}/g).join("\n")}\n-----END PUBLIC KEY-----\n`;
  form.elements.challenge.value = challenge;
  form.elements.proof.value = await sign(pair.privateKey, POSSESSION, JSON.stringify({ challenge, keyid, partner_id }));
  form.submit();
}

async function showKey(section) {
  const said = section.querySelector("[data-said]"), form = section.querySelector("form");
  const own = await kept();
  said.textContent = "";
  const states = JSON.parse(section.dataset.states);
  const state = own ? { pending: "pending", active: "active" }[states[own.keyid]] || "ended" : "none";
  words(section, state);
  if (own) {
    const line = section.querySelector("[data-keyid]");
    line.hidden = false;
    line.querySelector("code").textContent = own.keyid;
  }
  if (!form || state === "pending" || state === "active") { if (form) form.hidden = true; return; }
  const button = form.querySelector("button");
  button.disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    make(form).catch(() => words(section, "failed"));
  });
}

function tell(list, asked) {
  const document_ = JSON.parse(asked.document);
  const lines = (document_.objects || document_.outcomes).map((one) => (
    [one.type || one.outcome, one.name || one.value || one.pattern || one.opinion || one.stix_id || one.id].join(": ")));
  list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
}

async function showTask(form) {
  const own = await kept();
  form.querySelector("[data-said]").textContent = "";
  if (!own) { words(form, "none"); return; }
  const asked = await ask(form.dataset.sign, form, { keyid: own.keyid });
  const digest = document.querySelector("[data-digest]").textContent;
  if (!await isShown(asked, digest)) { words(form, "different"); return; }
  tell(form.querySelector("[data-shown]"), asked);
  form.querySelector("[data-text]").textContent = asked.document;
  words(form, "ready");
  const button = form.querySelector("button");
  button.disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    Promise.all(asked.payloads.map((one) => sign(own.key, asked.payload_type, one))).then((signatures) => {
      form.elements.keyid.value = own.keyid;
      form.elements.signed_at.value = asked.signed_at;
      form.elements.signatures.value = JSON.stringify(signatures);
      form.submit();
    }).catch(() => words(form, "failed"));
  });
}

for (const section of document.querySelectorAll("[data-browser-key]")) showKey(section).catch(() => words(section, "failed"));
for (const form of document.querySelectorAll("form[data-sign]")) showTask(form).catch(() => words(form, "failed"));
