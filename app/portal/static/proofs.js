// Checks an object's proofs in this browser: what was signed, by which key, where the log has it, and who signed the log.
// Everything is computed here, from the text of the field and what the page gave along; nothing is sent anywhere.
"use strict";

const OBJECT = "application/vnd.breakwater.stix-object+json", ATTESTATION = "application/vnd.breakwater.attestation+json";
const SIGNATURE = "extension-definition--2c2c230f-fabd-4bef-8dfc-de7f43c4719a";
const utf8 = new TextEncoder();

class Fault extends Error {}
class Unable extends Error {}
const must = (holds, sentence) => { if (!holds) throw new Fault(sentence); };
const plain = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const base64 = (text) => { const found = plain(text); must(btoa(String.fromCharCode(...found)) === text, "Base64 has another spelling than its own."); return found; };
const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (one) => parseInt(one, 16));
const joined = (...parts) => { const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0)); let at = 0; for (const one of parts) { all.set(one, at); at += one.length; } return all; };
const same = (left, right) => left.length === right.length && left.every((one, place) => one === right[place]);
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));

// RFC 8785: names in the order of their UTF-16 units, numbers and texts as ECMAScript writes them.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  return JSON.stringify(value);
}

// DSSE: kind and payload, each after its length in bytes.
const pae = (kind, payload) => joined(utf8.encode(`DSSEv1 ${utf8.encode(kind).length} ${kind} ${payload.length} `), payload);

async function verified(key, signature, message) {
  const isEdwards = key.algorithm === "ed25519";
  const way = isEdwards ? { name: "Ed25519" } : { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { kty, crv, x, y } = key.jwk;
  try {
    const imported = await crypto.subtle.importKey("jwk", isEdwards ? { kty, crv, x } : { kty, crv, x, y }, way, false, ["verify"]);
    return await crypto.subtle.verify(way, imported, signature, message);
  } catch (error) {
    if (error.name === "NotSupportedError") throw new Unable("This browser cannot check signatures of this kind (Ed25519): use another one, or breakwater verify.");
    throw new Fault("The key or the signature cannot be read.");
  }
}

function signatureOf(value) {
  const extension = value.extensions && value.extensions[SIGNATURE];
  if (!extension) return null;
  must(Array.isArray(extension.signatures) && extension.signatures.length === 1, "It does not carry exactly one signature.");
  return extension.signatures[0];
}

function withoutSignature(value) {
  const extension = value.extensions[SIGNATURE];
  const { sig: _left, ...rest } = extension.signatures[0];
  return { ...value, extensions: { ...value.extensions, [SIGNATURE]: { ...extension, signatures: [rest] } } };
}

// RFC 9162 2.1.3.2: from a leaf up to the root.
async function rootFrom(leaf, index, size, path) {
  must(Number.isSafeInteger(index) && index >= 0 && index < size, "The log of this checkpoint has no such place.");
  let place = BigInt(index), last = BigInt(size) - 1n, found = leaf;
  for (const one of path) {
    must(last !== 0n && one.length === 32, "The path through the log is no path of this place.");
    if (place % 2n === 1n || place === last) {
      found = await sha256(Uint8Array.of(1), one, found);
      while (place % 2n === 0n && place !== 0n) { place >>= 1n; last >>= 1n; }
    } else found = await sha256(Uint8Array.of(1), found, one);
    place >>= 1n; last >>= 1n;
  }
  must(last === 0n, "The path through the log is too short.");
  return found;
}

// C2SP signed-note and tlog-checkpoint: three lines, a blank one, and lines of signatures.
function readNote(note) {
  const cut = note.lastIndexOf("\n\n");
  must(cut > 0 && note.endsWith("\n"), "The checkpoint is no signed note.");
  const text = note.slice(0, cut + 1), lines = note.slice(cut + 2, -1).split("\n");
  const [origin, size, root, ...more] = text.slice(0, -1).split("\n");
  must(more.length === 0 && /^(0|[1-9][0-9]{0,15})$/.test(size), "The checkpoint is not three lines.");
  const signatures = lines.map((line) => {
    const read = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line);
    must(read, "A line below the checkpoint is no signature.");
    return { name: read[1], bytes: base64(read[2]) };
  });
  return { text, origin, size: Number(size), root: base64(root), signatures };
}

async function keyHash(name, kind, key) {
  const point = plain(key.jwk.x.replace(/-/g, "+").replace(/_/g, "/"));
  return (await sha256(utf8.encode(name), Uint8Array.of(10, kind), point)).slice(0, 4);
}

async function signedNote(note, origin, keys, kind) {
  for (const [keyid, key] of Object.entries(keys)) {
    if (key.usage !== "checkpoint-signing" || key.algorithm !== "ed25519") continue;
    const named = await keyHash(origin, kind, key);
    const line = note.signatures.find((one) => one.name === origin && same(one.bytes.slice(0, 4), named));
    if (line) return { keyid, key, signature: line.bytes.slice(4) };
  }
  return null;
}

