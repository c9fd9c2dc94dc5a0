// The chat page. What a person typed is kept in this browser until the server has it; what the bot
// said is read from the server, so the page may be closed and opened at any time.
"use strict";

const log = document.getElementById("log");
const box = document.getElementById("text");
const KEY = "isobot:" + document.body.dataset.chat + ":";
const MOST = Number(document.body.dataset.most);
const SHOWN = 200; // so many messages come back when the page is opened again
const OVERLAP = 15; // so far back the page asks, as a reminder may be sent after a younger answer

const kept = {
  read(name, otherwise) {
    try { return JSON.parse(localStorage.getItem(KEY + name)) ?? otherwise; } catch { return otherwise; }
  },
  write(name, value) {
    try { localStorage.setItem(KEY + name, JSON.stringify(value)); } catch { /* private mode: nothing is kept */ }
  },
};

let mine = kept.read("mine", []); // {id, text, said, choice, prompt, after, place, state: waiting|sent|failed, why}
const known = new Map(); // message id -> element
let floor = kept.read("floor", 0);
let newestPrompt = 0;

// Showing

function showAt(element, id, place) {
  element.dataset.id = id;
  element.dataset.place = place;
  const after = [...log.querySelectorAll(".message")].find((other) => {
    const byId = Number(other.dataset.id) - id;
    return byId > 0 || (byId === 0 && Number(other.dataset.place) > place);
  });
  log.insertBefore(element, after ?? null);
  document.getElementById("empty").hidden = true;
}

function build(kind, className, text) {
  const element = document.createElement(kind);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function withLinks(element, text) {
  let at = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"“”]+[^\s<>"“”.,;:!?)]/g)) {
    element.append(text.slice(at, found.index));
    const link = build("a", "", found[0]);
    link.href = found[0];
    link.rel = "noopener noreferrer";
    link.target = "_blank";
    element.append(link);
    at = found.index + found[0].length;
  }
  element.append(text.slice(at));
}

function showTheirs(message) {
  if (known.has(message.id)) return;
  const item = build("article", "message theirs");
  item.append(build("span", "hidden", "Trợ lý: "));
  const bubble = build("div", "bubble");
  withLinks(bubble, message.text);
  item.append(bubble);
  if (message.file && message.file.picture) {
    const picture = build("img", "picture");
    picture.src = message.file.url;
    picture.alt = message.file.name;
    picture.loading = "lazy";
    item.append(picture);
  }
  if (message.file) {
    const link = build("a", "file", "Tải tệp: " + message.file.name);
    link.href = message.file.url;
    link.download = message.file.name;
    item.append(link);
  }
  if (message.choices.length) {
    const chips = build("div", "chips");
    chips.setAttribute("role", "group");
    chips.setAttribute("aria-label", "Các lựa chọn");
    for (const choice of message.choices) {
      const chip = build("button", "chip", choice.label);
      chip.type = "button";
      chip.dataset.prompt = choice.prompt;
      chip.addEventListener("click", () => say({ choice: choice.key, prompt: choice.prompt, text: choice.label }));
      chips.append(chip);
      newestPrompt = Math.max(newestPrompt, choice.prompt);
    }
    item.append(chips);
  }
  known.set(message.id, item);
  showAt(item, message.id, 0);
}

function hideOldChips() {
  for (const chip of log.querySelectorAll(".chip[data-prompt]")) {
    const prompt = Number(chip.dataset.prompt);
    chip.hidden = prompt !== 0 && prompt < newestPrompt;
  }
}

function showMine(entry) {
  let item = document.getElementById("mine-" + entry.id);
  if (!item) {
    item = build("article", "message mine");
    item.id = "mine-" + entry.id;
    item.append(build("span", "hidden", "Anh/chị: "), build("div", "bubble", entry.text), build("p", "state"));
    showAt(item, entry.after, entry.place);
  }
  const state = item.querySelector(".state");
  state.className = "state " + entry.state;
  state.textContent = { waiting: "Đang gửi…", sending: "Đang gửi tệp…", sent: "", failed: "Chưa gửi được. " + (entry.why ?? "") }[entry.state];
  state.hidden = !state.textContent;
}

const atTheEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 160;
const toTheEnd = () => { log.scrollTop = log.scrollHeight; };
// The log shrinks when a keyboard or a notice comes up; who read its end goes on reading it.
let readsTheEnd = true;
log.addEventListener("scroll", () => { readsTheEnd = atTheEnd(); });
new ResizeObserver(() => { if (readsTheEnd) toTheEnd(); }).observe(log);

function offline(yes) { document.getElementById("offline").hidden = !yes; }

let workingUntil;
function working(yes) {
  clearTimeout(workingUntil);
  document.getElementById("working").hidden = !yes;
  if (yes) workingUntil = setTimeout(() => working(false), 20000);
}

function problem(text) {
  const place = document.getElementById("problem");
  place.textContent = text;
  place.hidden = !text;
}

