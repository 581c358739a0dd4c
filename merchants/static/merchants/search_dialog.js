// The search of our staff in a dialog: Ctrl+K (or ⌘K) or a button opens it, arrows walk the results, Escape closes it.
"use strict";

(() => {
  const WAIT_MS = 200;
  const dialog = document.getElementById("search-dialog");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const box = form.elements.q;
  const results = dialog.querySelector("[data-results]");
  let timer = 0;
  let asked = 0;

  async function suggest() {
    const own = ++asked;
    const body = new FormData(form);
    body.set("suggest", "1");
    const answer = await fetch(form.action, { method: "POST", credentials: "same-origin", body });
    if (own !== asked) return;
    if (answer.redirected || !answer.ok) return; // Enter leads to the page, which says why
    results.innerHTML = await answer.text();
  }

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => suggest().catch(() => {}), WAIT_MS);
  };

  function open() {
    if (dialog.open) return box.select();
    dialog.showModal();
    box.focus();
    box.select();
    suggest().catch(() => {});
  }

  function walk(step) {
    const links = [...results.querySelectorAll("a")];
    const here = links.indexOf(document.activeElement);
    const next = here + step;
    if (next < 0) return box.focus();
    links[Math.min(next, links.length - 1)]?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.querySelectorAll("[data-open-search]").forEach((button) => button.addEventListener("click", open));
  box.addEventListener("input", later);
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    walk(event.key === "ArrowDown" ? 1 : -1);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
})();
