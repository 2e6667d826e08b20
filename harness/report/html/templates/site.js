"use strict";
(() => {
  // A snippet names the address of this site; without this script it says SITE.
  for (const code of document.querySelectorAll("code[data-site]")) {
    code.textContent = code.textContent.replaceAll("SITE", new URL("..", location).href.replace(/\/$/, ""));
  }
  // Filters show the records that have what was chosen; without this script all are shown.
  const form = document.querySelector("#records-filter");
  if (!form) return;
  const rows = [...document.querySelectorAll("#records tbody tr")];
  const fits = (row, wanted) =>
    (!wanted.machine || row.dataset.machine === wanted.machine) &&
    (!wanted.python || row.dataset.python === wanted.python) &&
    (!wanted.loop || row.dataset.loops.split("\n").includes(wanted.loop));
  const filter = () => {
    const wanted = Object.fromEntries(new FormData(form));
    for (const row of rows) row.hidden = !fits(row, wanted);
    form.querySelector("output").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  };
  form.addEventListener("change", filter);
  filter();
})();
