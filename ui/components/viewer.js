// A picture that can be zoomed to its pixels. One scale (screen pixels for each pixel of the picture) and one
// place (of the picture's top left corner) are all the state there is.
const STEP = 1.25;
const CLOSEST = 32;
const PIXELS_SEEN = 3;

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const stage = find(".stage"), picture = find(".picture"), reveal = find(".reveal"), note = find(".note");
  const sheet = find(".regions");
  blur([find(".sheet")], reveal, data.preview, data.blurred);
  stage.regions = data.regions;
  stage.tell = (edges) => setTriggerValue("region", { edges });
  stage.style.setProperty("--shape", data.shape);
  if (stage.shown === data.preview) return stage.outline();
  stage.shown = data.preview;
  let scale = 1, x = 0, y = 0, fitted = true;

  const whole = () => Math.min(stage.clientWidth / picture.naturalWidth, stage.clientHeight / picture.naturalHeight);
  const least = () => Math.min(whole(), 1 / devicePixelRatio);
  const fit = () => {
    scale = whole();
    x = (stage.clientWidth - picture.naturalWidth * scale) / 2;
    y = (stage.clientHeight - picture.naturalHeight * scale) / 2;
    fitted = true;
    draw();
  };
  const zoom = (factor, towardX = stage.clientWidth / 2, towardY = stage.clientHeight / 2) => {
    const wanted = Math.min(Math.max(scale * factor, least()), CLOSEST);
    if (wanted === whole()) return fit();
    x = towardX - (towardX - x) * (wanted / scale);
    y = towardY - (towardY - y) * (wanted / scale);
    scale = wanted;
    fitted = false;
    draw();
  };
  const draw = () => {
    picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    picture.classList.toggle("pixels", scale * devicePixelRatio >= PIXELS_SEEN);
    stage.classList.toggle("fitted", fitted);
    find(".scale").textContent = `${Math.round(scale * devicePixelRatio * 100)} %`;
    stage.outline();
  };
  const place = (across, down) => [x + across * picture.naturalWidth * scale, y + down * picture.naturalHeight * scale];
  const toShare = (left, top) =>
    [share((left - x) / scale / picture.naturalWidth), share((top - y) / scale / picture.naturalHeight)];
  const pointed = (event) => {
    const box = stage.getBoundingClientRect();
    return toShare(event.clientX - box.left, event.clientY - box.top);
  };
  const mark = find('[data-does="mark"]');
  const marked = (edges) => {
    mark.setAttribute("aria-pressed", "false");
    mark.textContent = "Mark a region";
    if (edges) stage.tell(edges);
  };
  stage.outline = () => outlineRegions(sheet, picture.naturalWidth ? stage.regions : [], place);
  const does = {
    in: () => zoom(STEP),
    out: () => zoom(1 / STEP),
    fit,
    pixels: () => zoom(1 / devicePixelRatio / scale),
    mark: () => {
      if (stage.classList.contains("drawing")) return stage.stopDrawing();
      fingers.clear();
      mark.setAttribute("aria-pressed", "true");
      mark.textContent = "Draw a rectangle, or Enter for what is in view";
      drawRegion(stage, sheet, pointed, place, marked);
      stage.focus();
    },
    view: () => {
      if (!stage.classList.contains("drawing")) return;
      stage.stopDrawing();
      marked([...toShare(0, 0), ...toShare(stage.clientWidth, stage.clientHeight)]);
    },
    stop: () => stage.classList.contains("drawing") && stage.stopDrawing(),
  };

  find(".viewer").classList.remove("empty");
  picture.onload = fit;
  picture.onerror = () => {
    picture.onerror = () => find(".viewer").classList.add("empty");
    say(data.unshowable);
    picture.src = data.preview;
  };
  const say = (words) => {
    note.textContent = words;
    note.hidden = !words;
  };
  picture.alt = data.name;
  find(".facts").textContent = data.facts;
  find(".keep").href = data.original;
  say(data.drawn);
  picture.src = data.drawn ? data.preview : data.source;
  if (data.drawn) {
    const full = new Image(); // made on the server, which may take a moment
    full.onload = () => stage.shown === data.preview && (picture.src = full.src);
    full.onerror = () => say(data.unshowable);
    full.src = data.source;
  }

  stage.onwheel = (event) => {
    if (event.deltaY > 0 && scale <= least()) return; // nothing more to see: the page scrolls on
    event.preventDefault();
    const box = stage.getBoundingClientRect();
    zoom(STEP ** (-event.deltaY / 100), event.clientX - box.left, event.clientY - box.top);
  };
  stage.ondblclick = (event) => {
    const box = stage.getBoundingClientRect();
    fitted ? zoom(1 / devicePixelRatio / scale, event.clientX - box.left, event.clientY - box.top) : fit();
  };
  const fingers = new Map(); // where each pointer is that holds the picture
  const hold = (event) => fingers.set(event.pointerId, [event.clientX, event.clientY]);
  const grip = () => {
    const box = stage.getBoundingClientRect(), [[ax, ay], [bx, by] = [ax, ay]] = fingers.values();
    return { middle: [(ax + bx) / 2 - box.left, (ay + by) / 2 - box.top], apart: Math.hypot(ax - bx, ay - by) };
  };
  stage.onpointerdown = stage.pan = (event) => {
    if (event.target === reveal) return;
    stage.setPointerCapture(event.pointerId);
    hold(event);
    stage.onpointermove = (move) => {
      if (!fingers.has(move.pointerId)) return;
      const from = grip();
      hold(move);
      const to = grip();
      x += to.middle[0] - from.middle[0];
      y += to.middle[1] - from.middle[1];
      fitted = false;
      zoom(from.apart ? to.apart / from.apart : 1, ...to.middle);
    };
    stage.onpointerup = stage.onpointercancel = (up) => {
      fingers.delete(up.pointerId);
      if (!fingers.size) stage.onpointermove = null;
    };
  };
  stage.onkeydown = (event) => {
    const key = { "+": "in", "-": "out", 0: "fit", 1: "pixels", Enter: "view", Escape: "stop" }[event.key];
    if (key && event.target === stage) does[key]();
  };
  for (const button of parentElement.querySelectorAll("[data-does]")) button.onclick = does[button.dataset.does];
  stage.watcher?.disconnect();
  stage.watcher = new ResizeObserver(() => fitted && picture.naturalWidth && fit());
  stage.watcher.observe(stage);
}
