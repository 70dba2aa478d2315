// The filter as a line to type and as chips to change. Data only ever becomes text and attributes. What a person does is
// sent as numbered turns; a turn is sent again until its number has come back. What may be typed next is asked of the
// server while typing; a late answer to an older text is dropped.

const bars = new WeakMap();
const WAIT_MS = 90;
const WORDS = { all: "and", some: "or" };
let lastId = 0;

export default function render({ data, parentElement, setStateValue }) {
  let bar = bars.get(parentElement);
  if (!bar) {
    bar = build(parentElement);
    bars.set(parentElement, bar);
  }
  bar.setState = setStateValue;
  update(bar, data);
}

function make(tag, name, attributes = {}, text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  if (text) element.textContent = text;
  return element;
}

function button(name, text, label, run) {
  const element = make("button", name, { type: "button" }, text);
  if (label) {
    element.setAttribute("aria-label", label);
    element.title = label;
  }
  element.addEventListener("click", (event) => {
    event.stopPropagation();
    run();
  });
  return element;
}

function build(root) {
  const bar = { root, pending: [], turn: 0, data: null, shownText: null, signature: null };
  bar.box = make("div", "querybar");
  bar.entry = entry(bar, "Filter, as text", (text) => send(bar, { op: "text", text }));
  bar.error = make("div", "error", { role: "alert" });
  bar.chips = make("div", "chips", { role: "group", "aria-label": "Conditions" });
  bar.box.append(bar.entry.box, bar.error, bar.chips);
  root.append(bar.box);
  root.ownerDocument.addEventListener("pointerdown", (event) => {
    if (bar.editor && !event.composedPath().includes(bar.editor.box)) closeEditor(bar);
  });
  return bar;
}

function send(bar, act) {
  bar.turn += 1;
  bar.pending.push({ turn: bar.turn, ...act });
  closeEditor(bar);
  bar.box.classList.add("waiting");
  bar.setState("turns", bar.pending);
}

function update(bar, data) {
  bar.pending = bar.pending.filter((turn) => turn.turn > data.turn);
  bar.turn = Math.max(bar.turn, data.turn);
  bar.data = data;
  bar.entry.input.placeholder = data.example ? `Filter as text: ${data.example}` : "Filter as text";
  bar.box.classList.toggle("waiting", bar.pending.length > 0);
  if (bar.shownText !== data.text || data.error) {
    bar.entry.input.value = data.text;
    bar.shownText = data.text;
  }
  showError(bar.error, data.error);
  const signature = JSON.stringify(data.tree);
  if (signature === bar.signature) return;
  bar.signature = signature;
  closeEditor(bar);
  bar.chips.replaceChildren(...group(bar, data.tree, [], true));
  bar.chips.hidden = data.tree.children.length === 0;
}

function showError(place, error) {
  place.hidden = !error;
  place.replaceChildren();
  if (!error) return;
  place.append(make("strong", "", {}, error.title));
  if (error.pointed) place.append(make("pre", "", {}, error.pointed));
  for (const line of [error.detail, error.hint]) if (line) place.append(make("span", "", {}, line));
}

function group(bar, node, path, root) {
  const parts = [];
  node.children.forEach((child, number) => {
    if (number > 0) {
      const word = WORDS[node.kind];
      const other = word === "and" ? "or" : "and";
      parts.push(button("word", word, `${word}: change to ${other}`, () => send(bar, { op: "turn", path })));
    }
    parts.push(chip(bar, child, [...path, number]));
  });
  const add = button("add", root ? "Add a condition" : "+", root ? "" : "Add a condition to this group", () =>
    openEditor(bar, add, "", "Add", (text) => send(bar, { op: "add", path, text })),
  );
  parts.push(add);
  return parts;
}

function chip(bar, node, path) {
  if (node.kind === "all" || node.kind === "some") {
    if (node.children.length === 1) return chip(bar, node.children[0], [...path, 0]);
    const box = make("span", "group", { role: "group", "aria-label": node.words });
    box.append(...group(bar, node, path, false), remove(bar, path, node.words));
    return box;
  }
  if (node.kind === "not") {
    const inner = chip(bar, node.children[0], [...path, 0]);
    const box = make("span", "not", { role: "group", "aria-label": node.words });
    const off = button("word", "not", "not: take this away", () => send(bar, { op: "negate", path }));
    box.append(off, inner);
    return box;
  }
  const box = make("span", "chip");
  const open = button("words", node.words, "", () =>
    openEditor(bar, box, node.text, "Apply", (text) => send(bar, { op: "replace", path, text }), [
      ["Not", "The opposite of this condition", () => send(bar, { op: "negate", path })],
      ["Or …", "Add another condition that will do as well", () =>
        openEditor(bar, box, "", "Add", (text) => send(bar, { op: "alternative", path, text }))],
    ]),
  );
  open.title = node.text;
  open.addEventListener("keydown", (event) => {
    if (event.key === "Delete" || event.key === "Backspace") send(bar, { op: "remove", path });
  });
  box.append(open, remove(bar, path, node.words));
  return box;
}

