// The facets in the browser. Data only ever becomes text and attributes. What a person does is shown at once and sent
// as numbered turns; a turn is sent again until its number has come back, and older data does not undo it. What is open,
// shown in full or searched for is remembered per facet as long as the page lives. Rows keep still while the pointer or
// the focus is on them: they are sorted again afterwards.

const SHORT = 7;
const SEARCHED = 12;
const OPEN = 3;
const lists = new WeakMap();
const memory = new Map();
let lastId = 0;

export default function render({ data, parentElement, setStateValue }) {
  let list = lists.get(parentElement);
  if (!list) {
    list = { root: make("div", "facets"), groups: new Map(), pending: [], turn: 0 };
    parentElement.append(list.root);
    lists.set(parentElement, list);
  }
  list.setState = setStateValue;
  update(list, data);
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

function update(list, data) {
  list.pending = list.pending.filter((turn) => turn.turn > data.turn);
  list.turn = Math.max(list.turn, data.turn);
  const kept = new Set(data.facets.map((facet) => facet.column));
  for (const [column, group] of list.groups) {
    if (kept.has(column)) continue;
    group.box.remove();
    list.groups.delete(column);
  }
  data.facets.forEach((facet, index) => {
    let group = list.groups.get(facet.column);
    if (!group) {
      const place = JSON.stringify([data.key, facet.column]);
      if (!memory.has(place)) memory.set(place, { open: index < OPEN || facet.chosen.length + facet.excluded.length > 0, full: false, search: "" });
      group = makeGroup(list, facet.column, memory.get(place));
      list.groups.set(facet.column, group);
    }
    if (list.root.children[index] !== group.box) list.root.insertBefore(group.box, list.root.children[index] ?? null);
    const waiting = list.pending.filter((turn) => turn.column === facet.column).at(-1);
    group.facet = facet;
    group.chosen = new Set(waiting ? waiting.chosen : facet.chosen);
    group.excluded = new Set(waiting ? waiting.excluded : facet.excluded);
    show(group);
  });
}

function makeGroup(list, column, kept) {
  const body = `facet-${(lastId += 1)}`;
  const group = {
    kept, chosen: new Set(), excluded: new Set(), rows: new Map(), order: [], facet: null,
    box: make("fieldset", "facet"),
    legend: make("legend", "unseen"),
    head: make("div", "head"),
    toggle: make("button", "toggle", { type: "button", "aria-controls": body }),
    name: make("span", "name"),
    summary: make("span", "summary"),
    clear: make("button", "clear", { type: "button" }),
    body: make("div", "body", { id: body }),
    search: make("input", "search", { type: "search", placeholder: "Find a value", autocomplete: "off", spellcheck: "false" }),
    values: make("div", "values"),
    note: make("p", "note", { "aria-live": "polite" }),
    more: make("button", "more", { type: "button" }),
  };
  group.clear.textContent = "Clear";
  group.search.value = kept.search;
  group.toggle.append(chevron(), group.name, group.summary);
  group.head.append(group.toggle, group.clear);
  group.body.append(group.search, group.values, group.note, group.more);
  group.box.append(group.legend, group.head, group.body);
  group.send = (chosen, excluded) => send(list, group, column, chosen, excluded);
  listen(group);
  return group;
}

function chevron() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M9 6l6 6-6 6");
  svg.append(path);
  return svg;
}

function listen(group) {
  const { kept } = group;
  group.toggle.addEventListener("click", () => {
    kept.open = !kept.open;
    show(group, true);
  });
  group.more.addEventListener("click", () => {
    kept.full = !kept.full;
    if (!kept.full) kept.search = group.search.value = "";
    show(group, true);
  });
  group.search.addEventListener("input", () => {
    kept.search = group.search.value;
    show(group, true);
  });
  group.search.addEventListener("keydown", (event) => event.stopPropagation());
  group.clear.addEventListener("click", () => {
    group.send([], []);
    group.toggle.focus();
  });
  group.values.addEventListener("pointerleave", () => show(group));
  group.values.addEventListener("focusout", (event) => {
    if (!group.values.contains(event.relatedTarget)) show(group);
  });
}

function send(list, group, column, chosen, excluded) {
  list.turn += 1;
  list.pending.push({ turn: list.turn, column, chosen: [...chosen], excluded: [...excluded] });
  group.chosen = new Set(chosen);
  group.excluded = new Set(excluded);
  show(group);
  list.setState("turns", list.pending);
}

function held(group) {
  return group.values.matches(":hover") || group.values.querySelector(":focus-visible") !== null;
}

function keyOf(value) {
  return JSON.stringify(value);
}

function nameOf(value) {
  return value === null ? "Missing" : value === "" ? "Empty" : value;
}

function number(count) {
  return count.toLocaleString("en-US");
}

