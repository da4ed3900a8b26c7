// Sends the form of who came back from a provider, once, if the address said anything.
"use strict";

for (const form of document.querySelectorAll("form[data-goes-on]")) {
  const { state } = form.elements;
  if (state.value) form.requestSubmit();
}
