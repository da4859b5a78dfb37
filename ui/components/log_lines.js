// The lines of the review log. All text comes from strangers and goes in by textContent alone.

const ICONS = { verified: "check_circle", unverified: "help", misattributed: "history" };

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function itemLink(sha256, name, open) {
  const link = element("a", "item", name);
  link.href = `item?item=${sha256}`;
  link.title = name;
  link.onclick = (click) => {
    if (click.ctrlKey || click.metaKey || click.shiftKey) return; // a new tab, as everywhere
    click.preventDefault();
    open(sha256);
  };
  return link;
}

function whatItSays(line, open) {
  const what = element("span", `what ${line.verdict}`);
  if (line.verdict) {
    const icon = element("span", "icon", ICONS[line.verdict]);
    icon.setAttribute("aria-hidden", "true");
    what.append(icon);
  }
  what.append(line.what);
  if (line.other && !line.verdict) what.append(" ", itemLink(line.other, line.other_name, open));
  return what;
}

function words(line, open) {
  const said = element("span", "said", line.said);
  if (line.other && line.verdict) {
    if (line.said) said.append(" · ");
    said.append("earlier copy ", itemLink(line.other, line.other_name, open));
  }
  return said;
}

function row(line, open) {
  const made = element("li", "line");
  const time = element("time", "time", line.time);
  time.dateTime = line.stamp;
  time.title = line.stamp;
  made.append(
    element("span", "number", String(line.number)),
    time,
    element("span", "by", line.by),
    itemLink(line.item, line.name, open),
    whatItSays(line, open),
    words(line, open),
  );
  return made;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const open = (sha256) => setTriggerValue("open", sha256);
  const drawn = element("div", "log");
  for (const { day, lines } of data.days) {
    const list = element("ol", "lines");
    list.append(...lines.map((line) => row(line, open)));
    drawn.append(element("h3", "day", day), list);
  }
  parentElement.querySelector(".log")?.remove();
  parentElement.append(drawn);
}
