// Two ranked lists beside each other. An image that is in both shows its place in the other list and, while it is
// pointed at, where that is. Data only ever becomes text and attributes.

const boards = new WeakMap();

export default function render({ data, parentElement, setTriggerValue }) {
  let board = boards.get(parentElement);
  if (!board) {
    board = { root: make("div", "lists"), told: "", items: new Map() };
    listen(board);
    parentElement.append(board.root);
    boards.set(parentElement, board);
  }
  board.trigger = setTriggerValue;
  const told = JSON.stringify(data);
  if (told === board.told) return;
  board.told = told;
  fill(board, data);
}

function make(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}

function text(tag, name, words) {
  const element = make(tag, name);
  element.textContent = words;
  return element;
}

function fill(board, data) {
  const { root } = board;
  board.items.clear();
  root.style.setProperty("--tile", `${data.width}px`);
  root.style.setProperty("--frame", String(data.frame));
  root.replaceChildren(...data.lists.map((list, side) => listOf(board, list, side)));
}

function listOf(board, list, side) {
  const section = make("section", "side", { "aria-label": list.name });
  const items = make("ol", "list");
  for (const [id, src, width, height, alt, rank, other, score] of list.images) {
    const named = other === null ? "only in this list" : `number ${other} in the other list`;
    const item = make("button", other === null ? "item only" : "item both", {
      type: "button", title: [alt, score].filter(Boolean).join(", "), "aria-label": `${rank}: ${alt}, ${named}`,
    });
    const picture = make("span", "picture");
    const image = make("img", "", { loading: "lazy", decoding: "async", alt: "", width, height, src });
    image.addEventListener("error", () => picture.classList.add("broken"));
    picture.append(image, text("span", "missing", id));
    const line = make("span", "line");
    line.append(text("span", "rank", String(rank)), text("span", "other", other === null ? "only here" : `⇄ ${other}`));
    item.append(picture, line);
    item.dataset.side = side;
    item.dataset.rank = rank;
    if (other !== null) item.dataset.other = other;
    item.dataset.id = id;
    board.items.set(`${side} ${rank}`, item);
    const place = make("li");
    place.append(item);
    items.append(place);
  }
  section.append(text("h3", "name", list.name), text("p", "about", list.about), items);
  if (!list.images.length) section.append(text("p", "none", "No image matches."));
  return section;
}

function listen(board) {
  const twin = (event) => {
    for (const item of board.root.querySelectorAll(".twin")) item.classList.remove("twin");
    const item = event.target.closest?.(".item");
    if (!item || item.dataset.other === undefined || event.type === "focusout" || event.type === "pointerleave") return;
    item.classList.add("twin");
    board.items.get(`${1 - item.dataset.side} ${item.dataset.other}`)?.classList.add("twin");
  };
  for (const type of ["pointerover", "pointerleave", "focusin", "focusout"]) board.root.addEventListener(type, twin);
  board.root.addEventListener("click", (event) => {
    const item = event.target.closest(".item");
    if (item) board.trigger("opened", `${item.dataset.side}:${item.dataset.id}`);
  });
}
