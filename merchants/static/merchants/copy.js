// Copy buttons: <button data-copy="id-of-the-text">, or <button data-copy-text="the text"> beside a short id.
// Where the clipboard is closed, the text is selected instead.
"use strict";

function select(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copy(button) {
  const node = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(node.textContent);
    button.textContent = "Copied";
  } catch {
    select(node);
  }
}

document.querySelectorAll("[data-copy]").forEach((button) => {
  button.addEventListener("click", () => copy(button));
});

async function copyId(button) {
  const shown = button.parentElement.querySelector("bdi");
  try {
    await navigator.clipboard.writeText(button.dataset.copyText);
    button.classList.add("is-copied");
    setTimeout(() => button.classList.remove("is-copied"), 1500);
  } catch {
    shown.textContent = button.dataset.copyText;
    select(shown);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy-text]");
  if (button) copyId(button);
});
