// <span data-countdown="2026-01-31T12:00:00+00:00">: the time that is left, to the second.
"use strict";

function left(seconds) {
  if (seconds <= 0) return "ended";
  const days = Math.floor(seconds / 86400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const text = clock.map((part) => String(part).padStart(2, "0")).join(":");
  return days ? `${days} d ${text}` : text;
}

function tick() {
  document.querySelectorAll("[data-countdown]").forEach((node) => {
    node.textContent = left(Math.round((Date.parse(node.dataset.countdown) - Date.now()) / 1000));
  });
}

tick();
setInterval(tick, 1000);
