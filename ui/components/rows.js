// One row an item. All text comes from strangers and goes in by textContent alone.

const ICONS = {
  verified: "check_circle",
  unverified: "help",
  misattributed: "history",
  contested: "balance",
  "in-discussion": "forum",
  open: "radio_button_unchecked",
};

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function icon(name) {
  const made = element("span", "icon", name);
  made.setAttribute("aria-hidden", "true");
  return made;
}

function picture(item, isBlurred) {
  const made = element(isBlurred && item.thumbnail ? "button" : "span", "picture");
  if (item.thumbnail) {
    const image = element("img", "");
    image.alt = `First view of ${item.name}`;
    image.loading = "lazy";
    image.decoding = "async";
    image.src = item.thumbnail;
    made.append(image);
  } else {
    const none = element("span", "none");
    none.append(icon("image_not_supported"));
    made.append(none);
  }
  if (item.length) made.append(element("span", "length", item.length));
  if (made.tagName === "BUTTON") veil(made, item);
  return made;
}

function veil(made, item) {
  made.type = "button";
  made.classList.add("blurred");
  made.setAttribute("aria-label", `Show the picture of ${item.name}`);
  made.title = "Show the picture";
  made.onclick = (click) => {
    if (!made.classList.contains("blurred")) return; // shown already: the row opens
    click.stopPropagation();
    made.classList.remove("blurred");
    made.removeAttribute("title");
  };
}

function words(item) {
  const made = element("div", "words");
  const name = element("a", "name", item.name);
  name.href = `item?item=${item.sha256}`;
  name.title = item.name;
  const badges = element("div", "badges");
  if (item.note) badges.append(element("span", "badge problem", item.note));
  for (const problem of item.problems) badges.append(element("span", "badge problem", problem));
  for (const finding of item.findings) badges.append(element("span", "badge", finding));
  if (item.more.length) {
    const more = element("span", "badge", `+${item.more.length}`);
    more.title = item.more.join(", ");
    badges.append(more);
  }
  made.append(name, element("div", "facts", item.facts), badges);
  return made;
}

function older(item) {
  if (!item.older) return element("div", "");
  const made = element("div", `older ${item.older.verdict}`);
  const lead = element("span", "lead");
  lead.append(icon(ICONS[item.older.verdict] || "content_copy"), item.older.lead);
  const how = element("span", "how", item.older.how);
  how.title = item.older.how;
  made.append(lead, how);
  return made;
}

function state(item) {
  const made = element("div", `state ${item.state.kind}`);
  made.append(icon(ICONS[item.state.kind]), item.state.word);
  if (item.state.who) made.append(element("span", "who", item.state.who));
  return made;
}

function row(item, isBlurred, open) {
  const made = element("li", "row");
  const came = element("time", "came", item.came);
  came.dateTime = came.title = item.stamp;
  made.append(picture(item, isBlurred), words(item), older(item), state(item), came);
  made.onclick = (click) => {
    if (click.ctrlKey || click.metaKey || click.shiftKey) return; // a new tab, as everywhere
    click.preventDefault();
    open(item.sha256);
  };
  return made;
}

function moveFocus(press) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[press.key];
  const names = [...press.currentTarget.querySelectorAll(".name")];
  const next = names[names.indexOf(press.target) + step];
  if (!step || !names.includes(press.target) || !next) return;
  press.preventDefault();
  next.focus();
}

export default function ({ data, parentElement, setTriggerValue }) {
  const open = (sha256) => setTriggerValue("open", sha256);
  const drawn = element("ul", "rows");
  drawn.append(...data.rows.map((item) => row(item, data.blurred, open)));
  drawn.onkeydown = moveFocus;
  parentElement.querySelector(".rows")?.remove();
  parentElement.append(drawn);
}
