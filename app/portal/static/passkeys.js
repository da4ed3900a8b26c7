// Lets the device make or use a passkey, and sends its answer with the form. Nothing is kept here.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const ways = {
  async create(options) {
    const made = await navigator.credentials.create({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: (options.excludeCredentials || []).map((one) => ({ ...one, id: bytes(one.id) })),
    } });
    return { made, response: { attestationObject: text(made.response.attestationObject) } };
  },
  async get(options) {
    const made = await navigator.credentials.get({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: (options.allowCredentials || []).map((one) => ({ ...one, id: bytes(one.id) })),
    } });
    const { authenticatorData, signature, userHandle } = made.response;
    return { made, response: { authenticatorData: text(authenticatorData), signature: text(signature), userHandle: userHandle ? text(userHandle) : null } };
  },
};

class Refused extends Error {}

const USUAL = "That did not work. Try again, or use a password and a code.";
const CAUSES = {
  SecurityError: "Passkeys need the exchange's name, over HTTPS or as localhost: they cannot be made or used at this address.",
  InvalidStateError: "This device has a passkey for you already.",
  NotAllowedError: "The device did not say yes, or the time was over. Try again, or use a password and a code.",
};

async function whyRefused(answer) {
  try {
    return (await answer.json()).refused || USUAL;
  } catch {
    return USUAL;
  }
}

async function use(form) {
  const asked = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(beginning(form)), credentials: "same-origin", redirect: "error" });
  if (asked.status === 403 && form.dataset.passkey === "create" && (asked.headers.get("Content-Type") || "").startsWith("text/html")) {
    HTMLFormElement.prototype.submit.call(form); // it is too late to make one without showing who one is: the page that asks comes
    return;
  }
  if (!asked.ok) throw new Refused(await whyRefused(asked));
  const options = await asked.json();
  const { made, response } = await ways[form.dataset.passkey](options);
  const named = form.dataset.named || ""; // where the form has an answer of its own, ours is called otherwise
  form.elements[`${named}challenge`].value = options.challenge;
  form.elements[`${named}answer`].value = JSON.stringify({
    id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {},
    response: { ...response, clientDataJSON: text(made.response.clientDataJSON) },
  });
  HTMLFormElement.prototype.submit.call(form); // a field may be called "submit"
}

// What the first step needs of the form: the word against forgery, and the name where one is chosen.
function* beginning(form) {
  yield ["forgery_word", form.elements.forgery_word.value];
  if (form.dataset.passkey === "create" && form.elements.login) yield ["login", form.elements.login.value.trim().toLowerCase()];
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-said]");
  if (!window.PublicKeyCredential) {
    said.textContent = form.dataset.absent || "This browser has no passkeys.";
    continue;
  }
  said.textContent = "";
  const button = form.querySelector("button");
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await use(form);
    } catch (error) {
      said.textContent = error instanceof Refused ? error.message : CAUSES[error.name] || USUAL;
      const name = error instanceof Refused && form.querySelector("input[name=login]");
      if (name) name.focus();
      button.disabled = false;
    }
  });
}
