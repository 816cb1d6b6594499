// Makes the pages answer to keys and change without a reload. Without it they work too: every
// decision is a button of a form.

import { combobox } from "./combobox.js";

const body = document.body;
const said = document.getElementById("said");
const main = document.getElementById("main");
const side = document.getElementById("side");
const keys = document.getElementById("keys");

const ASK_AGAIN_MS = 2500;
const UNDONE_AT_MOST = 500;
const PARTS = { "X-Scanpipe": "1" };

let busy = false;
let rating = ""; // chosen while the session was still missing
let session = null;

const stored = (place, name, otherwise) => {
  try {
    return JSON.parse(place.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
};
const store = (place, name, value) => {
  try {
    place.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing forgets this at the next reload.
  }
};

// --- What is said ---------------------------------------------------------------------------

const say = (text) => {
  said.textContent = "";
  setTimeout(() => (said.textContent = text), 30);
};

const complain = (text) => {
  main.querySelector(".notice")?.remove();
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "alert");
  notice.textContent = text;
  main.prepend(notice);
};

// --- Undo: what this window has decided, kept over a reload -------------------------------------

const undoName = `undo ${location.pathname.split("/")[1]}`;
const decided = stored(sessionStorage, undoName, []);

const remember = (step) => {
  decided.push(step);
  decided.splice(0, decided.length - UNDONE_AT_MOST);
  store(sessionStorage, undoName, decided);
};

const undo = async () => {
  const step = decided.at(-1);
  if (!step) return say(body.dataset.nothingToUndo);
  const address = new URL(`slip/${encodeURIComponent(step.slip)}`, root());
  const { slip: _, ...values } = step;
  const answer = await send(address, new URLSearchParams({ ...values, undo: "1" }));
  if (!answer) return undefined;
  // What somebody has decided anew is not ours to take back.
  decided.pop();
  store(sessionStorage, undoName, decided);
  show(answer, true);
  if (answer.saved) say(body.dataset.undone);
  return undefined;
};

// --- Asking the server ------------------------------------------------------------------------

const root = () => new URL(`/${location.pathname.split("/")[1]}/`, location.href);

const ask = async (address, options = {}) => {
  try {
    const answer = await fetch(address, {
      ...options,
      headers: { ...PARTS, ...options.headers },
      cache: "no-store",
    });
    return await answer.json();
  } catch {
    complain(body.dataset.offline);
    return null;
  }
};

const alone = async (work) => {
  if (busy) return null;
  busy = true;
  body.classList.add("busy");
  try {
    return await work();
  } finally {
    busy = false;
    body.classList.remove("busy");
  }
};

const send = (address, values) => alone(() => ask(address, { method: "POST", body: values }));

const go = async (address, push = true) => {
  const answer = await alone(() => ask(address));
  if (answer) show(answer, push);
};

const show = (answer, push) => {
  if (answer.main === undefined) {
    complain(answer.notice);
    return;
  }
  Object.assign(body.dataset, {
    address: answer.address,
    slip: answer.slip,
    version: answer.version,
    stamp: answer.stamp,
  });
  main.innerHTML = answer.main;
  side.innerHTML = answer.side;
  document.title = `${answer.title} – ${document.title.replace(/^.*? – /u, "")}`;
  if (push && new URL(answer.address, location.href).pathname !== location.pathname) {
    history.pushState(null, "", answer.address);
  }
  enliven();
};

// --- Deciding -----------------------------------------------------------------------------------

const form = () => document.getElementById("decision");
const button = (value) => form()?.querySelector(`button[name="rating"][value="${value}"]`);

const decide = async (value) => {
  const here = form();
  if (!here || busy) return;
  const values = new FormData(here);
  if (!values.get("session") && value !== "void" && value !== "") {
    rating = value;
    here.querySelectorAll(".faces button, .choices button").forEach((each) => {
      each.classList.toggle("waiting", each.value === value);
    });
    say(body.dataset.nowSession);
    session.focus();
    return;
  }
  if (value === "") values.set("session", "");
  values.set("rating", value);
  const answer = await send(here.action, new URLSearchParams(values));
  if (!answer) return;
  if (answer.saved) remember(answer.undo);
  show(answer, true);
  if (answer.saved) say(answer.said);
};

const apply = async () => {
  const answer = await send(document.getElementById("apply").action, new URLSearchParams());
  if (answer) show(answer, false);
};

// --- Choosing several: saved with the last of them ---------------------------------------------

const ticks = () => [...main.querySelectorAll(".choose input")];

const ticked = (tick) => {
  const asked = tick.closest(".choose").dataset;
  const chosen = ticks().filter((each) => each.checked);
  rating = "";
  if (chosen.length > Number(asked.choose)) {
    tick.checked = false;
    say(asked.tooMany);
    complain(asked.tooMany);
  } else if (tick.checked && chosen.length === Number(asked.choose)) {
    decide(chosen.map((each) => each.value).join("+"));
  }
};

// --- What is on the page --------------------------------------------------------------------------

const top = () => document.getElementById("heading")?.focus({ preventScroll: true });

const enliven = () => {
  rating = "";
  session = null;
  const undoButton = document.getElementById("undo");
  if (undoButton) undoButton.hidden = !decided.length;
  for (const tick of ticks()) tick.addEventListener("change", () => ticked(tick));
  main.querySelector(".save-choice")?.setAttribute("hidden", "");
  const picture = main.querySelector("img[data-missing]");
  picture?.addEventListener("error", () => {
    const text = document.createElement("p");
    text.className = "no-picture";
    text.textContent = picture.dataset.missing;
    picture.closest("a").replaceWith(text);
  });
  const select = document.getElementById("session");
  if (select) {
    session = combobox(select, {
      nothing: body.dataset.noSession,
      onChosen: () => (rating ? decide(rating) : top()),
      onLeft: top,
    });
  }
  const asks = form()?.dataset;
  if (asks?.asksSession && !asks.page) session.focus();
  else top();
};

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id === "decision") decide(event.submitter?.value ?? "ok");
  else if (event.target.id === "find") go(`${event.target.action}?${new URLSearchParams(new FormData(event.target))}`);
  else apply();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#undo")) undo();
  const link = event.target.closest("a[href]");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (!link || !plain || link.target || link.hash || link.pathname.endsWith(".html")) return;
  event.preventDefault();
  go(link.href);
});

