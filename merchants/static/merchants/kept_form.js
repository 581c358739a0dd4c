// Puts back what was typed before a sign-in: the names and values in <script id="kept-form"> into the page's own form.
"use strict";

function restore(form, values) {
  for (const field of form.elements) {
    const typed = values.get(field.name);
    if (!field.name || ["hidden", "file", "password", "submit", "button"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = Boolean(typed?.includes(field.value));
    else if (field.type === "select-multiple") [...field.options].forEach((option) => { option.selected = Boolean(typed?.includes(option.value)); });
    else if (typed?.length) field.value = typed.shift();
  }
}

const kept = document.getElementById("kept-form");
if (kept) {
  const values = new Map();
  for (const [name, value] of JSON.parse(kept.textContent)) values.set(name, [...(values.get(name) ?? []), value]);
  const known = (form) => [...form.elements].filter((field) => values.has(field.name) && field.type !== "hidden").length;
  const [form] = [...document.forms].filter((each) => each.method === "post").sort((one, other) => known(other) - known(one));
  if (form && known(form)) restore(form, values);
}
