// Keeps an open page as it is now, and shows times in the zone of who looks. Every page works without it.
"use strict";

const REFRESH_AT_MOST_EVERY = 1500; // milliseconds
const LOOK_AGAIN_EVERY = 10000;
const main = () => document.getElementById("main");

function localTimes(root) {
  const near = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    time.title = at.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
    if (time.classList.contains("exact")) time.textContent = at.toLocaleString(undefined, { ...near, timeZoneName: "short" });
    if (time.classList.contains("second")) time.textContent = at.toLocaleString(undefined, { ...near, second: "2-digit" });
  }
}

function tell(words) {
  const line = document.getElementById("line");
  if (!line) return;
  line.textContent = words;
  line.hidden = !words;
}

// Replace the content with what the server shows now; what is open stays open, and what has the focus keeps it.
function replace(fresh) {
  const old = main();
  const open = new Set([...old.querySelectorAll("details[open][id]")].map((one) => one.id));
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const [way, place] = focused ? [focused.getAttribute("href"), focused.closest("details[id]")?.id] : [];
  for (const one of fresh.querySelectorAll("details[id]")) one.open = open.has(one.id);
  localTimes(fresh);
  old.replaceChildren(...fresh.childNodes);
  if (!focused) return;
  const again = (way && old.querySelector(`[href="${CSS.escape(way)}"]`)) || (place && document.getElementById(place)?.querySelector("summary"));
  again?.focus({ preventScroll: true });
}

// Somebody who types or decides is not disturbed.
const busy = () => main().querySelector("details.sure[open]") || main().contains(document.activeElement?.closest("form"));

let wanted = false;
let running = false;
async function refresh() {
  wanted = true;
  if (running) return;
  running = true;
  while (wanted) {
    wanted = false;
    if (!busy()) {
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
        // Whoever may see this no more must not go on looking at how it was.
        if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) return location.reload();
        if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main"));
      } catch { /* the stream says that the line is lost */ }
    } else wanted = true;
    await new Promise((done) => setTimeout(done, REFRESH_AT_MOST_EVERY));
  }
  running = false;
}

function follow(address) {
  let source = null;
  let lost = false;
  // A browser has six connections to one server for all of its tabs: one that nobody sees holds none of them.
  const open = () => {
    source?.close();
    if (document.hidden) return;
    const mine = (source = new EventSource(address));
    mine.onopen = () => { tell(""); if (lost) refresh(); lost = false; };
    mine.onerror = async () => {
      if (mine !== source) return;
      lost = true;
      tell("Connection lost. Trying again…");
      if (mine.readyState !== EventSource.CLOSED) return;
      // The server refused, and the browser gives up: the session may be over, or the server is full.
      const who = await fetch("/signed-in", { redirect: "manual" }).catch(() => null);
      if (who?.type === "opaqueredirect" || who?.status === 403) return location.reload();
      setTimeout(open, 5000);
    };
    mine.onmessage = () => refresh();
  };
  document.addEventListener("visibilitychange", () => { open(); if (!document.hidden) refresh(); });
  open();
}

addEventListener("DOMContentLoaded", async () => {
  localTimes(document);
  for (const form of document.querySelectorAll("form[data-busy]"))
    form.addEventListener("submit", () => {
      const button = form.querySelector("button");
      setTimeout(() => { button.disabled = true; button.textContent = form.dataset.busy; });
    });
  const live = main().dataset.live;
  if (live) {
    follow(live);
    // What somebody says of a whole batch is no event of a job.
    setInterval(() => document.hidden || refresh(), LOOK_AGAIN_EVERY);
  }
  // Who follows a link from elsewhere comes without a cookie, and is asked to sign in although they have.
  if (location.pathname === "/sign-in") {
    const who = await fetch("/signed-in", { redirect: "manual" }).catch(() => null);
    // The server has left nothing of the address there that leads elsewhere.
    if (who?.status === 204) location.replace(document.querySelector("[name=to]")?.value ?? "/");
  }
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