function listed(group, again) {
  const { facet, kept } = group;
  const values = new Map(facet.values.map((entry) => [keyOf(entry[0]), entry]));
  const still = !again && held(group) && group.order.every((key) => values.has(key));
  const keys = still ? [...group.order, ...[...values.keys()].filter((key) => !group.order.includes(key))] : [...values.keys()];
  group.order = keys;
  const long = keys.length > SHORT;
  const wanted = kept.search.trim().toLowerCase();
  if (!long || !kept.full) return { long, values, keys: still && group.shown ? group.shown : keys.slice(0, enough(group, keys)) };
  return { long, values, keys: wanted ? keys.filter((key) => nameOf(values.get(key)[0]).toLowerCase().includes(wanted)) : keys };
}

function enough(group, keys) {
  return Math.max(SHORT, keys.filter((key) => marked(group, JSON.parse(key))).length);
}

function marked(group, value) {
  return group.chosen.has(value) || group.excluded.has(value);
}

function show(group, again = false) {
  const { facet, kept, chosen, excluded } = group;
  const { long, values, keys } = listed(group, again);
  const most = Math.max(1, ...facet.values.map((entry) => entry[2]));
  write(group.legend, facet.label);
  write(group.name, facet.label);
  const told = [];
  if (chosen.size) told.push(`${number(chosen.size)} chosen`);
  if (excluded.size) told.push(`${number(excluded.size)} left out`);
  write(group.summary, told.join(", ") || number(facet.distinct));
  group.summary.classList.toggle("on", told.length > 0);
  group.clear.hidden = told.length === 0;
  group.clear.setAttribute("aria-label", `Clear ${facet.label}`);
  group.toggle.setAttribute("aria-expanded", String(kept.open));
  group.body.hidden = !kept.open;
  group.search.hidden = !(kept.full && facet.values.length > SEARCHED);
  group.search.setAttribute("aria-label", `Find a value of ${facet.label}`);
  group.values.classList.toggle("full", long && kept.full);
  group.more.hidden = !long;
  write(group.more, kept.full ? "Show fewer" : `Show all ${number(facet.distinct)}`);
  write(group.note, note(group, keys.length));
  group.note.hidden = !group.note.textContent;
  group.shown = keys;
  const wanted = new Set(keys);
  for (const [key, row] of group.rows) {
    if (wanted.has(key)) continue;
    row.label.remove();
    group.rows.delete(key);
  }
  keys.forEach((key, index) => {
    let row = group.rows.get(key);
    if (!row) group.rows.set(key, (row = makeRow(group, values.get(key)[0])));
    fill(row, values.get(key), group, most);
    if (group.values.children[index] !== row.label) {
      group.values.insertBefore(row.label, group.values.children[index] ?? null);
    }
  });
}

function note(group, count) {
  const { facet, kept } = group;
  if (!kept.full) return "";
  if (!count) return "No value has these letters.";
  const rest = facet.distinct - facet.values.length;
  return rest > 0 ? `The ${number(facet.values.length)} most frequent of ${number(facet.distinct)} values.` : "";
}

function makeRow(group, value) {
  const row = {
    label: make("label", "value"),
    check: make("input", "", { type: "checkbox" }),
    name: make("span", "name"),
    count: make("span", "count"),
    bar: make("span", "bar", { "aria-hidden": "true" }),
    out: make("button", "out", { type: "button" }),
  };
  write(row.name, nameOf(value));
  row.name.title = nameOf(value);
  row.name.classList.toggle("nothing", value === null || value === "");
  row.out.setAttribute("aria-label", `Leave out ${nameOf(value)}`);
  row.out.title = "Leave out";
  row.label.append(row.check, row.name, row.out, row.count, row.bar);
  row.check.addEventListener("change", () => {
    const [chosen, excluded] = [new Set(group.chosen), new Set(group.excluded)];
    if (!excluded.delete(value)) row.check.checked ? chosen.add(value) : chosen.delete(value);
    group.send(chosen, excluded);
  });
  row.out.addEventListener("click", (event) => {
    event.preventDefault();
    const [chosen, excluded] = [new Set(group.chosen), new Set(group.excluded)];
    chosen.delete(value);
    excluded.has(value) ? excluded.delete(value) : excluded.add(value);
    group.send(chosen, excluded);
  });
  return row;
}

function fill(row, [value, count, total], { chosen, excluded }, most) {
  row.check.checked = chosen.has(value);
  row.check.indeterminate = excluded.has(value);
  row.out.setAttribute("aria-pressed", String(excluded.has(value)));
  row.label.classList.toggle("off", excluded.has(value));
  write(row.count, number(count));
  row.count.title = count === total ? "" : `${number(count)} of ${number(total)}`;
  row.label.classList.toggle("none", count === 0);
  row.label.classList.toggle("on", chosen.has(value));
  row.bar.style.setProperty("--count", String(count / most));
  row.bar.style.setProperty("--total", String(total / most));
}
