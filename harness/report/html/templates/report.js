"use strict";
(() => {
  const byId = (name) => document.getElementById(name);

  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {  // what somebody typed into the address is no encoded name: it is taken as it stands
      return text;
    }
  };
  const rewrite = (address) => {
    try {
      history.replaceState(null, "", address);
    } catch {  // too often, or not allowed here: the page works without it
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

  // A cell of the matrix opens its evidence on top of the page; without this script it is a link to it.
  const dialog = byId("shown");
  const matrices = [...document.querySelectorAll("table.matrix")];
  const open = (cell) => {
    const evidence = byId(cell.hash.slice(1));
    const copy = evidence.cloneNode(true);
    copy.removeAttribute("id");
    const row = evidence.closest(".story").querySelector("h3").textContent.trim();
    const summary = evidence.closest("details").querySelector("summary");
    const [backend, verdict] = [".backend", ".word"].map((part) => summary.querySelector(part).textContent);
    byId("shown-title").textContent = `${row} on ${backend}: ${verdict}`;
    byId("shown-link").hash = cell.hash.slice(1);
    const text = evidence.closest(".story").querySelector("details.text");
    byId("shown-body").replaceChildren(...[copy, text && text.cloneNode(true)].filter(Boolean));
    rewrite(cell.hash);
    dialog.showModal();
    dialog.querySelector("button").focus();  // autofocus would complain where the page opens on a fragment
    byId("shown-body").scrollTop = 0;
  };
  byId("shown-link").addEventListener("click", () => {
    rewrite(location.pathname + location.search);  // so that the link leads somewhere else than here
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (location.hash.startsWith("#case-")) rewrite(location.pathname + location.search);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.shiftKey;
  for (const table of [...matrices, ...document.querySelectorAll("table.strips")]) {
    table.addEventListener("click", (event) => {
      const link = event.target.closest("td a");
      if (!link || !isPlain(event)) return;
      event.preventDefault();
      open({ hash: link.hash ?? link.href.baseVal });
    });
  }

  // Each table of the matrix has one tab stop; arrow keys, Home and End move between its cells.
  const shownLinks = (table) => [...table.querySelectorAll("a")].filter((link) => !link.closest("[hidden]"));
  const holdStop = (table, link) => {
    table.querySelectorAll("a").forEach((other) => other.setAttribute("tabindex", "-1"));
    if (link) link.setAttribute("tabindex", "0");
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const beside = (table, cell, key) => {
    const cells = [...cell.parentElement.cells].filter((each) => each.querySelector("a"));
    if (key === "Home") return cells[0];
    if (key === "End") return cells.at(-1);
    const rows = [...table.rows].filter((row) => !row.closest("[hidden]"));
    let [row, column] = [rows.indexOf(cell.parentElement), cell.cellIndex];
    while (steps[key]) {
      row += steps[key][0];
      column += steps[key][1];
      if (!rows[row] || column < 0 || column >= table.rows[0].cells.length) return undefined;
      const next = rows[row].cells[column];
      if (next && next.querySelector("a")) return next;
    }
    return undefined;
  };
  for (const table of matrices) {
    holdStop(table, shownLinks(table)[0]);
    table.addEventListener("focusin", (event) => {
      if (event.target.closest("a")) holdStop(table, event.target.closest("a"));
    });
    table.addEventListener("keydown", (event) => {
      const cell = event.target.closest("th, td");
      const next = cell && isPlain(event) && beside(table, cell, event.key);
      if (!next) return;
      next.querySelector("a").focus();
      event.preventDefault();
    });
  }

  // Search, filters and order of the benchmarks; all of it stands in the address.
  const form = byId("filters");
  const rows = [...document.querySelectorAll("table.matrix tr.row")];
  const homes = rows.map((row) => row.parentElement);
  const families = new Map(rows.map((row) => [row, row.parentElement.dataset.family]));
  const sorted = new Map(matrices.map((table) => [table, table.appendChild(document.createElement("tbody"))]));
  const counted = rows.filter((row) => !row.classList.contains("own"));  // a twin's row belongs to the one above
  const text = (row) => `${row.dataset.name ?? ""} ${row.textContent}`.toLowerCase();
  const fits = (row, wanted) =>
    wanted.q.toLowerCase().split(/\s+/).every((word) => text(row).includes(word)) &&
    (!wanted.family || families.get(row) === wanted.family) &&
    (!wanted.only || wanted.only in row.dataset);
  const orders = {
    name: (row) => row.dataset.name ?? row.cells[0].textContent,
    less: (row) => Number(row.dataset.less ?? Infinity),
    more: (row) => -Number(row.dataset.more ?? -Infinity),
  };
  const compare = (one, other) =>
    typeof one === "string" ? one.localeCompare(other, "en", { numeric: true }) : one < other ? -1 : Number(one > other);
  const arrange = (order) => {
    rows.forEach((row, index) => homes[index].append(row));
    const key = Object.hasOwn(orders, order) && orders[order];
    if (!key) return;
    const arranged = rows.map((row) => [key(row), row]).sort(([one], [other]) => compare(one, other));
    for (const [, row] of arranged) sorted.get(row.closest("table")).append(row);
  };
  const filter = () => {
    const wanted = { q: "", family: "", only: "", sort: "", ...Object.fromEntries(new FormData(form)) };
    const narrowed = Boolean(wanted.q.trim() || wanted.family || wanted.only);
    arrange(wanted.sort);
    for (const row of rows) row.hidden = !fits(row, { ...wanted, q: wanted.q.trim() });
    for (const body of document.querySelectorAll("table.matrix tbody")) {
      body.hidden = !body.querySelector("tr.row:not([hidden])");
    }
    for (const table of matrices) holdStop(table, shownLinks(table)[0]);
    const untimed = document.querySelector("details.untimed");
    if (untimed && narrowed) {
      untimed.open = Boolean(untimed.querySelector("tr.row:not([hidden])"));
      untimed.hidden = !untimed.open;
    } else if (untimed) untimed.hidden = false;
    form.querySelector("output").textContent = `${counted.filter((row) => !row.hidden).length} of ${counted.length}`;
    return wanted;
  };
  const keep = (wanted) => {
    const chosen = Object.entries(wanted).filter(([, value]) => value);
    const query = new URLSearchParams(chosen).toString();
    rewrite(location.pathname + (query && `?${query}`) + location.hash);
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => keep(filter()));
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = ["q", "family", "only", "sort"].includes(name) && form.elements[name];
    if (field) field.value = value;
    if (field && field.selectedIndex === -1) field.value = "";
  }
  filter();
  // The name of a kind of work in the chart shows its benchmarks alone.
  for (const link of document.querySelectorAll(".strips a[data-family]")) {
    link.addEventListener("click", () => {
      if (!form.elements.family) return;
      form.elements.family.value = link.dataset.family;
      keep(filter());
    });
  }
  revealHash();

  // The rounds of a row stand in the table under their chart, and only there.
  const fromTable = (figure) => [...figure.querySelectorAll("tbody tr")].map((line, order) => ({
    backend: line.cells[0].textContent,
    order,
    apart: line.cells[2].textContent.split(" ").map(Number),
    span: Number(figure.dataset.span),
    unit: figure.dataset.unit,
  }));

  // On paper everything is there: what is folded is opened, and a strip that nobody saw is drawn at once.
  const element = (name, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.textContent = text;
    return made;
  };
  const drawPlainly = (figure) => {
    const strips = fromTable(figure);
    const svg = element("svg", { class: "plain", width: 620, height: 34 * strips.length });
    strips.forEach(({ backend, apart, span }, number) => {
      const [middle, step] = [34 * number + 17, 460 / Math.max(1, apart.length - 1)];
      const y = (value) => middle - 14 * Math.max(-1, Math.min(1, value / span));
      svg.append(
        element("text", { x: 0, y: middle + 4 }, backend),
        element("line", { x1: 150, x2: 610, y1: middle, y2: middle }),
        element("polyline", { points: apart.map((value, index) => `${150 + step * index},${y(value)}`).join(" ") }),
      );
    });
    figure.querySelector(".plot").replaceChildren(svg);
  };
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details:not([open])")) {
      folded.open = true;
      opened.push(folded);
    }
    for (const figure of document.querySelectorAll('figure.chart[data-kind="strip"]')) {
      if (!figure.querySelector(".plot svg")) drawPlainly(figure);
    }
  });
  addEventListener("afterprint", () => {
    for (const folded of opened.splice(0)) folded.open = false;
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
  // A chart that came without an image is drawn while nothing else is to do, so that paper has it as well.
  const awaited = [...document.querySelectorAll('figure.chart:not([data-kind="strip"])')];
  const undrawn = awaited.filter((figure) => !figure.querySelector(".plot svg"));
  const idle = window.requestIdleCallback ?? setTimeout;
  const drawNext = async () => {
    const figure = undrawn.shift();
    if (!figure) return;
    if (!("live" in figure.dataset)) {
      watcher.unobserve(figure);
      await draw(figure);
    }
    idle(drawNext);
  };
  if (undrawn.length) idle(drawNext);
})();
