"use strict";
(() => {
  const byId = (name) => document.getElementById(name);

  // What somebody typed into the address may be no encoded name at all.
  const decoded = (name) => {
    try {
      return decodeURIComponent(name);
    } catch {
      return name;
    }
  };

  // A link to a case or a row shows it wherever it stands folded away.
  const reveal = (name) => {
    const target = name && byId(decoded(name));
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    if (target) target.scrollIntoView({ block: "nearest" });
  };
  const revealHash = () => reveal(location.hash.slice(1));
  addEventListener("hashchange", revealHash);
  revealHash();

  // A cell of the matrix opens its evidence on top of the page; without this script it is a link to it.
  const dialog = byId("shown");
  const open = (cell) => {
    const evidence = byId(cell.hash.slice(1));
    const copy = evidence.cloneNode(true);
    copy.removeAttribute("id");
    const row = cell.closest("tr").querySelector("th").textContent.trim();
    const summary = evidence.closest("details").querySelector("summary");
    const [backend, verdict] = [".backend", ".word"].map((part) => summary.querySelector(part).textContent);
    byId("shown-title").textContent = `${row} on ${backend}: ${verdict}`;
    byId("shown-link").hash = cell.hash.slice(1);
    const text = evidence.closest(".story").querySelector("details.text");
    byId("shown-body").replaceChildren(...[copy, text && text.cloneNode(true)].filter(Boolean));
    dialog.showModal();
    dialog.querySelector("button").focus();  // autofocus would complain where the page opens on a fragment
    byId("shown-body").scrollTop = 0;
  };
  byId("shown-link").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  const matrix = document.querySelector("table.matrix");
  matrix.addEventListener("click", (event) => {
    const cell = event.target.closest("td a");
    if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(cell);
  });

  // Arrow keys move between the cells of the matrix.
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  matrix.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const cell = event.target.closest("th, td");
    if (!step || !cell) return;
    const rows = [...matrix.rows];
    let [row, column] = [rows.indexOf(cell.parentElement), cell.cellIndex];
    for (;;) {
      row += step[0];
      column += step[1];
      const next = rows[row] && rows[row].cells[column];
      if (!rows[row] || column < 0 || column >= matrix.rows[0].cells.length) return;
      const link = next && next.querySelector("a");
      if (link) {
        link.focus();
        event.preventDefault();
        return;
      }
    }
  });

  // Charts are images until they come into view; then Vega draws them again, with tooltips.
  const packed = byId("packed");
  if (!packed || !window.DecompressionStream || !window.IntersectionObserver) return;
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  const tooltip = (handler, event, item, value) => {
    tip.hidden = value === null || value === undefined;
    tip.textContent = String(value);
    tip.style.left = `${Math.min(event.pageX + 12, scrollX + innerWidth - tip.offsetWidth - 12)}px`;
    tip.style.top = `${event.pageY + 16}px`;
  };
  // What charts are drawn by is packed, and is unpacked when the first one comes into view.
  const inflate = async (text) => {
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const run = (script) => new Promise((done, failed) => {
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
    if (!script.src) done();
  });
  const unpack = async () => {
    const [specs, runtime] = await Promise.all(packed.textContent.trim().split(" ").map(inflate));
    const script = document.createElement("script");
    if (packed.dataset.runtime) script.src = packed.dataset.runtime;
    else script.textContent = runtime;
    await run(script);
    return JSON.parse(specs);
  };
  let unpacking;
  // The rounds of a row stand in the table under their chart, and only there.
  const fromTable = (figure) => [...figure.querySelectorAll("tbody tr")].map((line, order) => ({
    backend: line.cells[0].textContent,
    order,
    apart: line.cells[2].textContent.split(" ").map(Number),
    span: Number(figure.dataset.span),
    unit: figure.dataset.unit,
  }));
  const draw = async (figure) => {
    const { kinds, rows: known } = await (unpacking ??= unpack());
    const rows = known[figure.id] ?? fromTable(figure);
    const kind = kinds[figure.dataset.kind];
    const data = kind.data.map((source) => (source.name === "rows" ? { ...source, values: rows } : source));
    const container = document.createElement("div");
    const spec = { ...kind, data };
    await vegaEmbed(container, spec, { mode: "vega", renderer: "svg", actions: false, ast: true, defaultStyle: false, tooltip });
    figure.querySelector(".plot").replaceChildren(container);
    figure.dataset.live = "";
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      watcher.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "200px" });
  document.querySelectorAll("figure.chart").forEach((figure) => watcher.observe(figure));
})();
