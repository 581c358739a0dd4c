"use strict";

// What unfold leaves to a mouse or to the eye: menus, filters and the sidebar become buttons that a keyboard reaches,
// icons are hidden from screen readers, and a combobox has the words of its label.
const CLICKED = "[x-on\\:click]:not(button, input, select, summary, [href], [role], td)";
const INTERACTIVE = "a[href], button, input, select, textarea";
// Unfold opens the sidebar from 1281 pixels on. 1280 is a width that screens have.
const DESK_WIDTH = 1280;

function isSidebarOpen() {
  return innerWidth >= DESK_WIDTH && localStorage.getItem("sidebarOpen") !== "0";
}

document.addEventListener("alpine:init", () => {
  const unfoldTheme = window.theme;
  window.theme = (...chosen) => {
    const frame = unfoldTheme(...chosen);
    frame.sidebarOpen = isSidebarOpen();
    frame.sidebarToggle = function toggle() {
      this.sidebarOpen = !this.sidebarOpen;
      if (innerWidth >= DESK_WIDTH) localStorage.setItem("sidebarOpen", this.sidebarOpen ? "1" : "0");
    };
    frame.themeBindings["x-resize.window"] = function resize() {
      this.sidebarOpen = isSidebarOpen();
    };
    return frame;
  };
});

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

// On a phone each row is a card (admin.css). Its cells carry the titles of their columns.
function labelLists() {
  for (const table of document.querySelectorAll(".overflow-x-auto > table:not(.cards-on-phone, .heat-map)")) {
    const titles = [...table.querySelectorAll(":scope > thead th")].map((title) => title.textContent.trim());
    if (!titles.length) continue;
    table.classList.add("cards-on-phone");
    for (const row of table.querySelectorAll(":scope > tbody > tr")) {
      [...row.cells].forEach((cell, column) => { cell.dataset.label = cell.colSpan > 1 ? "" : titles[column] ?? ""; });
    }
  }
}

// A table that goes on beyond the side of its box fades out there (admin.css).
function markCutTables() {
  for (const box of document.querySelectorAll(".overflow-x-auto:has(table)")) {
    const mark = () => box.classList.toggle("goes-on", box.scrollWidth - box.clientWidth - Math.abs(box.scrollLeft) > 1);
    box.addEventListener("scroll", mark, { passive: true });
    new ResizeObserver(mark).observe(box);
  }
}

function improveControls() {
  makeButtons();
  hideIcons();
  nameSelects();
}

addEventListener("load", () => {
  improveControls();
  labelLists();
  markCutTables();
  // A combobox may be built later than the page, and anew.
  new MutationObserver(nameSelects).observe(document.body, { childList: true, subtree: true });
});
document.addEventListener("formset:added", () => requestAnimationFrame(improveControls));
document.addEventListener("keydown", (event) => {
  if (!["Enter", " "].includes(event.key) || !event.target.matches("[role='button'][x-on\\:click]:not(button)")) return;
  event.preventDefault();
  event.target.click();
});
