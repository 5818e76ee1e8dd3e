"use strict";
// The tables that sort, filter and open. Every text is set as text: nothing of the data is ever markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const PAGE = 25, PRINTED = 200;
  const [NAME, DOCUMENTS, HIT, SHARE, WORST, LOW, HIGH, OUTCOME, RISKS, FACTS] = Array(10).keys();
  const state = { sort: null, down: true, page: 0, open: new Map(), printing: false };

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
  const number = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, data.t["format.thousand"]);
  const share = (s) => s === null ? "?" : data.t["format.percent"].replace("{}", (100 * s).toFixed(2));
  const many = (key, n, values) => fill(data.t[n === 1 && key + "_one" in data.t ? key + "_one" : key], values);
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const bdi = (text) => make("bdi", {}, text);
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const names = data.rows.map((row) => fold(row[NAME]));

  function chosen() {
    const words = fold($("search").value).split(/\s+/).filter(Boolean);
    const outcome = $("outcome").value;
    const rows = [...data.rows.keys()].filter((i) =>
      words.every((word) => names[i].includes(word)) && (outcome === "" || data.rows[i][OUTCOME] === +outcome));
    if (state.sort === null) return rows;
    const key = (i) => state.sort === NAME ? data.rows[i][NAME] : data.rows[i][state.sort] ?? -1;
    const order = state.sort === NAME ? new Intl.Collator(document.documentElement.lang).compare : (a, b) => a - b;
    const keyed = rows.map((i) => [key(i), i]);
    keyed.sort((a, b) => (state.down ? -1 : 1) * order(a[0], b[0]) || a[1] - b[1]);
    return keyed.map((each) => each[1]);
  }

  function bar(row) {
    const at = (s) => Math.min(100, 100 * s / data.scale) + "%";
    const over = row[SHARE] !== null && row[SHARE] > data.limit;
    const beyond = row[SHARE] !== null && row[SHARE] > data.scale;
    const track = make("span", { class: "bar" + (over ? " over" : "") + (beyond ? " beyond" : ""), "aria-hidden": "true" });
    const fillBar = make("i"), limit = make("b");
    fillBar.style.width = at(row[SHARE] ?? 0);
    limit.style.left = at(data.limit);
    track.append(fillBar, limit);
    if (row[LOW] !== null && row[HIGH] - row[LOW] > data.scale / 200) {
      const line = make("s");
      line.style.left = at(row[LOW]);
      line.style.width = `calc(${at(row[HIGH])} - ${at(row[LOW])})`;
      track.append(line);
    }
    return track;
  }

  function pill(row) {
    const [name, text] = data.outcomes[row[OUTCOME]];
    return make("span", { class: "pill " + name }, text);
  }

  function mainRisks(row) {
    const shown = row[RISKS].filter((risk, k) => k % 2 === 0 && data.risks[risk][0]).slice(0, 2);
    return shown.map((risk) => data.risks[risk][1]).join(data.t["format.comma"]);
  }

  function sourceRow(i) {
    const row = data.rows[i], open = state.open.has(i);
    const button = make("button", { class: "open", type: "button", "aria-expanded": open, "data-source": i, "aria-controls": "detail-" + i }, bdi(row[NAME]));
    const line = make("tr", {},
      make("th", { scope: "row" }, button),
      make("td", { class: "n wide" }, number(row[DOCUMENTS])),
      make("td", {}, bar(row), make("span", { class: "small" }, share(row[SHARE]))),
      make("td", { class: "n share" }, share(row[SHARE])),
      make("td", { class: "n wide" }, share(row[WORST])),
      make("td", {}, pill(row)),
      make("td", { class: "wide note" }, mainRisks(row)));
    return open ? [line, detailRow(i, state.open.get(i))] : [line];
  }

  function quoted(text) {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\"'\"'") + "'";
  }

  function detailRow(i, risk) {
    const row = data.rows[i];
    const cell = make("td", { colspan: 7 });
    const facts = make("dl", { class: "facts" });
    facts.append(make("div", { class: "visually-hidden" }, make("dt", {}, data.t["sources.details"]), make("dd", {}, bdi(row[NAME]))));
    for (const [label, text] of row[FACTS]) facts.append(make("dt", {}, data.labels[label]), make("dd", {}, bdi(text)));
    cell.append(facts);
    if (row[RISKS].length) {
      const chips = make("div", { class: "chips", role: "group", "aria-label": data.t["detail.excerpts"] });
      const chip = (label, value, title) => make("button", { type: "button", "aria-pressed": value === risk, "data-chip": value ?? "", "data-of": i, title }, label);
      chips.append(chip(data.t["detail.all-risks"], null, null));
      for (let k = 0; k < row[RISKS].length; k += 2) {
        const [id, short, full] = data.risks[row[RISKS][k]];
        chips.append(chip(`${id} ${short} · ${number(row[RISKS][k + 1])}`.trim(), row[RISKS][k], full));
      }
      cell.append(chips);
      const fitting = (data.examples[i] ?? []).filter((e) => risk === null || e[0] === risk);
      if (!fitting.length) cell.append(make("p", { class: "note" }, data.t["detail.no-excerpts"]));
      for (const each of fitting) cell.append(excerpt(each));
      const asked = risk === null || !data.risks[risk][0] ? "" : ` --risk ${data.risks[risk][0]}`;
      cell.append(make("p", { class: "note" }, fill(data.t["detail.stored"], { n: number(fitting.length) })),
        make("code", { class: "command" }, `corpus-audit show ${quoted(data.audit)} --source ${quoted(row[NAME])}${asked}`));
    }
    return make("tr", { class: "detail", id: "detail-" + i }, cell);
  }

  function excerpt([risk, title, rule, level, matches, trace, doc, path, position, before, match, after]) {
    const said = [`${data.risks[risk][0]} ${data.risks[risk][1]}`.trim()];
    if (title) said.push(title);
    const caption = make("figcaption", {}, said.join(" · "), " · ", make("code", {}, rule), ` · ${level}`);
    if (trace) caption.append(` · ${fill(data.t["detail.through"], { how: trace })}`);
    if (matches > 1) caption.append(` · ${fill(data.t["detail.matches"], { n: number(matches) })}`);
    caption.append(make("br"), make("code", {}, bdi(doc)), " · ", make("code", {}, bdi(path)), ` · ${fill(data.t["detail.place"], { position: number(position) })}`);
    return make("figure", { class: "excerpt" },
      make("blockquote", { dir: "auto" }, "…" + before, make("mark", {}, match), after + "…"), caption);
  }

  function heatRow(i, columns) {
    const row = data.rows[i], counts = new Map();
    for (let k = 0; k < row[RISKS].length; k += 2) counts.set(row[RISKS][k], row[RISKS][k + 1]);
    const line = make("tr", {}, make("th", { scope: "row", title: row[NAME] }, bdi(row[NAME])));
    for (const { risk, gap } of columns) {
      const [id, short, , looked] = data.risks[risk], n = counts.get(risk) ?? 0;
      const part = row[DOCUMENTS] ? n / row[DOCUMENTS] : 0;
      const step = !n ? "" : part <= data.limit / 5 ? " h1" : part <= data.limit / 2 ? " h2" : part <= data.limit ? " h3" : " h4";
      const cell = make("td", { class: (gap ? "gap" : "") + step + (looked || n ? "" : " blind") });
      if (n) {
        const label = fill(data.t["risks.heat-cell"], { source: row[NAME], risk: `${id} ${short}`, n: number(n), share: share(part) });
        cell.append(make("button", { type: "button", title: label, "aria-label": label, "data-heat": risk, "data-of": i }, number(n)));
      }
      line.append(cell);
    }
    return line;
  }

  const columns = data.risks.filter(([id]) => id).map(([id], risk) => ({ risk, gap: risk > 0 && id.slice(0, 3) !== data.risks[risk - 1][0].slice(0, 3) }));

  function draw() {
    const rows = chosen();
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const shown = state.printing ? rows.slice(0, PRINTED) : rows.slice(state.page * PAGE, (state.page + 1) * PAGE);
    const body = $("source-rows");
    body.replaceChildren(...shown.flatMap(sourceRow));
    if (!shown.length) body.append(make("tr", {}, make("td", { colspan: 7, class: "muted" }, data.t["sources.none"])));
    $("heat-rows")?.replaceChildren(...(state.printing ? shown.slice(0, 60) : shown).map((i) => heatRow(i, columns)));
    $("count").textContent = many("sources.shown", rows.length, { shown: number(rows.length), n: number(data.rows.length) });
    for (const pager of document.querySelectorAll(".pager")) {
      pager.hidden = pages === 1;
      pager.querySelector("span").textContent = fill(data.t["sources.page"], { page: state.page + 1, pages });
      const [before, after] = pager.querySelectorAll("button");
      before.disabled = state.page === 0;
      after.disabled = state.page === pages - 1;
    }
    $("printed").hidden = !(state.printing && rows.length > PRINTED);
    for (const head of document.querySelectorAll("#source-table [data-sort]"))
      head.setAttribute("aria-sort", +head.dataset.sort === state.sort ? (state.down ? "descending" : "ascending") : "none");
  }

  function reveal(i, risk) {
    $("search").value = data.rows[i][NAME];
    if (!chosen().includes(i)) $("search").value = "";
    state.page = Math.floor(Math.max(0, chosen().indexOf(i)) / PAGE);
    state.open.set(i, risk);
    draw();
    const button = document.querySelector(`[data-source="${i}"]`);
    button?.focus({ preventScroll: true });
    $("sources").scrollIntoView();
  }

  function press(target) {
    const { source, chip, heat, of, turn } = target.dataset;
    if (source !== undefined) {
      state.open.has(+source) ? state.open.delete(+source) : state.open.set(+source, null);
    } else if (chip !== undefined) {
      state.open.set(+of, chip === "" ? null : +chip);
    } else if (heat !== undefined) {
      return reveal(+of, +heat);
    } else if (turn !== undefined) {
      state.page += +turn;
    } else return;
    const again = source !== undefined ? `[data-source="${source}"]` : chip !== undefined ? `[data-of="${of}"][data-chip="${chip}"]` : null;
    draw();
    if (again) document.querySelector(again)?.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const head = event.target.closest("[data-sort]");
    if (head) {
      const column = +head.dataset.sort;
      state.down = state.sort === column ? !state.down : column !== NAME;
      state.sort = column;
      state.page = 0;
      draw();
    } else {
      const button = event.target.closest("button");
      if (button) press(button);
    }
  });
  for (const id of ["search", "outcome"])
    $(id).addEventListener("input", () => { state.page = 0; draw(); });

  // On paper nobody can open anything: all clauses are, and as many sources as a reader bears.
  const closed = [];
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details.clause:not([open])")) { each.open = true; closed.push(each); }
    state.printing = true;
    draw();
  });
  addEventListener("afterprint", () => {
    for (const each of closed.splice(0)) each.open = false;
    state.printing = false;
    draw();
  });
  addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches("details")) target.open = true;
  });

  const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.hash.slice(1), a]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) {
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const id of links.keys()) if ($(id)) seen.observe($(id));

  $("interactive").hidden = false;
  if ($("heat")) $("heat").hidden = false;
  draw();
})();
