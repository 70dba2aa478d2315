// Follows the chart of the map: a card with the picture of the point under the mouse, and what is drawn or clicked as
// numbered turns, which are sent again until their number has come back. Data only ever becomes text and attributes.

const MOST_CORNERS = 400;
const EVERY_MS = 250;
const GAP = 14;
const views = new WeakMap();

export default function render({ data, parentElement, setStateValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = { root: make("div", "map"), card: card(), data, pending: [], turn: 0, emitter: null, told: false, begun: null };
    view.root.append(view.card.box);
    parentElement.append(view.root);
    views.set(parentElement, view);
    view.timer = setInterval(() => follow(view, parentElement), EVERY_MS);
  }
  view.data = data;
  view.setState = setStateValue;
  view.pending = view.pending.filter((turn) => turn.turn > data.turn);
  view.turn = Math.max(view.turn, data.turn);
  hide(view);
  follow(view, parentElement);
  if (!view.told && !hasWebgl()) {
    view.told = true;
    send(view, { webgl: false });
  }
}

function make(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}

function card() {
  const box = make("div", "card", { role: "status", hidden: "" });
  const image = make("img", "", { alt: "", decoding: "async", draggable: "false" });
  const caption = make("div", "caption");
  const label = make("div", "label");
  image.addEventListener("load", () => image.classList.add("seen"));
  image.addEventListener("error", () => image.classList.add("broken"));
  box.append(image, caption, label);
  return { box, image, caption, label };
}

function hasWebgl() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
}

// The chart may be made anew at any time; then it has another emitter of events.
function follow(view, parentElement) {
  if (!parentElement.isConnected) return clearInterval(view.timer);
  const plot = document.querySelector(`.st-key-${view.data.plot} .js-plotly-plot`);
  if (!plot || !plot.on || plot._ev === view.emitter) return;
  view.emitter = plot._ev;
  plot.on("plotly_hover", (event) => show(view, event));
  plot.on("plotly_unhover", () => hide(view));
  plot.on("plotly_relayouting", () => hide(view));
  plot.on("plotly_selecting", () => selecting(view, plot));
  plot.on("plotly_selected", (event) => drawn(view, plot, event));
  plot.on("plotly_click", (event) => opened(view, event));
}

function pointOf(view, event) {
  const point = event?.points?.[0];
  if (!point) return null;
  const found = view.data.traces[point.curveNumber]?.[point.pointNumber];
  if (!found) return null;
  const [before, after] = view.data.link;
  const address = `${before}${encodeURIComponent(found[0])}${after}${found[3] ? `&s=${found[3]}` : ""}`;
  return { found, address };
}

function show(view, event) {
  const point = pointOf(view, event);
  if (!point) return hide(view);
  const [id, caption, label] = point.found;
  const { box, image } = view.card;
  if (image.getAttribute("src") !== point.address) {
    image.classList.remove("seen", "broken");
    image.setAttribute("src", point.address);
  }
  view.card.caption.textContent = caption || id;
  view.card.label.textContent = label;
  box.hidden = false;
  const mouse = event.event ?? { clientX: 0, clientY: 0 };
  const { width, height } = box.getBoundingClientRect();
  const right = mouse.clientX + GAP + width < window.innerWidth;
  const below = mouse.clientY + GAP + height < window.innerHeight;
  box.style.left = `${Math.max(4, right ? mouse.clientX + GAP : mouse.clientX - GAP - width)}px`;
  box.style.top = `${Math.max(4, below ? mouse.clientY + GAP : mouse.clientY - GAP - height)}px`;
}

function hide(view) {
  view.card.box.hidden = true;
}

// An area belongs to the map that was there when it was begun.
function selecting(view, plot) {
  hide(view);
  view.begun ??= mapOf(plot);
}

function mapOf(plot) {
  return plot.layout?.meta?.map ?? "";
}

function drawn(view, plot, event) {
  hide(view);
  const map = view.begun ?? mapOf(plot);
  view.begun = null;
  if (!event) return;
  let { x, y } = event.lassoPoints ?? {};
  if (event.range) {
    const [[left, right], [bottom, top]] = [event.range.x, event.range.y];
    [x, y] = [[left, right, right, left], [bottom, bottom, top, top]];
  }
  if (!Array.isArray(x) || !Array.isArray(y) || x.length < 3) return;
  const step = Math.max(1, Math.ceil(x.length / MOST_CORNERS));
  const kept = (values) => values.filter((_, place) => place % step === 0);
  send(view, { x: kept(x), y: kept(y), map });
}

function opened(view, event) {
  const point = pointOf(view, event);
  if (!point) return;
  hide(view);
  send(view, { opened: point.found[0] });
}

function send(view, what) {
  view.turn += 1;
  view.pending.push({ turn: view.turn, ...what });
  view.setState("turns", [...view.pending]);
}
