"use strict";

// On a phone each row of a list is a card (card_tables.css). Its cells carry the titles of their columns.
function labelCells(table) {
  const titles = [...table.querySelectorAll(":scope > thead th")].map((title) =>
    title.querySelector(".visually-hidden") ? "" : title.textContent.trim(),
  );
  if (!titles.length) return;
  table.classList.add("as-cards");
  for (const row of table.querySelectorAll(":scope > :is(tbody, tfoot) > tr")) {
    [...row.cells].forEach((cell, column) => {
      const isWhole = cell.colSpan > 1 || (cell.tagName === "TH" && column === 0);
      cell.dataset.label = isWhole ? "" : titles[column] ?? "";
      cell.classList.toggle("is-empty", !cell.textContent.trim() && !cell.querySelector("svg, img, input"));
    });
  }
}

function labelTables() {
  document.querySelectorAll(".table-responsive > table.table").forEach(labelCells);
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", labelTables);
else labelTables();
// Lines of the request log arrive while the page is open.
document.addEventListener("htmx:afterSettle", labelTables);
