// Draws what `marked.show` sends: pictures with boxes, a table of the same places, and the light between them.
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, text = null, space = null) {
  const made = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
}

function place(box, index, frame) {
  const [width, height] = frame, [x, y, w, h] = box, gap = 0.008 * width;
  const group = element("g", { class: "place", "data-place": index }, null, SVG);
  const outline = { x: x - gap, y: y - gap, width: w + 2 * gap, height: h + 2 * gap };
  group.append(element("rect", { class: "under", ...outline }, null, SVG));
  group.append(element("rect", { class: "over", ...outline }, null, SVG));
  const size = 0.04 * width, tag = { width: (0.5 + 0.6 * String(index + 1).length) * size, height: 1.15 * size };
  const left = Math.min(Math.max(x - gap, 0), width - tag.width);
  const above = y - 2 * gap - tag.height, top = above > 0 ? above : Math.min(y + h + 2 * gap, height - tag.height);
  group.append(element("rect", { class: "tag", x: left, y: top, ...tag }, null, SVG));
  const middle = { x: left + tag.width / 2, y: top + tag.height / 2, "text-anchor": "middle" };
  const style = { class: "number", "dominant-baseline": "central", "font-size": size };
  group.append(element("text", { ...middle, ...style }, String(index + 1), SVG));
  return group;
}

export default function (component) {
  const { parentElement, data } = component;
  const pictures = parentElement.querySelector(".pictures"), table = parentElement.querySelector(".table");
  pictures.replaceChildren();
  table.replaceChildren();
  const light = (index) => {
    for (const each of parentElement.querySelectorAll("[data-place]")) {
      const own = each.getAttribute("data-place") === String(index);
      each.classList.toggle("lit", own);
      each.classList.toggle("dim", index !== null && !own && each.tagName === "g");
    }
  };
  const watch = (target, index) => {
    target.addEventListener("mouseenter", () => light(index));
    target.addEventListener("mouseleave", () => light(null));
    target.addEventListener("focus", () => light(index));
    target.addEventListener("blur", () => light(null));
  };
  for (const { title, source, alt } of data.pictures) {
    const figure = element("figure"), frame = element("div", { class: "frame" });
    figure.append(element("figcaption", {}, title), frame);
    frame.append(element("img", { src: source, alt }));
    const view = { viewBox: `0 0 ${data.frame[0]} ${data.frame[1]}`, preserveAspectRatio: "none" };
    const drawing = element("svg", { ...view, "aria-hidden": "true" }, null, SVG);
    data.boxes.forEach((box, index) => {
      const group = place(box, index, data.frame);
      watch(group, index);
      drawing.append(group);
    });
    frame.append(drawing);
    pictures.append(figure);
  }
  if (!data.rows.length) {
    table.append(element("p", { class: "empty" }, data.empty));
    return;
  }
  const grid = element("table"), head = element("thead"), body = element("tbody"), titles = element("tr");
  grid.append(element("caption", {}, data.caption), head, body);
  head.append(titles);
  for (const title of data.columns) titles.append(element("th", { scope: "col" }, title));
  data.rows.forEach((cells, index) => {
    const row = element("tr", { tabindex: "0", "data-place": index });
    for (const cell of cells) row.append(element("td", {}, cell));
    watch(row, index);
    body.append(row);
  });
  table.append(grid);
}
