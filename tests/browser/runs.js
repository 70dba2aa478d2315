// Counts the runs that a page asks the server for, and says when the last one is over and drawn: see visits.py.
// "asked" tells apart any two moments between which a run was asked for, also by a page that was loaded anew;
// "awaited" means that the server has not begun to answer, "busy" that it has and the answer is not all drawn yet.
(() => {
  const numbers = FIELDS;
  const runs = { asked: `${performance.timeOrigin}`, awaited: true, busy: false, begun: 0, count: 0 };
  window.runs = runs;

  // The fields of a message by their numbers; of one that comes more than once, the last.
  function fields(bytes) {
    const found = new Map();
    let at = 0;
    const whole = () => {
      for (let value = 0, unit = 1; ; unit *= 128) {
        const byte = bytes[at++];
        value += (byte % 128) * unit;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const tag = whole();
      const kind = tag % 8;
      const size = kind === 0 ? whole() : kind === 2 ? whole() : kind === 1 ? 8 : 4;
      found.set(Math.floor(tag / 8), kind === 0 ? size : bytes.subarray(at, at + size));
      if (kind !== 0) at += size;
    }
    return found;
  }

  function said(message) {
    const state = fields(message).get(numbers.rerun_script);
    if (!state || fields(state).get(numbers.is_auto_rerun)) return; // what a clock asks for is not waited for
    runs.count += 1;
    runs.asked = `${performance.timeOrigin}-${runs.count}`;
    runs.awaited = true;
  }

  function heard(message) {
    const found = fields(message);
    if (found.has(numbers.new_session)) {
      runs.begun += 1;
      runs.awaited = false;
      runs.busy = true;
    } else if (found.has(numbers.script_finished)) {
      if (found.get(numbers.script_finished) !== numbers.FINISHED_EARLY_FOR_RERUN) drawn(runs.begun);
    }
  }

  // The page takes a message in at once and draws it a little later: before a second frame, or when it gets to it.
  function drawn(run) {
    const frame = window.requestAnimationFrame;
    frame(() => frame(() => requestIdleCallback(() => {
      if (run === runs.begun) runs.busy = false;
    }, { timeout: 5000 })));
  }

  window.WebSocket = class extends WebSocket {
    constructor(...where) {
      super(...where);
      this.addEventListener("message", (event) => heard(new Uint8Array(event.data)));
    }

    send(data) {
      said(data);
      super.send(data);
    }
  };
})();
