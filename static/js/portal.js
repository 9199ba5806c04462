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
  if (event.target.hasAttribute("hx-post")) return; // htmx drops a second request by itself, and the page stays
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  if (event.target.method !== "post") return;
  event.target.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-disabled=true]")) button.removeAttribute("aria-disabled");
});

// A part of the page that htmx renews. While Loket is asked the page says so; an answer that isn't that part (signed out, no
// access any more, trouble) is shown by the whole page, as without a script.
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  const place = document.getElementById(elt.dataset.said);
  if (place) place.textContent = elt.dataset.asking;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { isError, requestConfig, serverResponse } = detail;
  const part = requestConfig.elt.getAttribute("hx-select");
  const isWhole = /^\s*<!doctype/i.test(serverResponse);
  if (isError || !isWhole || (part && serverResponse.includes(`id="${part.slice(1)}"`))) return;
  detail.shouldSwap = false;
  location.assign(location.pathname + location.search);
});
document.addEventListener("htmx:responseError", ({ detail: { elt } }) => { if (elt.matches("form")) elt.submit(); });
document.addEventListener("htmx:sendError", ({ detail: { elt } }) => { if (elt.matches("form[data-said]")) elt.submit(); });

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

// Copy buttons: the text, or that of the element named by data-copy-from; a screen reader is told as well.
if (!navigator.clipboard) document.documentElement.classList.add("no-copy");
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.body.append(said);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy], button[data-copy-from]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copyFrom);
  await navigator.clipboard.writeText(source ? source.value ?? source.innerText : button.dataset.copy);
  button.dataset.label ??= button.textContent;
  button.textContent = said.textContent = button.dataset.copied || "✓";
  setTimeout(() => { button.textContent = button.dataset.label; said.textContent = ""; }, 2000);
});

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
