// Offers the browser's own time zone beside the list of all.
"use strict";

{
  const line = document.querySelector("[data-own-zone]");
  const list = document.querySelector("select[name=time_zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (line && list && [...list.options].some((option) => option.value === zone)) {
    const choose = document.createElement("button");
    choose.type = "button";
    choose.className = "btn btn-sm";
    choose.textContent = zone.replaceAll("_", " ");
    choose.addEventListener("click", () => { list.value = zone; list.focus(); });
    line.querySelector("strong").replaceWith(choose);
    line.hidden = false;
  }
}
