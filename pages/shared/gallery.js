// Draws what `gallery.show` sends: a list of tiles, each a button that opens its picture, with marks below.
function element(name, attributes = {}, text = null) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
}

// A name that breaks before its underscores and dots, rather than anywhere.
function named(title) {
  const made = element("span", { class: "title" });
  made.append(...title.split(/(?=[_.])/).flatMap((part) => [document.createElement("wbr"), part]));
  return made;
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const list = parentElement.querySelector(".tiles");
  const focused = parentElement.querySelector(":focus")?.getAttribute("data-key");
  list.setAttribute("aria-label", data.label);
  list.replaceChildren();
  for (const tile of data.tiles) {
    const item = element("li", { class: "tile" });
    const open = element("button", { class: "open", type: "button", "data-key": `open ${tile.key}` });
    const frame = element("span", { class: "frame" });
    if (tile.source) frame.append(element("img", { src: tile.source, alt: "", loading: "lazy", decoding: "async" }));
    else frame.append(element("span", { class: "none" }, "No picture here"));
    open.append(frame, named(tile.title));
    for (const [text, bad] of tile.notes) open.append(element("span", { class: bad ? "note bad" : "note" }, text));
    open.addEventListener("click", () => setTriggerValue("open", tile.key));
    item.append(open);
    if (data.marks.length) {
      const marks = element("div", { class: "marks", role: "group", "aria-label": `Marks of ${tile.title}` });
      for (const [name, title] of data.marks) {
        const pressed = String(tile.mark === name);
        const mark = element("button", { class: "mark", type: "button", "aria-pressed": pressed, "data-key": `${name} ${tile.key}` }, title);
        mark.addEventListener("click", () => setTriggerValue("mark", [tile.key, pressed === "true" ? null : name]));
        marks.append(mark);
      }
      item.append(marks);
    }
    list.append(item);
  }
  if (focused) [...parentElement.querySelectorAll("[data-key]")].find((each) => each.getAttribute("data-key") === focused)?.focus();
}
