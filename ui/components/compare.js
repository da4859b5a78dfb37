// Two pictures or videos that share something. Both lie in panes as large as their own pixels; a mode only chooses
// the matrix of each pane. Over each other, the found picture goes through the homography that takes its region
// to the place where the query shows it.
const CORNERS = ["#dc2626", "#16a34a", "#2563eb", "#9333ea"];
const GAP = 12;
const DRIFT = 0.1; // seconds by which the found video may lag before it is set right
const SVG = "http://www.w3.org/2000/svg";
const HINTS = {
  side: "The outline is what both show; corners of one colour belong together.",
  slider: "Left of the line is this item, right of it the other one, laid over it.",
  difference: "Black is the same; what is bright differs.",
};

export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const root = find(".compare"), stage = find(".stage"), veil = find(".veil"), outlines = find(".outlines");
  const divide = find(".divide"), edge = find(".edge"), lines = find(".lines"), play = find('[data-does="play"]');
  blur([stage], find(".reveal"), data.id, data.blurred);
  if (root.shown === data.id) return;
  root.shown = data.id;
  let mode = "side", segment = data.segments[0], playing = false, at = segment?.query_start ?? 0;
  const sides = ["query", "found"].map((name) => side(find(`[data-side="${name}"]`), data[name], () => draw()));
  const [query, found] = sides;

  const draw = () => {
    const matrices = mode === "side" ? sideBySide() : laidOver();
    sides.forEach((one, number) => (one.pane.style.transform = css(matrices[number])));
    const share = divide.value / 100;
    edge.style.left = `${share * 100}%`;
    veil.style.clipPath = mode === "side" ? "none" : `polygon(${clip(matrices[0], mode === "slider" ? share : 0)})`;
    outlines.replaceChildren(...(mode === "side" ? sides.flatMap((one, n) => outline(one, matrices[n])) : []));
    for (const one of sides) {
      find(`[data-name="${one.name}"]`).textContent = one.video ? `${one.label} · ${clock(one.now)}` : one.label;
    }
  };
  const sideBySide = () => {
    const room = (stage.clientWidth - 3 * GAP) / 2, most = stage.clientHeight - 2 * GAP;
    const height = Math.min(most, ...sides.map((one) => (room * one.height) / one.width));
    return sides.map((one, number) => {
      const width = (height * one.width) / one.height;
      const left = GAP + number * (room + GAP) + (room - width) / 2;
      return placed(height / one.height, left, (stage.clientHeight - height) / 2);
    });
  };
  const laidOver = () => {
    const scale = Math.min(stage.clientWidth / query.width, stage.clientHeight / query.height);
    const left = (stage.clientWidth - query.width * scale) / 2, top = (stage.clientHeight - query.height * scale) / 2;
    const base = placed(scale, left, top);
    return [base, times(base, homography(corners(found), corners(query)))];
  };
  const clip = (matrix, share) => {
    const [left, top] = through(matrix, 0, 0), [right, bottom] = through(matrix, query.width, query.height);
    const start = Math.max(left, share * stage.clientWidth);
    return [[start, top], [right, top], [right, bottom], [start, bottom]].map(([x, y]) => `${x}px ${y}px`).join();
  };

  const go = (time) => {
    at = time;
    query.go(time);
    found.go(segment.found_start + (time - segment.query_start) * pace());
    draw();
    playhead();
  };
  const pace = () => (segment.query_end > segment.query_start ? segment.speed : 0);
  const tick = () => {
    if (!playing) return;
    const time = query.clock();
    if (time >= segment.query_end) return stop(segment.query_end);
    at = time;
    query.now = time;
    found.follow(segment.found_start + (time - segment.query_start) * pace(), pace());
    draw();
    playhead();
    requestAnimationFrame(tick);
  };
  const stop = (time) => {
    playing = false;
    play.textContent = "Play both";
    sides.forEach((one) => one.pause());
    go(time);
  };
  play.onclick = () => {
    if (playing) return stop(at);
    if (at >= segment.query_end - 0.05 || at < segment.query_start) go(segment.query_start);
    playing = true;
    play.textContent = "Pause";
    query.start(at, 1);
    if (pace()) found.start(found.now, pace());
    requestAnimationFrame(tick);
  };

  const longest = Math.max(query.duration, found.duration, 0.001);
  const head = [svg("line", { class: "head" }), svg("line", { class: "head" })];
  const playhead = () =>
    head.forEach((line, number) => {
      const x = (1000 * sides[number].now) / longest;
      for (const [name, value] of Object.entries({ x1: x, x2: x, y1: number * 70, y2: number * 70 + 30 }))
        line.setAttribute(name, value);
    });
  const timeLines = () => {
    const long = (seconds) => (1000 * seconds) / longest;
    const drawn = sides.map((one, n) => svg("rect", { class: "track", x: 0, y: n * 70, width: long(one.duration), height: 30 }));
    for (const { query_start: qs, query_end: qe, found_start: fs, found_end: fe } of data.segments) {
      const wide = (start, end) => Math.max(long(end - start), 3);
      drawn.push(svg("rect", { class: "shared", x: long(qs), y: 0, width: wide(qs, qe), height: 30 }));
      drawn.push(svg("rect", { class: "shared", x: long(fs), y: 70, width: wide(fs, fe), height: 30 }));
      const [a, b, c, d] = [long(qs), long(qs) + wide(qs, qe), long(fs) + wide(fs, fe), long(fs)];
      drawn.push(svg("polygon", { class: "band", points: `${a},30 ${b},30 ${c},70 ${d},70` }));
    }
    lines.setAttribute("viewBox", "0 0 1000 100");
    lines.setAttribute("aria-label", data.timing);
    lines.replaceChildren(...drawn, ...head);
  };
  lines.onclick = (event) => {
    const box = lines.getBoundingClientRect();
    const time = ((event.clientX - box.left) / box.width) * longest;
    const below = event.clientY - box.top > box.height / 2;
    const [start, end] = below ? ["found_start", "found_end"] : ["query_start", "query_end"];
    segment = data.segments.find((one) => time >= one[start] && time <= one[end]) ?? segment;
    const into = below && pace() ? (time - segment.found_start) / pace() : time - segment.query_start;
    stop(Math.min(Math.max(segment.query_start + into, segment.query_start), segment.query_end));
  };

  const choose = (wanted) => {
    mode = wanted;
    stage.classList.remove("side", "slider", "difference");
    stage.classList.add(mode);
    divide.hidden = edge.hidden = mode !== "slider";
    find(".hint").textContent = HINTS[mode];
    for (const button of parentElement.querySelectorAll("[data-mode]"))
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    draw();
  };
  for (const button of parentElement.querySelectorAll("[data-mode]")) button.onclick = () => choose(button.dataset.mode);
  divide.oninput = draw;
  const slide = (event) => {
    if (mode !== "slider" || !event.buttons) return;
    const box = stage.getBoundingClientRect();
    divide.value = (100 * (event.clientX - box.left)) / box.width;
    draw();
  };
  stage.onpointerdown = stage.onpointermove = slide;

  const timed = Boolean(segment) && sides.some((one) => one.video);
  find(".timing").hidden = !timed;
  play.hidden = !timed || segment.query_end === segment.query_start;
  find(".choices").replaceChildren(
    ...(data.segments.length > 1 ? data.segments : []).map((one) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${clock(one.query_start)} – ${clock(one.query_end)}`;
      button.onclick = () => {
        segment = one;
        stop(one.query_start);
      };
      return button;
    }),
  );
  find(".note").textContent = data.note;
  find(".note").hidden = !data.note;
  timeLines();
  choose("side");
  if (timed) go(segment.query_start);
  root.watcher?.disconnect();
  root.watcher = new ResizeObserver(draw);
  root.watcher.observe(stage);
  return () => sides.forEach((one) => one.pause());
}

// One side: a picture, a video that plays, or a video shown by its frame samples because it cannot be played here.
function side(pane, data, changed) {
  const moving = Boolean(data.video && data.source);
  const shown = document.createElement(moving ? "video" : "img");
  const self = { ...data, pane, now: 0, video: data.video };
  let stills = !moving, began = [0, 0];
  const size = (width, height) => {
    Object.assign(self, { width, height });
    Object.assign(pane.style, { width: `${width}px`, height: `${height}px` });
    changed();
  };
  const still = (time) => data.samples.findLast((sample) => sample.time <= time + 0.001) ?? data.samples[0];
  const fall = () => {
    const picture = document.createElement("img");
    picture.alt = data.label;
    picture.src = still(self.now)?.source ?? "";
    stills = true;
    pane.replaceChildren(picture);
  };
  pane.replaceChildren(shown);
  Object.assign(pane.style, { width: `${data.width}px`, height: `${data.height}px` });
  shown.onerror = fall;
  if (moving) {
    Object.assign(shown, { muted: true, playsInline: true, preload: "auto" });
    shown.setAttribute("aria-label", data.label);
    shown.onloadedmetadata = () => (shown.videoWidth ? size(shown.videoWidth, shown.videoHeight) : fall());
  } else shown.alt = data.label;
  if (moving || data.source) shown.src = data.source;
  else fall();
  return Object.assign(self, {
    go(time) {
      self.now = time;
      if (!stills) shown.currentTime = time + 0.0005;
      else if (data.video) show(pane, still(time));
    },
    start(time, speed) {
      began = [time, performance.now()];
      if (stills) return;
      shown.playbackRate = Math.min(Math.max(speed, 0.0625), 16);
      shown.play();
    },
    clock: () => (stills ? began[0] + (performance.now() - began[1]) / 1000 : shown.currentTime),
    follow(time, speed) {
      self.now = time;
      if (stills) return data.video && show(pane, still(time));
      if (Math.abs(shown.currentTime - time) > DRIFT * Math.max(1, speed)) shown.currentTime = time;
    },
    pause: () => moving && shown.pause(),
  });
}

function show(pane, sample) {
  const picture = pane.firstChild;
  if (sample && picture.getAttribute("src") !== sample.source) picture.src = sample.source;
}

const corners = (one) => one.region.map(([x, y]) => [x * one.width, y * one.height]);

function outline(one, matrix) {
  const places = corners(one).map(([x, y]) => through(matrix, x, y));
  const points = places.map((place) => place.join()).join(" ");
  const dots = places.map(([cx, cy], n) => svg("circle", { cx, cy, r: 6, fill: CORNERS[n] }));
  return [svg("polygon", { points, class: "halo" }), svg("polygon", { points, class: "line" }), ...dots];
}

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// 3 x 3 matrices, row by row, on homogeneous places in the plane.
const placed = (scale, x, y) => [scale, 0, x, 0, scale, y, 0, 0, 1];
const times = (a, b) => Array.from({ length: 9 }, (_, n) => {
  const row = 3 * Math.floor(n / 3), column = n % 3;
  return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
});
const through = (m, x, y) => {
  const w = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
};
const css = (m) => `matrix3d(${[m[0], m[3], 0, m[6], m[1], m[4], 0, m[7], 0, 0, 1, 0, m[2], m[5], 0, m[8]].join()})`;

// The matrix that takes four places to four others: by way of the unit square's projective basis
// (Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3). Its scale is free; browsers
// draw only what has a positive weight.
function homography(from, to) {
  const matrix = times(basis(to), adjugate(basis(from))), [x, y] = from[0];
  const weight = matrix[6] * x + matrix[7] * y + matrix[8];
  return matrix.map((value) => value / weight);
}

function basis(quad) {
  const [[a, d], [b, e], [c, f], [x, y]] = quad;
  const m = [a, b, c, d, e, f, 1, 1, 1];
  const n = adjugate(m);
  const weights = [0, 3, 6].map((row) => n[row] * x + n[row + 1] * y + n[row + 2]);
  return m.map((value, place) => value * weights[place % 3]);
}

function adjugate([a, b, c, d, e, f, g, h, i]) {
  return [
    e * i - f * h, c * h - b * i, b * f - c * e,
    f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d,
  ];
}
