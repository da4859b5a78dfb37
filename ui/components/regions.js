// Parts of a picture that a verdict rests on: outlined with their numbers, and drawn with the pointer.
// Places are shares of the picture's width and height; `place` takes them to the stage.
const SMALLEST = 0.005; // a smaller rectangle is a click

function outlineRegions(sheet, regions, place) {
  const made = regions.flatMap((region) => {
    const places = region.corners.map(([x, y]) => place(x, y));
    const points = places.map((one) => one.join()).join(" ");
    const [cx, cy] = places[0], title = svgElement("title", {});
    const label = svgElement("text", { x: cx, y: cy });
    label.textContent = region.label;
    title.textContent = region.words;
    const line = svgElement("polygon", { points, class: region.whose });
    line.append(title);
    return [svgElement("polygon", { points, class: "halo" }), line, svgElement("circle", { cx, cy, r: 10 }), label];
  });
  sheet.replaceChildren(...made);
}

// Let the next drag on the stage draw a rectangle. `toShare` takes a pointer to a place in the picture.
function drawRegion(stage, sheet, toShare, place, done) {
  let from = null;
  const edges = (to) => [0, 1].map((axis) => [from[axis], to[axis]].sort((a, b) => a - b));
  const end = (drawn) => {
    stage.classList.remove("drawing");
    stage.onpointerdown = stage.pan;
    stage.onpointermove = null;
    sheet.querySelector(".sketch")?.remove();
    done(drawn);
  };
  stage.classList.add("drawing");
  stage.stopDrawing = () => end(null);
  stage.onpointerdown = (event) => {
    if (event.target.closest("button")) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    from = toShare(event);
    const box = sheet.appendChild(svgElement("rect", { class: "sketch" }));
    stage.onpointermove = (move) => {
      const [[left, right], [top, bottom]] = edges(toShare(move));
      const [x, y] = place(left, top), [x2, y2] = place(right, bottom);
      for (const [name, value] of Object.entries({ x, y, width: x2 - x, height: y2 - y })) box.setAttribute(name, value);
    };
    stage.onpointerup = (up) => {
      stage.onpointerup = null;
      const [[left, right], [top, bottom]] = edges(toShare(up));
      const isDrawn = right - left > SMALLEST && bottom - top > SMALLEST;
      end(isDrawn ? [left, top, right, bottom] : null);
    };
  };
}

function svgElement(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const share = (value) => Math.min(Math.max(value, 0), 1);
