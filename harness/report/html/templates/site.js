"use strict";
(() => {
  // Filters show the records that have what was chosen; without this script all are shown.
  const form = document.querySelector(".filters");
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
  form.hidden = false;
  form.addEventListener("change", filter);
  filter();
})();
