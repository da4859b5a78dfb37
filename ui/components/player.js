// A player that seeks to exact times, above the frame samples. A video that the browser cannot decode is shown by
// its samples: the nearest one before the time asked for.
const JUST_AFTER = 0.0005; // a seek to exactly the time of a frame may end on the one before
const AT_ONCE = 0.02; // seconds around the frame on which a region was drawn: less than one frame
const SPEEDS = [1, 0.5, 0.25, 2];

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const player = find(".player"), video = find("video"), still = find(".still"), strip = find(".strip");
  const seek = find(".seek"), note = find(".note"), reveal = find(".reveal"), sound = find('[data-does="sound"]');
  const screen = find(".screen"), sheet = find(".regions"), from = find('[data-does="from"]'), mark = find('[data-does="mark"]');
  blur([video, still, strip], reveal, data.stem, data.blurred);
  player.regions = data.regions;
  player.stretches = data.stretches;
  player.tell = setTriggerValue;
  screen.style.setProperty("--shape", data.shape);
  if (player.shown === data.stem) return player.outline();
  player.shown = data.stem;
  let now = 0, playable = Boolean(data.source), began = null;

  const draw = (time) => {
    now = time;
    seek.value = time;
    find(".time").textContent = clock(time);
    const current = sampleAt(data.samples, time);
    if (strip.current !== current) point(current);
    if (!playable && data.samples[current]) hang(data.samples[current]);
    outlineRegions(sheet, player.regions.filter((one) => Math.abs(one.start - time) < AT_ONCE), place);
  };
  // The picture lies in the screen as `object-fit: contain` puts it.
  const lies = () => {
    const [width, height] = playable ? [video.videoWidth, video.videoHeight] : [still.naturalWidth, still.naturalHeight];
    const scale = Math.min(screen.clientWidth / width, screen.clientHeight / height) || 1;
    return [(screen.clientWidth - width * scale) / 2, (screen.clientHeight - height * scale) / 2, width * scale, height * scale];
  };
  const place = (across, down) => {
    const [left, top, width, height] = lies();
    return [left + across * width, top + down * height];
  };
  const pointed = (event) => {
    const box = screen.getBoundingClientRect(), [left, top, width, height] = lies();
    return [share((event.clientX - box.left - left) / width), share((event.clientY - box.top - top) / height)];
  };
  const marked = (edges) => {
    mark.setAttribute("aria-pressed", "false");
    mark.textContent = "Mark a region";
    if (edges) player.tell("region", { edges, time: now });
  };
  const stretch = (start) => {
    began = start;
    from.textContent = start === null ? "Mark a stretch" : `End it here (from ${clock(start)})`;
    from.setAttribute("aria-pressed", String(start !== null));
  };
  player.outline = () => {
    find(".stretches").replaceChildren(...player.stretches.map((one) => {
      const band = document.createElement("button");
      band.type = "button";
      band.className = one.whose;
      band.title = one.words;
      band.setAttribute("aria-label", `Stretch ${one.label}: ${one.words}`);
      band.textContent = one.label;
      band.style.left = `${(100 * one.start) / data.duration}%`;
      band.style.width = `${(100 * (one.end - one.start)) / data.duration}%`;
      band.onclick = () => go(one.start);
      return band;
    }));
    draw(now);
  };
  // What stands in for a video that cannot be played: the stored preview at once, then the frame in full size.
  const hang = (sample) => {
    if (still.sample === sample) return;
    still.sample = sample;
    still.src = sample.source;
    const full = (still.full = new Image());
    const say = (words) => still.sample === sample && (note.textContent = words);
    full.onload = () => say(data.unshowable) && (still.src = sample.full);
    full.onerror = () => say("This frame could not be made in full size: you see its preview, at most 480 pixels wide.");
    full.src = sample.full;
  };
  const point = (number) => {
    strip.children[strip.current]?.firstChild.removeAttribute("aria-current");
    const button = strip.children[number]?.firstChild;
    strip.current = number;
    if (!button) return;
    button.setAttribute("aria-current", "true");
    const left = button.parentElement.offsetLeft - strip.offsetLeft;
    const hidden = left < strip.scrollLeft || left + button.offsetWidth > strip.scrollLeft + strip.clientWidth;
    if (hidden && !strip.matches(":hover")) strip.scrollLeft = left - strip.clientWidth / 2;
  };
  const go = (time) => {
    const wanted = Math.min(Math.max(time, 0), data.duration);
    if (playable) video.currentTime = wanted + JUST_AFTER;
    draw(wanted);
  };
  const follow = () => {
    draw(video.currentTime);
    if (!video.paused) requestAnimationFrame(follow);
  };
  const does = {
    play: () => (video.paused ? video.play() : video.pause()),
    back: () => step(-1),
    forth: () => step(1),
    sound: () => {
      video.muted = !video.muted;
      sound.textContent = video.muted ? "Sound on" : "Sound off";
    },
    slow: () => {
      const speed = SPEEDS[(SPEEDS.indexOf(video.playbackRate) + 1) % SPEEDS.length];
      video.playbackRate = speed;
      find('[data-does="slow"]').textContent = `${speed}×`;
    },
    from: () => {
      if (began === null) return stretch(now);
      player.tell("stretch", [began, now]);
      stretch(null);
    },
    mark: () => {
      if (screen.classList.contains("drawing")) return screen.stopDrawing();
      video.pause();
      mark.setAttribute("aria-pressed", "true");
      mark.textContent = "Draw a rectangle";
      drawRegion(screen, sheet, pointed, place, marked);
    },
    stop: () => {
      if (screen.classList.contains("drawing")) screen.stopDrawing();
      stretch(null);
    },
    // What is saved under a time is the frame of that time: a seek, or the frame in full size, may be under way.
    save: () => {
      const name = `${data.stem}_${clock(now).replaceAll(":", "-")}`, { full } = still;
      if (!playable) full?.decode().then(() => save(full, name), () => save(still, `${name}_preview`));
      else if (video.seeking) video.addEventListener("seeked", () => save(video, name), { once: true });
      else save(video, name);
    },
  };
  const step = (frames) => {
    video.pause();
    const next = data.samples[sampleAt(data.samples, now) + frames];
    playable ? go(now + frames / data.rate) : next && go(next.time);
  };
  const unplayable = () => {
    playable = false;
    video.hidden = true;
    still.hidden = false;
    still.alt = data.name;
    for (const name of ["play", "sound", "slow"]) find(`[data-does="${name}"]`).hidden = true;
    note.textContent = data.unshowable;
    note.hidden = false;
    strip.current = undefined;
    draw(now);
  };

  for (const link of parentElement.querySelectorAll("[data-keep]")) {
    link.href = data[link.dataset.keep];
    link.hidden = !data[link.dataset.keep];
  }
  still.sample = null;
  seek.max = data.duration;
  find(".length").textContent = ` / ${clock(data.duration)}`;
  fill(strip, data, go);
  strip.current = undefined;
  const marks = data.samples.filter((sample) => sample.cut).map((sample) => {
    const line = document.createElement("i");
    line.style.left = `${(100 * sample.time) / data.duration}%`;
    return line;
  });
  find(".marks").replaceChildren(...marks);
  note.hidden = true;
  video.hidden = false;
  still.hidden = true;
  for (const button of parentElement.querySelectorAll("[data-does]")) {
    button.hidden = false;
    button.onclick = does[button.dataset.does];
  }
  video.onerror = unplayable;
  video.onloadedmetadata = () => (video.videoWidth ? draw(now) : unplayable());
  still.onload = () => draw(now);
  video.onplay = () => {
    find('[data-does="play"]').textContent = "Pause";
    follow();
  };
  video.onpause = () => (find('[data-does="play"]').textContent = "Play");
  video.setAttribute("aria-label", data.name);
  seek.oninput = () => go(Number(seek.value));
  player.onkeydown = (event) => {
    if (event.target.matches?.("button") && event.key === " ") return;
    const key = { " ": "play", ",": "back", ".": "forth", "[": "from", "]": "from", Escape: "stop" }[event.key];
    if (!key || (event.key === "]" && began === null) || (event.key === "[" && began !== null) || (key === "play" && !playable)) return;
    event.preventDefault();
    does[key]();
  };
  if (playable) video.src = data.source;
  else unplayable();
  now = data.samples[0]?.time ?? 0;
  stretch(null);
  player.outline();
  player.watcher?.disconnect();
  player.watcher = new ResizeObserver(() => draw(now));
  player.watcher.observe(screen);
  return () => video.pause();
}

function sampleAt(samples, time) {
  let found = 0;
  while (found + 1 < samples.length && samples[found + 1].time <= time + 2 * JUST_AFTER) found += 1;
  return found;
}

function fill(strip, data, go) {
  const frames = data.samples.map((sample) => {
    const line = document.createElement("li"), button = document.createElement("button");
    const picture = document.createElement("img"), time = document.createElement("span");
    Object.assign(picture, { loading: "lazy", alt: "", src: sample.source });
    time.textContent = clock(sample.time);
    button.type = "button";
    button.setAttribute("aria-label", `${sample.cut ? "Shot starts at " : "Frame at "}${clock(sample.time)}`);
    button.onclick = () => go(sample.time);
    button.append(picture, time);
    line.className = sample.cut ? "cut" : "";
    line.append(button);
    return line;
  });
  strip.replaceChildren(...frames);
}

function save(shown, name) {
  const canvas = document.createElement("canvas");
  canvas.width = shown.videoWidth || shown.naturalWidth;
  canvas.height = shown.videoHeight || shown.naturalHeight;
  canvas.getContext("2d").drawImage(shown, 0, 0);
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}
