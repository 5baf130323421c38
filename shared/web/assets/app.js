// What pages do without being loaded again: running work stays up to date, tables reload alone, keys are copied.
"use strict";

const POLL_MILLISECONDS = 2000;

/** The same page, or another of ours, as a document. */
async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** True while somebody types or chooses inside an element. */
function isUsed(element) {
  const active = document.activeElement;
  return element.contains(active) && active.matches("input, select, textarea");
}

/** Replaces what may have changed; a page that waited for a result is loaded whole once it is there. */
function renew(page) {
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh) continue;
    const ended = old.hasAttribute("data-running") && !fresh.hasAttribute("data-running");
    if (ended && old.hasAttribute("data-reload")) {
      location.reload();
      return;
    }
    if (old.outerHTML !== fresh.outerHTML && !isUsed(old)) old.replaceWith(fresh);
  }
  const added = [...page.querySelectorAll("[data-live]")].some((fresh) => !document.getElementById(fresh.id));
  if (added) location.reload();
}

async function poll() {
  const running = document.querySelector("[data-running]");
  if (running && !document.hidden) {
    try {
      renew(await fetched(location.href));
    } catch {
      // The next look may succeed.
    }
  }
  setTimeout(poll, POLL_MILLISECONDS);
}

/** Reloads one region of the page from an address, which becomes the page's own. */
async function reload(region, address, remember) {
  const old = document.getElementById(region);
  if (!old) return;
  old.setAttribute("aria-busy", "true");
  try {
    const fresh = (await fetched(address)).getElementById(region);
    if (!fresh) throw new Error("the region is gone");
    const focused = document.activeElement?.closest(`#${region}`) && document.activeElement;
    const name = focused?.getAttribute("name") ?? focused?.textContent;
    old.replaceWith(fresh);
    if (remember) history.replaceState(null, "", address);
    if (name) {
      const same = [...fresh.querySelectorAll("a, select, button")];
      same.find((one) => (one.getAttribute("name") ?? one.textContent) === name)?.focus({ preventScroll: true });
    }
  } catch {
    location.assign(address);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-partial]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    reload(link.dataset.partial, link.href, true);
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim()).then(
      () => { copy.textContent = "Copied"; },
      () => { copy.textContent = "Select and copy it"; },
    );
  }
});

/** The address a form leads to: what it says, and what the page's own address says beside it. */
function addressOf(form) {
  const address = new URL(location.href);
  for (const name of [...address.searchParams.keys()]) {
    if (name === "page" || form.elements.namedItem(name) || name.startsWith("fixed.")) address.searchParams.delete(name);
  }
  for (const [name, value] of new FormData(form)) {
    if (value) address.searchParams.append(name, value);
  }
  return address.href;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") {
    // A second click would send the change twice.
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }), 0);
  } else if (form.dataset.partial) {
    event.preventDefault();
    reload(form.dataset.partial, addressOf(form), true);
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-partial]");
  if (form) form.requestSubmit();
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("button[disabled]").forEach((button) => { button.disabled = false; });
});

setTimeout(poll, POLL_MILLISECONDS);
