// The page that shows a secret once: whoever leaves without “I have saved the secret” is asked first.
"use strict";

let saved = false;

addEventListener("beforeunload", (event) => {
  if (!saved) {
    event.preventDefault();
  }
});

document.querySelectorAll("[data-saved]").forEach((exit) => {
  exit.addEventListener("click", () => {
    saved = true;
  });
});
