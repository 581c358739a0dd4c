"use strict";

// What unfold leaves to a mouse or to the eye: menus, filters and the sidebar become buttons that a keyboard reaches,
// icons are hidden from screen readers, and a combobox has the words of its label.
const CLICKED = "[x-on\\:click]:not(button, input, select, summary, [href], [role], td)";
const INTERACTIVE = "a[href], button, input, select, textarea";

function nameOfIcon(icon) {
  return document.querySelector("#icon-names")?.getAttribute(`data-${icon.replaceAll("_", "-")}`) ?? "";
}

function hideIcons() {
  for (const icon of document.querySelectorAll(".material-symbols-outlined:not([aria-hidden], [role], [x-text], a, button)")) {
    const words = icon.textContent.trim();
    const control = icon.closest("a, button, [role='button'], summary");
    if (control && control.textContent.trim() === words && !control.hasAttribute("aria-label")) {
      const name = control.title || nameOfIcon(words);
      if (!name) continue;
      control.setAttribute("aria-label", name);
    }
    icon.setAttribute("aria-hidden", "true");
  }
}

function makeButtons() {
  for (const control of document.querySelectorAll(CLICKED)) {
    if (control.querySelector(INTERACTIVE)) continue;
    control.setAttribute("role", "button");
    control.tabIndex = 0;
    const words = control.textContent.trim();
    if (control.matches(".material-symbols-outlined") && !control.title) {
      control.setAttribute("aria-label", nameOfIcon(words) || words);
    }
  }
}

function nameSelects() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const shown = select.nextElementSibling?.querySelectorAll(".select2-selection, .select2-selection__rendered");
    if (label && shown) shown.forEach((part) => part.setAttribute("aria-label", label.textContent.trim()));
  }
}

function improveControls() {
  makeButtons();
  hideIcons();
  nameSelects();
}

addEventListener("load", () => {
  improveControls();
  // A combobox may be built later than the page, and anew.
  new MutationObserver(nameSelects).observe(document.body, { childList: true, subtree: true });
});
document.addEventListener("formset:added", () => requestAnimationFrame(improveControls));
document.addEventListener("keydown", (event) => {
  if (!["Enter", " "].includes(event.key) || !event.target.matches("[role='button'][x-on\\:click]:not(button)")) return;
  event.preventDefault();
  event.target.click();
});
