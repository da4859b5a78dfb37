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
