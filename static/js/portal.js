// Small comforts; every page works without them.
"use strict";

// Bring whoever sent a form with a fault to the summary of faults.
document.querySelector("[data-focus]")?.focus();

// A menu closes with Escape, and when the focus or a click goes elsewhere.
for (const menu of document.querySelectorAll("details.menu")) {
  const close = (event) => { if (!menu.contains(event.target)) menu.open = false; };
  document.addEventListener("click", close);
  document.addEventListener("focusin", close);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// A second press while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  if (event.target.method !== "post") return;
  event.target.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-disabled=true]")) button.removeAttribute("aria-disabled");
});

// The chooser shows the very name to type.
const toType = document.querySelector("[data-to-type]");
for (const radio of document.querySelectorAll("input[data-name]")) {
  const show = () => {
    if (!toType || !radio.checked) return;
    toType.hidden = false;
    toType.querySelector(".typed").textContent = radio.dataset.name;
  };
  radio.addEventListener("change", show);
  show();
}

// On a narrow screen the row of tabs scrolls: show the one of this page.
const tab = document.querySelector(".tabs [aria-current]");
if (tab) tab.closest(".tabs").scrollLeft = tab.offsetLeft - 16;
