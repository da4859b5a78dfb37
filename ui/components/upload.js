// Sends files to the server one after the other, straight from disk. Names are strangers' text: textContent alone.

const HIDDEN = /(^|\/)(\.|Thumbs\.db$|desktop\.ini$)/; // what systems put into folders by themselves

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function sized(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${unit && bytes < 100 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

// Files below a dropped folder; a browser hands out at most 100 entries at a time. What cannot be read is named.
async function filesBelow(entry, unread) {
  const found = [];
  try {
    if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (!some.length) break;
      for (const inner of some) found.push(...(await filesBelow(inner, unread)));
    }
  } catch {
    unread.push(entry.fullPath);
  }
  return found;
}

async function dropped(transfer, unread) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  const found = [];
  for (const entry of entries) found.push(...(await filesBelow(entry, unread)));
  return found;
}

class Uploader {
  constructor(root) {
    this.root = root;
    this.waiting = [];
    this.isSending = false;
    this.sent = this.refused = this.asked = 0;
    const drop = root.querySelector(".drop");
    drop.ondragover = (drag) => { drag.preventDefault(); drop.classList.add("over"); };
    drop.ondragleave = () => drop.classList.remove("over");
    drop.ondrop = async (drag) => {
      drag.preventDefault();
      drop.classList.remove("over");
      const unread = [];
      this.take(await dropped(drag.dataTransfer, unread));
      for (const path of unread) this.unreadable(path);
    };
    addEventListener("beforeunload", (leaving) => { if (this.isSending) leaving.preventDefault(); });
    for (const input of root.querySelectorAll("input")) {
      input.onchange = () => { this.take([...input.files]); input.value = ""; };
    }
  }

  take(files) {
    if (!this.isSending) { this.sent = this.refused = this.asked = 0; this.list().replaceChildren(); }
    const wanted = files.filter((file) => !HIDDEN.test(file.webkitRelativePath || file.name));
    if (wanted.length > this.data.most_files) {
      this.sum(`${wanted.length} files are too many at once: at most ${this.data.most_files}. Name the folder below.`);
      return;
    }
    this.asked += wanted.length;
    for (const file of wanted) this.line(file);
    this.next();
  }

  unreadable(path) {
    const line = element("li", "file"), said = element("span", "said", "");
    line.append(element("span", "name", path), said);
    this.list().append(line);
    this.asked += 1;
    this.refuse(line, said, "Your browser could not read this; nothing of it was sent.");
    this.sum(this.words());
  }

  line(file) {
    const line = element("li", "file");
    const bar = element("progress", "");
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Sent of ${file.name}`);
    const said = element("span", "said", "waiting");
    line.append(element("span", "name", file.name), bar, said);
    this.list().append(line);
    if (file.size > this.data.most_bytes) this.refuse(line, said, this.data.too_large);
    else this.waiting.push({ file, line, bar, said });
  }

  next() {
    if (this.isSending) return;
    const job = this.waiting.shift();
    if (!job) { this.sum(this.words()); return; }
    this.isSending = true;
    this.sum(this.words());
    this.send(job);
  }

  send({ file, line, bar, said }) {
    const request = new XMLHttpRequest(); // fetch does not tell how much was sent
    request.open("POST", this.data.url);
    request.setRequestHeader("X-Verify-Ticket", this.data.ticket);
    request.setRequestHeader("X-Verify-Name", encodeURIComponent(file.name.toWellFormed()));
    request.upload.onprogress = (sent) => { bar.value = sent.loaded; said.textContent = sized(sent.loaded); };
    request.onerror = () => this.refuse(line, said, "The connection was lost; nothing of this file was kept. Try again.");
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's own page */ }
      if (request.status === 200) { this.sent += 1; line.remove(); this.arrived(); }
      else this.refuse(line, said, answer.said || `The server refused this file (${request.status}).`);
    };
    request.onloadend = () => { this.isSending = false; this.next(); };
    request.send(file);
  }

  refuse(line, said, why) {
    this.refused += 1;
    line.classList.add("refused");
    said.textContent = why;
  }

  words() {
    if (!this.asked) return "";
    const left = this.asked - this.sent - this.refused;
    const parts = [`${this.sent} of ${this.asked} sent`];
    if (this.refused) parts.push(`${this.refused} not taken`);
    return left ? `${parts.join(", ")} …` : parts.join(", ");
  }

  list() { return this.root.querySelector(".list"); }
  sum(text) { this.root.querySelector(".sum").textContent = text; }
}

const uploaders = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".upload");
  if (!uploaders.has(root)) uploaders.set(root, new Uploader(root));
  const uploader = uploaders.get(root);
  uploader.data = data;
  uploader.arrived = () => setTriggerValue("arrived", Date.now());
  root.querySelector(".limits").textContent = data.limits;
}