addEventListener("popstate", () => go(location.href, false));

// --- Keys -------------------------------------------------------------------------------------

let keysOn = stored(localStorage, "keys", true);

const tellKeys = () => {
  keys.hidden = false;
  keys.textContent = keysOn ? body.dataset.keysOn : body.dataset.keysOff;
  keys.setAttribute("aria-pressed", String(keysOn));
  body.classList.toggle("no-keys", !keysOn);
};

keys.addEventListener("click", () => {
  keysOn = !keysOn;
  store(localStorage, "keys", keysOn);
  tellKeys();
});

const press = (id) => document.getElementById(id)?.click();

const moves = {
  ArrowLeft: () => press("before"),
  ArrowRight: () => press("after"),
  "+": () => press("further"),
  f: () => document.getElementById("what")?.focus(),
  s: () => session?.focus(),
  u: undo,
};

const accept = () => {
  if (document.getElementById("apply")) apply();
  else if (button("ok")) decide("ok");
};

const choose = { Enter: accept, b: () => decide("blank"), v: () => decide("void") };

document.addEventListener("keydown", (event) => {
  if (!keysOn || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const meant = /^[0-9]$/u.test(key) && form()?.querySelector(`[data-key="${key}"]`);
  const pick = () => (meant.type === "checkbox" ? meant.click() : decide(meant.value));
  const act = meant ? pick : (choose[key] ?? moves[key]);
  if (!act) return;
  event.preventDefault();
  // A key that is held down means one slip, not all that follow.
  if (!event.repeat) act();
});

// --- What others do meanwhile ----------------------------------------------------------------------

const look = async () => {
  if (busy || document.hidden) return;
  const { slip, stamp, version, state } = body.dataset;
  const address = `${state}?${new URLSearchParams({ slip, stamp })}`;
  let news;
  try {
    news = await (await fetch(address, { headers: PARTS, cache: "no-store" })).json();
  } catch {
    return; // It is told when something is to be saved.
  }
  if (busy || body.dataset.slip !== slip || body.dataset.stamp !== stamp || !news.stamp) return;
  if (news.side) {
    body.dataset.stamp = news.stamp;
    const focused = side.contains(document.activeElement);
    if (!focused) side.innerHTML = news.side;
  }
  if (slip && news.version !== version) {
    await go(body.dataset.address, false);
    complain(body.dataset.changed);
  }
};

setInterval(look, ASK_AGAIN_MS);
document.addEventListener("visibilitychange", look);

tellKeys();
enliven();
