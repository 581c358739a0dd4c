// <button data-follow="id of a list">: while it is pressed and the page is seen, newer rows of the list appear.
"use strict";

const EVERY_MS = 3000;

async function renew(id) {
  const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Portal-Poll": "1" } });
  if (answer.redirected || !answer.ok) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(id);
  if (fresh) document.getElementById(id)?.replaceWith(fresh);
}

document.querySelectorAll("[data-follow]").forEach((button) => {
  const start = button.textContent;
  let timer = 0;
  button.addEventListener("click", () => {
    clearInterval(timer);
    timer = timer ? 0 : setInterval(() => document.hidden || renew(button.dataset.follow).catch(() => {}), EVERY_MS);
    button.textContent = timer ? button.dataset.stop : start;
    button.setAttribute("aria-pressed", String(Boolean(timer)));
  });
});