// Saying

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say({ text, shown, choice = "", prompt = 0 }) {
  const after = Math.max(0, ...known.keys());
  const place = 1 + mine.filter((entry) => entry.after === after).length;
  const entry = { id: newId(), text: shown ?? text, said: text, choice, prompt, after, place, state: "waiting" };
  mine.push(entry);
  keepMine();
  showMine(entry);
  toTheEnd();
  problem("");
  push();
}

function keepMine() { kept.write("mine", mine.slice(-SHOWN)); }

let pushing = false;
async function push() {
  if (pushing) return;
  pushing = true;
  let pause = 1000;
  for (let entry; (entry = mine.find((one) => one.state === "waiting")); ) {
    const body = { id: entry.id, choice: entry.choice, prompt: entry.prompt };
    if (!entry.choice) body.text = entry.said;
    try {
      const answer = await fetch("/chat/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (answer.status >= 500) throw new Error("server");
      if (answer.ok) {
        entry.state = "sent";
        delete entry.said; // this browser's room is small, and the server has it now
        working(true);
      } else {
        const said = await answer.json().catch(() => ({}));
        entry.state = "failed";
        entry.why = said.error ?? "";
        if (!entry.choice && !box.value) { box.value = entry.said; keepDraft(); }
      }
      pause = 1000;
    } catch {
      offline(true);
      await new Promise((go) => setTimeout(go, pause));
      pause = Math.min(pause * 2, 10000);
    }
    keepMine();
    showMine(entry);
  }
  pushing = false;
}

// Hearing

async function hear() {
  let pause = 1000;
  let first = true;
  for (;;) {
    try {
      const ids = [...known.keys()].sort((a, b) => a - b);
      const after = ids.length > OVERLAP ? ids[ids.length - OVERLAP - 1] : floor;
      const seen = ids.filter((id) => id > after).join(",");
      const answer = await fetch(`/chat/messages?after=${after}&seen=${seen}&wait=${first ? 0 : 20}`);
      if (!answer.ok) throw new Error("server");
      const { messages } = await answer.json();
      offline(false);
      pause = 1000;
      const follow = first || atTheEnd();
      messages.forEach(showTheirs);
      if (messages.length) {
        working(false);
        hideOldChips();
        if (follow) toTheEnd();
        forgetOld();
      } else if (first) {
        first = false;
        if (!known.size && !mine.length) document.getElementById("empty").hidden = false;
      }
    } catch {
      offline(true);
      await new Promise((go) => setTimeout(go, pause));
      pause = Math.min(pause * 2, 10000);
    }
  }
}

function forgetOld() {
  const ids = [...known.keys()].sort((a, b) => a - b);
  if (ids.length > SHOWN) kept.write("floor", ids[ids.length - SHOWN - 1]);
}

// Typing

function fit() {
  box.style.height = "auto";
  box.style.height = box.scrollHeight + 3 + "px";
}

function keepDraft() {
  kept.write("draft", box.value);
  fit();
}

function send() {
  const text = box.value.trim();
  if (!text) return box.focus();
  if ([...text].length > MOST) {
    const most = MOST.toLocaleString("vi-VN");
    return problem(`Tin dài quá ${most} ký tự. Anh/chị chia thành nhiều tin ngắn hơn.`);
  }
  box.value = "";
  keepDraft();
  say({ text });
  box.focus();
}

// A file goes up at once and is not kept in this browser: it may be large, and it is still on the phone.
async function sendFile(file) {
  const after = Math.max(0, ...known.keys());
  const place = 1 + mine.filter((entry) => entry.after === after).length;
  const entry = { id: newId(), text: "Tệp: " + file.name, after, place, state: "sending" };
  mine.push(entry);
  showMine(entry);
  toTheEnd();
  try {
    const address = `/chat/uploads?id=${entry.id}&name=${encodeURIComponent(file.name)}`;
    const answer = await fetch(address, { method: "POST", body: file });
    const said = await answer.json().catch(() => ({}));
    entry.state = answer.ok ? "sent" : "failed";
    entry.why = said.error ?? "";
    working(answer.ok);
  } catch {
    entry.state = "failed";
    entry.why = "Mất kết nối, anh/chị gửi lại tệp.";
  }
  keepMine();
  showMine(entry);
}

const picker = document.getElementById("file");
picker.addEventListener("change", () => {
  if (picker.files.length) sendFile(picker.files[0]);
  picker.value = "";
});
document.getElementById("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
box.addEventListener("input", keepDraft);
box.addEventListener("keydown", (event) => {
  // On a phone the return key makes a new line, as its keyboard has no other; 229 is a keyboard still composing.
  const phone = matchMedia("(pointer: coarse)").matches;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229 && !phone) {
    event.preventDefault();
    send();
  }
});
document.querySelectorAll("[data-say]").forEach((button) =>
  button.addEventListener("click", () => say({ text: button.dataset.say, shown: button.dataset.shown })));
addEventListener("online", push);

box.value = kept.read("draft", "");
fit();
mine = mine.filter((entry) => entry.after >= floor && entry.state !== "sending");
mine.forEach(showMine);
toTheEnd();
push();
hear();
