// Offers the browser's own time zone beside the list of all.
const line = document.querySelector("[data-own-zone]");
const select = document.querySelector("select[name=time_zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (line && select && [...select.options].some((option) => option.value === zone)) {
  const choose = document.createElement("button");
  choose.type = "button";
  choose.className = "text-link";
  choose.textContent = zone.replaceAll("_", " ");
  choose.addEventListener("click", () => { select.value = zone; select.focus(); });
  line.querySelector("strong").replaceWith(choose);
  line.hidden = false;
}