const steps = {
  async text(known) {
    try { known.value = JSON.parse(known.typed); } catch { throw new Fault("This is no JSON."); }
    must(canonical(known.value) === known.typed, "This is not the one form in which it was signed: something was added, left out or moved.");
    return `${utf8.encode(known.typed).length} bytes.`;
  },
  async key(known) {
    known.entry = signatureOf(known.value);
    if (!known.entry) {
      must(known.attestation, "It carries no signature, and nobody attests it.");
      known.keyid = known.attestation.signatures[0].keyid;
      known.signer = known.keys[known.keyid];
      must(known.signer && known.signer.usage === "statement-signing", "The attestation names no key of the exchange.");
      return "Its publisher did not sign it: the exchange attests who sent it.";
    }
    known.keyid = known.entry.keyid;
    known.signer = known.keys[known.keyid];
    must(known.signer, "The directory has no key of this id.");
    must(known.signer.owner === known.entry.signer, "The key is another's than who claims to have signed.");
    must(!known.value.created_by_ref || known.value.created_by_ref === known.entry.signer, "Another is named as creator than who signed.");
    const state = known.signer.compromised_since ? ` It is reported as stolen since ${known.signer.compromised_since}: what was logged before stays good.` : "";
    return `Key ${known.keyid}, ${known.signer.state}.${state}`;
  },
  async signature(known) {
    if (!known.entry) {
      const payload = plain(known.attestation.payload), said = JSON.parse(new TextDecoder().decode(payload));
      known.digest = await sha256(utf8.encode(canonical(known.value)));
      must(said.payload_digest === hex(known.digest) && said.id === known.value.id, "The attestation is about other content than this.");
      must(await verified(known.signer, plain(known.attestation.signatures[0].sig), pae(ATTESTATION, payload)), "The exchange did not attest this.");
      return "Attested by the exchange, not signed by its publisher.";
    }
    const payload = utf8.encode(canonical(withoutSignature(known.value)));
    known.digest = await sha256(payload);
    must(await verified(known.signer, base64(known.entry.sig), pae(OBJECT, payload)), "This key did not sign this content. Something of it is not what its publisher said.");
    return `Digest ${hex(known.digest)}.`;
  },
  async log(known) {
    if (!known.proof) throw new Unable("No checkpoint covers it yet: the exchange makes one about every minute. Load the page anew.");
    must(known.digest && hex(known.digest) === known.proof.digest, "The proof is about other content than this.");
    const committed = await sha256(unhex(known.proof.salt), known.digest);
    const leaf = await sha256(Uint8Array.of(0), utf8.encode(known.proof.kind), Uint8Array.of(0), committed);
    known.note = readNote(known.proof.checkpoint);
    const root = await rootFrom(leaf, known.proof.log_index, known.note.size, known.proof.path.map(base64));
    must(same(root, known.note.root), "The path does not lead to the root of the checkpoint.");
    return `Place ${known.proof.log_index} of ${known.note.size}, root ${hex(root)}.`;
  },
  async checkpoint(known) {
    if (!known.note) throw new Unable("Without a place in the log there is no checkpoint to check.");
    must(known.note.origin === known.origin, "The checkpoint is of another log.");
    const found = await signedNote(known.note, known.origin, known.keys, 1);
    must(found, "No key of the directory signed the checkpoint.");
    must(await verified(found.key, found.signature, utf8.encode(known.note.text)), "The exchange did not sign this checkpoint.");
    return `Key ${found.keyid}.`;
  },
  async date(known) {
    if (!known.note) throw new Unable("Without a checkpoint there is no date.");
    const found = await signedNote(known.note, known.origin, known.keys, 4);
    if (!found) throw new Unable("The checkpoint has no date.");
    const seconds = new DataView(found.signature.buffer, found.signature.byteOffset, 8).getBigUint64(0);
    const message = utf8.encode(`cosignature/v1\ntime ${seconds}\n${known.note.text}`);
    must(await verified(found.key, found.signature.slice(8), message), "The date of the checkpoint is not the exchange's.");
    return `By ${new Date(Number(seconds) * 1000).toISOString().replace(".000", "")}.`;
  },
};

function tell(line, outcome, sentence) {
  line.dataset.outcome = outcome;
  line.querySelector("[data-outcome-words]").textContent = line.dataset[outcome];
  line.querySelector("[data-said]").textContent = sentence;
}

async function check(form) {
  const { keys, origin } = JSON.parse(form.dataset.keys);
  const known = { ...JSON.parse(form.dataset.given), keys, origin, typed: form.querySelector("textarea").value };
  let failed = false, unable = false;
  for (const line of form.querySelectorAll("[data-step]")) {
    if (failed) { tell(line, "skipped", ""); continue; }
    try {
      tell(line, "holds", await steps[line.dataset.step](known));
    } catch (error) {
      unable = unable || error instanceof Unable;
      failed = !(error instanceof Unable);
      tell(line, failed ? "fails" : "unable", error instanceof Fault || error instanceof Unable ? error.message : "This cannot be read.");
    }
  }
  const verdict = form.querySelector("[data-verdict]");
  verdict.dataset.outcome = failed ? "fails" : unable ? "unable" : "holds";
  verdict.textContent = verdict.dataset[verdict.dataset.outcome];
}

for (const form of document.querySelectorAll("form[data-given]")) {
  const button = form.querySelector("button");
  if (!crypto.subtle) { form.querySelector("[data-verdict]").textContent = form.dataset.insecure; continue; }
  button.disabled = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); check(form); });
  check(form);
}
