// The gallery in the browser: tiles are made once per id and changed in place; data only ever becomes text and
// attributes. What a person does is shown at once and numbered, and data that is older than that is not shown.

const ICON = [
  "M21 11V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4.5",
  "M4 16l4.5-5 3 3.2",
  "M16.5 20a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  "M19 19l3 3",
];
const HELP = "Arrow keys move, Enter opens, Space selects, M finds more like this";
const galleries = new WeakMap();

export default function render({ data, parentElement, setStateValue, setTriggerValue }) {
  let wall = galleries.get(parentElement);
  if (!wall) {
    wall = hang(parentElement);
    galleries.set(parentElement, wall);
  }
  wall.setState = setStateValue;
  wall.setTrigger = setTriggerValue;
  update(wall, data);
}

function make(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function icon() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const line of ICON) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

function hang(root) {
  const grid = make("div", "gallery", { role: "grid", "aria-label": "Images", "aria-description": HELP });
  const wall = {
    root, grid, tiles: new Map(), order: [], selected: new Set(), turn: 0, active: null, anchor: null, selectable: true,
  };
  grid.addEventListener("click", (event) => onClick(wall, event));
  grid.addEventListener("change", (event) => onCheck(wall, event));
  grid.addEventListener("keydown", (event) => onKey(wall, event));
  grid.addEventListener("focusin", (event) => activate(wall, idOf(wall, event.target)));
  root.append(grid);
  return wall;
}

function makeTile() {
  const row = make("div", "tile", { role: "row", tabindex: "-1" });
  const picture = make("div", "picture", { role: "gridcell" });
  const image = make("img", "", { loading: "lazy", decoding: "async", draggable: "false" });
  const missing = make("span", "missing");
  const caption = make("div", "caption", { role: "gridcell" });
  const score = make("div", "score", { role: "gridcell" });
  const controls = make("div", "controls", { role: "gridcell" });
  const similar = make("button", "similar", { type: "button", title: "More like this", tabindex: "-1" });
  const label = make("label", "check", { title: "Select" });
  const check = make("input", "", { type: "checkbox", tabindex: "-1" });
  image.addEventListener("error", () => picture.classList.add("broken"));
  image.addEventListener("load", () => picture.classList.remove("broken"));
  similar.append(icon());
  label.append(check);
  picture.append(image, missing);
  controls.append(similar, label);
  row.append(picture, caption, score, controls);
  return { row, picture, image, missing, caption, score, similar, check };
}

function fill(tile, [id, src, width, height, caption, alt, score]) {
  tile.row.dataset.id = id;
  tile.row.setAttribute("aria-label", [alt || caption || id, score].filter(Boolean).join(", "));
  tile.image.width = width;
  tile.image.height = height;
  tile.image.alt = alt;
  if (tile.image.getAttribute("src") !== src) {
    tile.picture.classList.remove("broken");
    tile.image.setAttribute("src", src);
  }
  write(tile.missing, id);
  write(tile.caption, caption);
  write(tile.score, score);
  tile.score.title = score;
  tile.caption.title = caption;
  tile.similar.setAttribute("aria-label", `More like ${caption || id}`);
  tile.check.setAttribute("aria-label", `Select ${caption || id}`);
}

function update(wall, data) {
  const { grid, root } = wall;
  const focused = root.activeElement;
  const place = wall.order.indexOf(wall.active);
  grid.style.setProperty("--tile", `${data.width}px`);
  grid.style.setProperty("--frame", String(data.frame));
  grid.classList.toggle("scored", data.tiles.some((tile) => tile[6]));
  grid.classList.toggle("selectable", data.selectable);
  grid.setAttribute("aria-multiselectable", String(data.selectable));
  grid.setAttribute("aria-rowcount", String(data.tiles.length));
  wall.selectable = data.selectable;
  wall.order = data.tiles.map((tile) => tile[0]);
  const kept = new Set(wall.order);
  for (const [id, tile] of wall.tiles) {
    if (kept.has(id)) continue;
    tile.row.remove();
    wall.tiles.delete(id);
  }
  data.tiles.forEach((entry, index) => {
    let tile = wall.tiles.get(entry[0]);
    if (!tile) wall.tiles.set(entry[0], (tile = makeTile()));
    fill(tile, entry);
    tile.row.setAttribute("aria-rowindex", String(index + 1));
    if (grid.children[index] !== tile.row) grid.insertBefore(tile.row, grid.children[index] ?? null);
  });
  if (data.turn >= wall.turn) {
    wall.turn = data.turn;
    wall.selected = new Set(data.selected);
  }
  showSelection(wall);
  if (!kept.has(wall.anchor)) wall.anchor = null;
  activate(wall, kept.has(wall.active) ? wall.active : wall.order[Math.min(Math.max(place, 0), wall.order.length - 1)]);
  if (focused && root.activeElement !== focused) {
    (focused.isConnected ? focused : wall.tiles.get(wall.active)?.row)?.focus({ preventScroll: true });
  }
}

