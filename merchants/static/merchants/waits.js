// <p data-waits="5">: looks every so many seconds whether the page has more to say, and shows it then.
"use strict";

async function look() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("[data-waits]")) location.reload();
}

document.querySelectorAll("[data-waits]").forEach((node) => {
  setInterval(() => look().catch(() => {}), Number(node.dataset.waits) * 1000);
});
