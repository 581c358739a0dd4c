// Menus open without a script. Escape closes the open one and goes back to its button; so does a click beside it.
// The menus of the administration's frame close by a click beside them: Escape makes this click.
"use strict";

const FRAME_MENU = "nav[x-on\\:click\\.outside]";

function closeMenus(except) {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}

function closeFrameMenu() {
  const menu = [...document.querySelectorAll(FRAME_MENU)].find((each) => each.checkVisibility());
  if (!menu) return;
  document.body.click();
  menu.closest("[x-data]")?.querySelector("a, button, [tabindex]")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return closeFrameMenu();
  closeMenus();
  menu.querySelector("summary").focus();
});

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
