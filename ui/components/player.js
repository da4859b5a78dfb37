// A player that seeks to exact times, above the frame samples. A video that the browser cannot decode is shown by
// its samples: the nearest one before the time asked for.
const JUST_AFTER = 0.0005; // a seek to exactly the time of a frame may end on the one before
const SPEEDS = [1, 0.5, 0.25, 2];

export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const player = find(".player"), video = find("video"), still = find(".still"), strip = find(".strip");
  const seek = find(".seek"), note = find(".note"), reveal = find(".reveal"), sound = find('[data-does="sound"]');
  blur([video, still, strip], reveal, data.stem, data.blurred);
  if (player.shown === data.stem) return;
  player.shown = data.stem;
  let now = 0, playable = Boolean(data.source);

  const draw = (time) => {
    now = time;
    seek.value = time;
    find(".time").textContent = clock(time);
    const current = sampleAt(data.samples, time);
    if (strip.current !== current) mark(current);
    if (!playable && data.samples[current]) still.src = data.samples[current].source;
  };
  const mark = (number) => {
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
    save: () => save(playable ? video : still, `${data.stem}_${clock(now).replaceAll(":", "-")}`),
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
  video.onloadedmetadata = () => video.videoWidth || unplayable();
  video.onplay = () => {
    find('[data-does="play"]').textContent = "Pause";
    follow();
  };
  video.onpause = () => (find('[data-does="play"]').textContent = "Play");
  video.setAttribute("aria-label", data.name);
  seek.oninput = () => go(Number(seek.value));
  player.onkeydown = (event) => {
    if (event.target.matches?.("button") && event.key === " ") return;
    const key = { " ": "play", ",": "back", ".": "forth" }[event.key];
    if (!key || (key === "play" && !playable)) return;
    event.preventDefault();
    does[key]();
  };
  if (playable) video.src = data.source;
  else unplayable();
  draw(data.samples[0]?.time ?? 0);
  return () => video.pause();
}

function clock(seconds) {
  const whole = Math.round(seconds * 1000);
  const [minutes, rest] = [Math.floor(whole / 60000), whole % 60000];
  const short = `${String(minutes % 60).padStart(2, "0")}:${(rest / 1000).toFixed(3).padStart(6, "0")}`;
  return minutes >= 60 ? `${Math.floor(minutes / 60)}:${short}` : short;
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

// Pictures that may be hard to see wait until they are asked for; what was revealed stays so while it is shown.
function blur(pictures, reveal, id, blurred) {
  if (reveal.state === id + blurred) return;
  reveal.state = id + blurred;
  const draw = (on) => {
    for (const one of pictures) one.classList.toggle("blurred", on);
    reveal.hidden = !on;
  };
  reveal.onclick = () => draw(false);
  draw(blurred);
}
