// A time inside a video, as `ui.parts.clock` writes it.
function clock(seconds) {
  const whole = Math.round(seconds * 1000);
  const [minutes, rest] = [Math.floor(whole / 60000), whole % 60000];
  const short = `${String(minutes % 60).padStart(2, "0")}:${(rest / 1000).toFixed(3).padStart(6, "0")}`;
  return minutes >= 60 ? `${Math.floor(minutes / 60)}:${short}` : short;
}
