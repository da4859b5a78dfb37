// A point on an outline of the world, in tenths of a degree; near, or as a whole.
const WHOLE = [-1800, -840, 3600, 1440];
const NEAR = [400, 200];

export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const map = find("svg"), pin = find(".pin"), ring = find(".ring"), zoom = find(".zoom"), copy = find(".copy");
  const [x, y] = [data.longitude * 10, -data.latitude * 10];
  let near = false;
  const draw = () => {
    const box = near ? [x - NEAR[0] / 2, y - NEAR[1] / 2, ...NEAR] : WHOLE;
    const size = box[2] / 3600;
    map.setAttribute("viewBox", box.join(" "));
    for (const [circle, radius] of [[pin, 18], [ring, 60]]) {
      circle.setAttribute("cx", x);
      circle.setAttribute("cy", y);
      circle.setAttribute("r", radius * size);
    }
    zoom.textContent = near ? "Whole world" : "Nearer";
  };
  zoom.onclick = () => {
    near = !near;
    draw();
  };
  map.setAttribute("aria-label", data.words);
  find(".words").textContent = data.words;
  find(".zone").textContent = data.zone;
  copy.setAttribute("aria-label", `Copy ${data.copied}`);
  copy.title = data.copied;
  copy.onclick = () => navigator.clipboard.writeText(data.copied).then(() => {
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  draw();
}
