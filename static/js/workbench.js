// The workbench by keyboard, and small comforts. Every page works without this.
"use strict";
(() => {
  const table = document.querySelector(".targets");
  const links = () => [...document.querySelectorAll(".targets .opens")];
  const here = () => document.activeElement?.closest?.(".target")?.querySelector(".opens");
  const isTyping = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), select, textarea");

  // Single letters can be switched off (they are in the way of speech input); the choice is kept in this browser.
  const box = document.getElementById("bench-keys");
  const store = "bench-keys";
  const remembered = () => { try { return localStorage.getItem(store); } catch { return null; } };
  if (box) {
    box.closest("label").hidden = false;
    box.checked = remembered() !== "off";
    box.addEventListener("change", () => { try { localStorage.setItem(store, box.checked ? "on" : "off"); } catch { /* not kept */ } });
  }

  const step = (by) => {
    const all = links();
    const found = all.indexOf(here());
    const next = all[found < 0 ? (by > 0 ? 0 : all.length - 1) : found + by];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.closest("tr").scrollIntoView({ block: "nearest" });
  };
  const press = (id) => document.getElementById(id)?.click();
  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    u: () => press("act-undo"),
    r: () => press("act-redo"),
    "/": () => document.getElementById("bench-search")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = event.target;
    if (event.key === "Escape") {
      const menu = at.closest?.("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
      at.closest?.(".target")?.querySelector(".closes")?.click();
      return;
    }
    if (isTyping(at) || !table) return;
    const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (arrow && at.matches(".opens")) { event.preventDefault(); step(arrow); return; }
    const act = box && !box.checked ? null : KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // What was refused has the focus; what was saved or closed, its row. Else the focus stays where it is.
  let last = null;
  document.addEventListener("htmx:beforeRequest", ({ detail }) => { last = detail.elt.closest("form, .closes") && detail.elt.closest(".target")?.id; });
  document.addEventListener("htmx:afterSettle", () => {
    const place = last && document.getElementById(last);
    if (!place) return;
    last = null;
    const told = place.querySelector("[data-focus], .wrong :is(input, select, textarea)");
    if (told) told.focus();
    else if (!place.contains(document.activeElement)) place.querySelector(".opens").focus({ preventScroll: true });
  });

  // One field is open at a time: another one is closed, unless something in it was changed.
  const said = document.getElementById("bench-said");
  const changed = (form) => [...form.elements].some((one) => !/^(hidden|submit|button)$/.test(one.type) && (one.options
    ? [...one.options].some((option) => option.selected !== option.defaultSelected) && one.value !== (one.querySelector("[selected]")?.value ?? one.options[0]?.value)
    : one.value !== one.defaultValue));
  document.addEventListener("htmx:beforeRequest", (event) => {
    const opening = event.detail.elt;
    if (!opening.matches(".opens[aria-expanded=false]")) return;
    const top = opening.getBoundingClientRect().top;
    for (const open of document.querySelectorAll(".target:has(.editor)")) {
      if ([...open.querySelectorAll("form[method=post]")].some(changed)) {
        event.preventDefault();
        said.textContent = table.dataset.unsaved;
        open.querySelector(".editor :is(select, input:not([type=hidden]))")?.focus();
        return;
      }
      open.querySelector(".editing").remove();
      const link = open.querySelector(".opens");
      link.setAttribute("aria-expanded", "false");
      link.setAttribute("hx-get", link.getAttribute("hx-get").replace(/([?&])close=/, "$1edit="));
      htmx.process(link);
    }
    scrollBy(0, opening.getBoundingClientRect().top - top); // what was pressed stays where it is
  });

  // The person that was chosen stays chosen, by number only, until this tab is closed.
  const chosen = `bench-person ${location.pathname}`;
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const box = detail.elt.closest("[data-person]");
    if (!box) return;
    const asked = new URL(detail.path, location.href).searchParams;
    if (detail.elt === box) {
      const person = new URLSearchParams(sessionStorage.getItem(chosen) ?? "");
      const only = new URL(box.dataset.person, location.href).searchParams.get("entity");
      if (person.has("person") && (!only || only === person.get("entity"))) {
        const path = new URL(box.dataset.person, location.href);
        for (const [name, value] of person) path.searchParams.set(name, value);
        detail.path = path.pathname + path.search;
      }
    } else if (asked.has("person")) {
      sessionStorage.setItem(chosen, new URLSearchParams({ entity: asked.get("entity"), person: asked.get("person") }).toString());
      if (!asked.has("target")) detail.path += `&target=${encodeURIComponent(box.dataset.target)}`;
    }
  });

  // What was said goes after a while; the picture stays open or closed as it was left.
  new MutationObserver(() => {
    clearTimeout(said.timer);
    said.timer = setTimeout(() => { said.textContent = ""; }, 8000);
  }).observe(said ?? document.head, { childList: true });
  const picture = document.getElementById("bench-picture");
  if (picture) {
    try { picture.open = localStorage.getItem(picture.id) !== "closed"; } catch { /* stays open */ }
    picture.addEventListener("toggle", () => { try { localStorage.setItem(picture.id, picture.open ? "open" : "closed"); } catch { /* not kept */ } });
  }

  // An answer that is a whole page (signed out, trouble) is shown as one.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
    detail.shouldSwap = false;
    location.reload();
  });
  // Where nobody is known yet, the answer stands above the plain list of values and not in its place.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.matches?.("[data-values]") && !detail.serverResponse.includes('name="option-')) detail.swapOverride = "afterbegin";
  });
  document.addEventListener("htmx:responseError", ({ detail: { elt } }) => { if (elt.matches("form")) elt.submit(); });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    const take = event.target.closest("[data-take]");
    const taken = take?.closest("form")?.elements[take.dataset.take];
    if (taken) { taken.value = take.dataset.value; taken.focus(); }
    const square = event.target.closest("i[data-target]");
    const link = square && document.getElementById(`${square.dataset.target}-open`);
    if (link) { link.closest("tr").scrollIntoView({ block: "center" }); link.focus({ preventScroll: true }); }
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-submits]")) event.target.form.requestSubmit(); });
  document.querySelector("[data-focus]")?.focus();
})();