function remove(bar, path, words) {
  return button("remove", "×", `Remove: ${words}`, () => send(bar, { op: "remove", path }));
}

function openEditor(bar, beside, text, word, apply, more = []) {
  closeEditor(bar);
  const box = make("div", "editor", { role: "dialog", "aria-label": "Condition" });
  const line = entry(bar, "Condition, as text", apply, word);
  line.input.placeholder = bar.data.example;
  line.input.value = text;
  box.append(line.box);
  if (more.length) {
    const row = make("div", "more");
    for (const [name, about, run] of more) {
      const choice = button("plain", name, "", run);
      choice.title = about;
      row.append(choice);
    }
    box.append(row);
  }
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      closeEditor(bar);
      beside.querySelector?.("button")?.focus();
    }
  });
  bar.editor = { box };
  bar.chips.hidden = false;
  bar.chips.append(box);
  line.input.focus();
  line.input.select();
}

function closeEditor(bar) {
  bar.editor?.box.remove();
  bar.editor = null;
}

function entry(bar, label, apply, word = "Apply") {
  const list = `options-${(lastId += 1)}`;
  const box = make("div", "entry");
  const input = make("input", "", {
    type: "text", "aria-label": label, role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": list, autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go",
  });
  const options = make("ul", "options", { role: "listbox", id: list });
  options.hidden = true;
  const state = { bar, input, options, box, found: [], chosen: -1, start: 0, asked: 0, timer: 0 };
  input.addEventListener("input", () => askSoon(state));
  input.addEventListener("focus", () => input.value || askSoon(state));
  input.addEventListener("blur", () => setTimeout(() => close(state), 150));
  input.addEventListener("keydown", (event) => onKey(state, event, apply));
  box.append(input, button("apply", word, "", () => apply(input.value)), options);
  return { box, input };
}

function onKey(state, event, apply) {
  event.stopPropagation();
  const open = !state.options.hidden;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open) return askSoon(state);
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(state, (state.chosen + step + state.found.length) % state.found.length);
  } else if (event.key === "Tab" && open && state.found.length) {
    event.preventDefault();
    take(state, Math.max(0, state.chosen));
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (open && state.chosen >= 0) take(state, state.chosen);
    else {
      close(state);
      apply(state.input.value);
    }
  } else if (event.key === "Escape" && open) {
    event.preventDefault();
    event.stopImmediatePropagation();
    close(state);
  }
}

function askSoon(state) {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => ask(state), WAIT_MS);
}

async function ask(state) {
  const { input, bar } = state;
  const number = (state.asked += 1);
  const address = new URL(bar.data.complete, location.href);
  address.searchParams.set("text", input.value);
  address.searchParams.set("position", String([...input.value.slice(0, input.selectionStart)].length));
  try {
    const answer = await fetch(address);
    const told = answer.ok ? await answer.json() : { options: [], start: 0 };
    if (number !== state.asked || input.getRootNode().activeElement !== input) return;
    show(state, told);
  } catch {
    close(state);
  }
}

function show(state, told) {
  state.found = told.options;
  state.start = told.start;
  state.chosen = -1;
  state.options.replaceChildren(
    ...told.options.map((text, place) => {
      const option = make("li", "", { role: "option", id: `${state.options.id}-${place}` }, text);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(state, place);
      });
      return option;
    }),
  );
  state.options.hidden = told.options.length === 0;
  state.input.setAttribute("aria-expanded", String(!state.options.hidden));
}

function mark(state, place) {
  state.chosen = place;
  [...state.options.children].forEach((option, number) => {
    option.setAttribute("aria-selected", String(number === place));
    if (number === place) {
      state.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  });
}

function take(state, place) {
  const { input } = state;
  const letters = [...input.value];
  const position = [...input.value.slice(0, input.selectionStart)].length;
  const front = letters.slice(0, state.start).join("") + state.found[place];
  input.value = front + letters.slice(position).join("");
  input.setSelectionRange(front.length, front.length);
  input.focus();
  askSoon(state);
}

function close(state) {
  clearTimeout(state.timer);
  state.asked += 1;
  state.options.hidden = true;
  state.chosen = -1;
  state.input.setAttribute("aria-expanded", "false");
  state.input.removeAttribute("aria-activedescendant");
}
