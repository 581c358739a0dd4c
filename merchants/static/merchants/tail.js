// A list that follows calls: rests while nobody looks, and never puts the sign-in page into itself.
"use strict";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("X-Tail")) return;
  event.detail.shouldSwap = false;
  if (event.detail.xhr.status === 200) location.reload();
});