function showSelection(wall) {
  wall.grid.classList.toggle("selecting", wall.selectable && wall.selected.size > 0);
  for (const [id, tile] of wall.tiles) {
    const on = wall.selectable && wall.selected.has(id);
    if (wall.selectable) tile.row.setAttribute("aria-selected", String(on));
    else tile.row.removeAttribute("aria-selected");
    tile.check.checked = on;
  }
}

function activate(wall, id) {
  if (id === undefined || id === null) return;
  for (const [other, on] of [[wall.active, false], [id, true]]) {
    const tile = wall.tiles.get(other);
    if (!tile) continue;
    for (const part of [tile.row, tile.similar, tile.check]) part.tabIndex = on ? 0 : -1;
  }
  wall.active = id;
}

function idOf(wall, target) {
  const row = target.closest(".tile");
  return row ? row.dataset.id : null;
}

function select(wall, ids, on) {
  for (const id of ids) on ? wall.selected.add(id) : wall.selected.delete(id);
  showSelection(wall);
  wall.turn += 1;
  wall.setState("turns", [{ turn: wall.turn, selected: [...wall.selected] }]);
}

function pick(wall, id, extend) {
  const from = extend ? wall.order.indexOf(wall.anchor) : -1;
  const to = wall.order.indexOf(id);
  const on = !wall.selected.has(id);
  if (from >= 0) select(wall, wall.order.slice(Math.min(from, to), Math.max(from, to) + 1), true);
  else select(wall, [id], on);
  wall.anchor = id;
}

function onClick(wall, event) {
  const id = idOf(wall, event.target);
  if (id === null) return;
  if (event.target.closest(".similar")) return wall.setTrigger("similar", id);
  if (event.target.closest(".check")) {
    if (event.target.tagName === "INPUT") wall.extend = event.shiftKey;
    return;
  }
  wall.tiles.get(id).row.focus({ preventScroll: true });
  if (wall.selectable && (event.shiftKey || event.ctrlKey || event.metaKey)) pick(wall, id, event.shiftKey);
  else wall.setTrigger("opened", id);
}

function onCheck(wall, event) {
  const id = idOf(wall, event.target);
  if (id !== null) pick(wall, id, wall.extend);
  wall.extend = false;
}

function columns(wall) {
  const rows = [...wall.grid.children];
  const next = rows.findIndex((row) => row.offsetTop > rows[0].offsetTop);
  return next < 0 ? rows.length : next;
}

function steps(wall, key, index) {
  const last = wall.order.length - 1;
  const across = columns(wall);
  const to = {
    ArrowRight: index + 1, ArrowLeft: index - 1, ArrowDown: index + across, ArrowUp: index - across, Home: 0, End: last,
  }[key];
  return to === undefined ? null : to < 0 || to > last ? index : to;
}

function onKey(wall, event) {
  const id = idOf(wall, event.target);
  if (id === null || event.altKey) return;
  const command = event.ctrlKey || event.metaKey;
  const onRow = event.target.classList.contains("tile");
  const to = command ? null : steps(wall, event.key, wall.order.indexOf(id));
  if (to !== null) wall.tiles.get(wall.order[to]).row.focus();
  else if (command && event.key.toLowerCase() === "a" && wall.selectable) select(wall, wall.order, true);
  else if (command) return;
  else if (event.key === "Enter" && onRow) wall.setTrigger("opened", id);
  else if (event.key === " " && onRow && wall.selectable) pick(wall, id, event.shiftKey);
  else if (event.key.toLowerCase() === "m") wall.setTrigger("similar", id);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
