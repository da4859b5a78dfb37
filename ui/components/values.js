// Named values in groups. All text is set as text. A value that is a time with a zone is also given in UTC and in
// the time of this computer.
const LONGEST = 400;

export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const search = find(".search"), raw = find(".raw"), root = find(".values");
  const written = JSON.stringify(data);
  if (root.shown === written) return;
  root.shown = written;
  root.classList.toggle("blurred", Boolean(data.blurred));
  const lines = [];
  const groups = data.groups.map((group) => {
    const section = document.createElement("section"), title = document.createElement("h4");
    const list = document.createElement("dl");
    title.textContent = group.name;
    for (const row of group.rows) list.append(line(row, lines));
    section.append(title, list);
    section.className = group.mono ? "mono" : "";
    return section;
  });
  find(".groups").replaceChildren(...groups);
  find(".top").hidden = lines.length < 6;
  find(".rawness").hidden = !lines.some(({ row }) => row.raw);
  const sift = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, element, name } of lines) {
      const text = `${row.key} ${row.raw ?? ""} ${row.value}`.toLowerCase();
      element.hidden = !words.every((word) => text.includes(word));
      shown += !element.hidden;
      name.textContent = raw.checked && row.raw ? row.raw : row.key;
    }
    for (const group of groups) group.hidden = !group.querySelector("dl > div:not([hidden])");
    find(".found").textContent = words.length ? `${shown} of ${lines.length}` : "";
  };
  search.oninput = raw.onchange = sift;
  sift();
}

function line(row, lines) {
  const element = document.createElement("div"), name = document.createElement("dt");
  const cell = document.createElement("dd"), value = document.createElement("span");
  const copy = document.createElement("button");
  value.textContent = shortened(row.value);
  value.title = row.value.length > LONGEST ? "Shortened in the middle; copy gives all of it" : "";
  if (row.time) value.append(more(times(row.value, row.time)));
  if (row.there) value.append(more(row.there));
  if (row.more) value.append(more(row.more));
  for (const picture of row.pictures ?? []) value.append(outlined(picture));
  copy.type = "button";
  copy.textContent = "Copy";
  copy.setAttribute("aria-label", `Copy ${row.key}`);
  copy.onclick = () => navigator.clipboard.writeText(row.value).then(() => {
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  cell.append(value, copy);
  element.append(name, cell);
  lines.push({ row, element, name });
  return element;
}

function shortened(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST / 2)} … ${text.slice(-LONGEST / 2)}` : text;
}

// A small picture with what was marked on it.
function outlined(picture) {
  const frame = document.createElement("span"), shown = document.createElement("img");
  const sheet = svgElement("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none" });
  const points = picture.corners.map((corner) => corner.join()).join(" ");
  frame.className = "outlined";
  Object.assign(shown, { src: picture.source, alt: picture.words, title: picture.words, loading: "lazy" });
  sheet.append(svgElement("polygon", { points, class: "halo" }), svgElement("polygon", { points, class: "own" }));
  sheet.classList.add("regions");
  frame.append(shown, sheet);
  return frame;
}

function more(text) {
  const words = document.createElement("span");
  words.className = "more";
  words.textContent = text;
  return words;
}

function times(value, zone) {
  if (zone === "none") return "no zone stated: the clock of whoever set it";
  const moment = new Date(value);
  if (Number.isNaN(moment.getTime())) return "";
  const utc = moment.toISOString().replace("T", " ").replace(/(\.000)?Z$/, " UTC");
  const here = moment.toLocaleString("sv-SE", { timeZoneName: "short" });
  return here.endsWith(" UTC") ? utc : `${utc} · here ${here}`;
}
