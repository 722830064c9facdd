"use strict";
(function () {
  const byId = (id) => document.getElementById(id);
  const data = (id) => JSON.parse(byId(id).textContent);
  const index = data("index");
  const t = index.t;
  const [list, middle, panel, search, filter] = ["list", "middle", "panel", "search", "filter"].map(byId);
  const loaded = new Map();
  let figures = null;
  let view = "reports";
  let current = -1;
  let marked = -1;
  let chosen = { period: 0, table: 0 };

  // A number's class, in the order of the filter: values not sure enough, numbers not understood, corrections.
  const CLASS = { o: "observation", d: "observation", c: "observation", u: "unmapped", r: "reference", t: "task" };
  const [IND, BREAK, MEASURE, PERIOD, VALUE, STATED, UNIT, QUAL, STATUS, BASE, ORIGIN, CONF, RULE, WHERE, LINE, PLACE, QUOTE, CAND, FIND, ID] = Array(20).keys();

  const report = (at) => {
    if (!loaded.has(at)) loaded.set(at, data("report-" + at));
    return loaded.get(at);
  };
  const allFigures = () => (figures = figures || data("figures"));

  /** An element: name.class, attributes, children. */
  const el = (name, attributes, ...children) => {
    const [tag, ...classes] = name.split(".");
    const node = document.createElement(tag);
    if (classes.length) node.className = classes.join(" ");
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "on") node.addEventListener("click", value);
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  const say = (key, values) =>
    (t[key] || key).replace(/\{(\w+)\}/g, (all, name) => (values && name in values ? values[name] : all));
  const number = (text) => {
    const [, sign, whole, decimals] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) || [];
    if (whole === undefined) return text;
    return sign + whole.replace(/\B(?=(\d{3})+$)/g, index.thousands) + (decimals ? index.decimal + decimals : "");
  };
  const sign = (qualifier) => (qualifier === "=" ? "" : qualifier + " ");
  const unit = (code) => index.unit[code] || code;
  const indicator = (at) => (at === null || at === undefined ? ["?", "?", "", ""] : index.indicators[at]);
  const named = (row, own) => {
    const name = indicator(row[IND])[1];
    return own.texts[row[BREAK]] ? name + " (" + own.texts[row[BREAK]] + ")" : name;
  };

  /* Which numbers the filter means. */
  const hasFinding = (mark, own) => Array.isArray(mark[3]) && mark[3].some((row) => own.rows[row][FIND].some((at) => index.findings[at][1] !== "info"));
  const isMeant = (mark, own) => {
    switch (filter.value) {
      case "": return true;
      case "f": return hasFinding(mark, own);
      case "doubtful": return mark[2] === "d" || mark[2] === "u" || hasFinding(mark, own);
      default: return mark[2] === filter.value;
    }
  };

  /* Words without case and diacritics, letter for letter, so that places stay where they are. */
  const bareLetters = new Map();
  const bare = (letter) => {
    let known = bareLetters.get(letter);
    if (known === undefined) {
      const lower = letter.toLowerCase();
      known = lower === "\u0111" ? "d" : lower.normalize("NFD")[0];
      if (known === undefined || known.length !== letter.length) known = letter;
      bareLetters.set(letter, known);
    }
    return known;
  };
  const fold = (text) => {
    let out = "";
    for (let at = 0; at < text.length; at++) out += bare(text[at]);
    return out;
  };
  const folded = new Map();
  const foldedReport = (at) => {
    if (!folded.has(at)) {
      const own = report(at);
      folded.set(at, { text: fold(own.text), rows: own.rows.map((row) => fold(named(row, own) + " " + indicator(row[IND])[0])) });
    }
    return folded.get(at);
  };

  /* The list: reports, or what a search or filter finds in them. */
  const MOST_HITS = 200;
  const listReports = () => {
    const query = fold(search.value.trim().normalize("NFC"));
    list.textContent = "";
    if (query.length >= 2) return listHits(query);
    if (filter.value) return listMeant();
    const items = index.reports.map((entry, at) => el("li", null, reportButton(entry, at)));
    list.append(el("ol", null, ...items));
    list.scrollTop = 0;
  };
  const reportButton = (entry, at) => {
    const [file, province, period, , , status, counts] = entry;
    const badges = [
      counts[5] ? el("span.badge.d", { title: t["show-unsure"] }, "? " + number(String(counts[5]))) : null,
      counts[4] ? el("span.badge.u", { title: t["show-unmapped"] }, "\u2715 " + number(String(counts[4]))) : null,
      counts[6] ? el("span.badge.f", { title: t["show-findings"] }, "! " + number(String(counts[6]))) : null,
    ];
    return el("button", { on: () => openReport(at), "aria-current": at === current ? "true" : null, "data-report": at },
      el("strong", null, province || file), el("small", null, period + (status === "superseded" ? ", " + t.superseded : "")),
      el("small", null, file), el("span.badges", null, ...badges));
  };
  const hitButton = (at, mark, ...content) =>
    el("button", { on: () => { openReport(at); choose(mark, true); } }, ...content);
  const snippet = (text, start, length) => {
    const from = Math.max(text.lastIndexOf("\n", start) + 1, start - 30);
    const end = text.indexOf("\n", start);
    const to = Math.min(end < 0 ? text.length : end, start + length + 50);
    return el("small.hit", null, (from > 0 ? "\u2026" : "") + text.slice(from, start), el("b", null, text.slice(start, start + length)), text.slice(start + length, to));
  };
  const group = (at) => el("h2", null, (index.reports[at][1] || index.reports[at][0]) + ", " + index.reports[at][2]);
  const listMeant = () => {
    let count = 0;
    index.reports.forEach((entry, at) => {
      const own = report(at);
      const found = own.marks.map((mark, n) => [mark, n]).filter(([mark]) => isMeant(mark, own));
      if (!found.length) return;
      count += found.length;
      const items = found.map(([mark, n]) => el("li", null, hitButton(at, n, el("strong", null, own.text.slice(mark[0], mark[0] + mark[1]), " "), snippet(own.text, mark[0], mark[1]))));
      list.append(group(at), el("ol", null, ...items));
    });
    list.prepend(el("h2", { role: "status" }, say("found", { count: number(String(count)) })));
    list.scrollTop = 0;
  };
  const listHits = (query) => {
    let count = 0;
    index.reports.forEach((entry, at) => {
      const own = report(at);
      const words = foldedReport(at);
      const items = [];
      words.rows.forEach((words_, row) => {
        if (!words_.includes(query) || !own.rows[row]) return;
        count += 1;
        const n = own.marks.findIndex((mark) => Array.isArray(mark[3]) && mark[3].includes(row));
        if (count <= MOST_HITS && n >= 0) items.push(el("li", null, hitButton(at, n, el("strong", null, number(own.rows[row][VALUE]), " "), el("small", null, named(own.rows[row], own)))));
      });
      for (let from = words.text.indexOf(query); from >= 0; from = words.text.indexOf(query, from + query.length)) {
        count += 1;
        if (count > MOST_HITS) continue;
        const start = from;
        items.push(el("li", null, el("button", { on: () => { openReport(at); showPlace(start); } }, snippet(own.text, start, query.length))));
      }
      if (items.length) list.append(group(at), el("ol", null, ...items));
    });
    const told = say("found", { count: number(String(count)) }) + (count > MOST_HITS ? "; " + say("first", { count: String(MOST_HITS) }) : "");
    list.prepend(el("h2", { role: "status" }, told));
    list.scrollTop = 0;
  };

  /* The text of one report. */
  const lines = (text) => {
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    return starts;
  };
  const openReport = (at) => {
    if (view !== "reports") setView("reports", false);
    if (at === current && middle.dataset.shows === "report") return markList();
    current = at;
    marked = -1;
    const own = report(at);
    const [file, province, period, numberOf, date, status, counts] = index.reports[at];
    const told = index.findings.filter((finding) => finding[3] === at);
    const count = (key, value) => el("span", null, say(key, { count: number(String(value)) }));
    const head = el("div.head", null,
      el("h2", null, [province, period].filter(Boolean).join(", ") || file),
      el("p", null, [file, numberOf, date, status === "superseded" ? t.superseded : ""].filter(Boolean).join(" \u00b7 ")),
      el("p.counts", null, count("count-numbers", counts[0]), count("count-observations", counts[1]), count("count-unsure", counts[5]), count("count-unmapped", counts[4]), count("count-references", counts[2]), count("count-tasks", counts[3])));
    const notes = el("ul.notes", null, ...told.map((finding) =>
      el("li." + finding[1], null, el("strong", null, index.severity[finding[1]] + " " + finding[0] + ": "), finding[2], " ",
        finding[4] ? el("button.go", { on: () => showLine(finding[4]) }, say("to-line", { line: finding[4] })) : null)));
    const legend = el("div.legend", null, ...["o", "d", "c", "u", "r", "t"].map((code) => el("span", null, el("span.n." + code, null, "123"), " ", t["class-" + code])));
    const text = el("div.text", { lang: "vi" });
    const starts = lines(own.text);
    let next = 0;
    starts.forEach((start, n) => {
      const end = n + 1 < starts.length ? starts[n + 1] - 1 : own.text.length;
      if (n + 1 === starts.length && start === end) return;
      const content = el("span");
      let from = start;
      while (next < own.marks.length && own.marks[next][0] < end) {
        const mark = own.marks[next];
        const to = Math.min(mark[0] + mark[1], end);
        if (mark[0] > from) content.append(own.text.slice(from, mark[0]));
        content.append(markNode(mark, next, own, own.text.slice(mark[0], to)));
        from = to;
        next += 1;
      }
      if (from < end) content.append(own.text.slice(from, end));
      text.append(el(start === end ? "p.line.blank" : "p.line", { id: "line-" + (n + 1) }, el("i", { "aria-hidden": "true" }, String(n + 1)), content));
    });
    middle.textContent = "";
    middle.dataset.shows = "report";
    middle.append(head, notes, legend, text);
    middle.scrollTop = 0;
    applyFilter();
    emptyPanel();
    markList();
    remember();
  };
  const markNode = (mark, n, own, text) =>
    el("a.n." + mark[2] + (hasFinding(mark, own) ? ".f" : ""), { href: "#", "data-n": n, tabindex: "-1", title: t["class-" + mark[2]] }, text);
  const applyFilter = () => {
    const own = report(current);
    const nodes = middle.querySelectorAll(".text .n");
    const text = middle.querySelector(".text");
    if (!text) return;
    text.classList.toggle("filtered", filter.value !== "");
    let first = null;
    nodes.forEach((node) => {
      const is = isMeant(own.marks[node.dataset.n], own);
      node.classList.toggle("is", is);
      node.tabIndex = -1;
      if (is && !first) first = node;
    });
    if (first) first.tabIndex = 0;
  };
  const markList = () => {
    list.querySelectorAll("[data-report]").forEach((node) => {
      const is = Number(node.dataset.report) === current;
      if (is) { node.setAttribute("aria-current", "true"); node.scrollIntoView({ block: "nearest" }); } else node.removeAttribute("aria-current");
    });
  };
  const showLine = (line) => {
    const node = byId("line-" + line);
    if (!node) return;
    middle.querySelectorAll(".flash").forEach((other) => other.classList.remove("flash"));
    node.classList.add("flash");
    node.scrollIntoView({ block: "center" });
  };
  const showPlace = (place) => showLine(report(current).text.slice(0, place).split("\n").length);

  /* One number. */
  const choose = (n, scroll) => {
    const node = middle.querySelector('.text .n[data-n="' + n + '"]');
    if (!node) return;
    middle.querySelectorAll(".n[aria-current]").forEach((other) => { other.removeAttribute("aria-current"); other.tabIndex = -1; });
    node.setAttribute("aria-current", "true");
    node.tabIndex = 0;
    marked = n;
    // Where the details lie over the text, the number is kept above them.
    const covered = getComputedStyle(panel).position !== "static";
    if (scroll || covered) node.scrollIntoView({ block: covered ? "start" : "center" });
    node.focus({ preventScroll: true });
    showNumber(n);
    remember();
  };
  const openPanel = (...content) => {
    panel.textContent = "";
    panel.append(el("button.close-panel", { on: closePanel }, t.close), ...content.filter((part) => part));
    panel.classList.add("open");
    panel.scrollTop = 0;
  };
  const closePanel = () => {
    panel.classList.remove("open");
    const node = middle.querySelector('[aria-current="true"]');
    if (node) node.focus();
  };
  const emptyPanel = () => {
    panel.textContent = "";
    panel.classList.remove("open");
    panel.append(el("p.empty", null, view === "reports" ? t["choose-number"] : t["choose-figure"]));
  };
  const showNumber = (n) => {
    const own = report(current);
    const mark = own.marks[n];
    const text = own.text.slice(mark[0], mark[0] + mark[1]);
    const head = el("h2", null, "\u00ab" + text + "\u00bb ", el("span.tag." + mark[2], null, t["class-" + mark[2]]));
    if (!Array.isArray(mark[3])) {
      const [code, rest] = [own.texts[mark[3]].split(": ")[0], own.texts[mark[3]].split(": ").slice(1).join(": ")];
      const candidates = rest ? rest.split(", ").map((item) => item.split(" ")) : [];
      openPanel(head, el("dl", null, el("dt", null, t.reason), el("dd", null, index.why[code] || code)),
        candidates.length ? el("h3", null, t.candidates) : null,
        candidates.length ? el("ul", null, ...candidates.map(([id, score]) => el("li", null, nameOf(id) + (score ? " (" + score.replace(".", index.decimal) + ")" : "")))) : null);
      return;
    }
    openPanel(head, ...mark[3].map((row) => describe(own.rows[row], own, true)));
  };
  const nameOf = (id) => { const known = index.indicators.find((entry) => entry[0] === id); return known ? known[1] + " [" + id + "]" : id; };
  const pair = (name, ...value) => [el("dt", null, t[name]), el("dd", null, ...value)];
  const describe = (row, own, whole) => {
    const texts = own.texts;
    const status = row[STATUS] === "A" ? "" : " (" + t["status-" + row[STATUS].toLowerCase()] + ")";
    const unsure = Number(row[CONF]) < Number(index.threshold);
    return el("article", null,
      el("strong", null, named(row, own)),
      el("p.value", null, sign(row[QUAL]) + number(row[VALUE]) + " ", el("small", null, unit(row[UNIT]) + status)),
      el("dl", null,
        ...pair("indicator", indicator(row[IND])[0]),
        ...(texts[row[BREAK]] ? pair("breakdown", texts[row[BREAK]]) : []),
        ...pair("measure", index.measure[row[MEASURE]]),
        ...pair("period", texts[row[PERIOD]] || t.unknown),
        ...(texts[row[BASE]] ? pair("base", texts[row[BASE]]) : []),
        ...pair("stated", "\u00ab" + row[STATED] + "\u00bb"),
        ...pair("place", texts[row[PLACE]]),
        ...pair("origin", index.origin[row[ORIGIN]]),
        ...pair("confidence", el("span.tag." + (row[ORIGIN] === "correction" ? "c" : unsure ? "d" : "o"), null, row[CONF].replace(".", index.decimal))),
        ...pair("rule", texts[row[RULE]], texts[row[WHERE]] ? el("small", null, " (" + texts[row[WHERE]] + ")") : null)),
      el("h3", null, t.quote), el("blockquote", { lang: "vi" }, texts[row[QUOTE]]),
      row[CAND].length ? el("h3", null, t.candidates) : null,
      row[CAND].length ? el("ul", null, ...row[CAND].map((at) => el("li", null, indicator(at)[1] + " [" + indicator(at)[0] + "]"))) : null,
      row[FIND].length ? el("h3", null, t.findings) : null,
      ...row[FIND].map((at) => findingNode(index.findings[at])));
  };
  const findingNode = (finding) => {
    const [id, severity, message, , , , otherReport, otherLine, otherQuote, candidates] = finding;
    return el("div.finding." + severity, null, el("strong", null, index.severity[severity] + " " + id + ": "), message,
      otherQuote ? el("blockquote", { lang: "vi" }, otherQuote) : null,
      candidates.length ? el("ul", null, ...candidates.map((text) => el("li", null, text))) : null,
      otherReport !== null && otherLine ? el("button.go", { on: () => { openReport(otherReport); showLine(otherLine); } }, say("other-side", { line: otherLine })) : null);
  };

  /* Figures. */
  const openFigures = () => {
    const all = allFigures();
    middle.textContent = "";
    middle.dataset.shows = "figures";
    emptyPanel();
    if (!all.periods.length) { middle.append(el("p.empty", null, t["no-figures"])); return; }
    const period = all.periods[Math.min(chosen.period, all.periods.length - 1)];
    const table = period.tables[Math.min(chosen.table, period.tables.length - 1)];
    const periods = el("select", { id: "period" }, ...all.periods.map((p, at) => option(p.name, at, at === chosen.period)));
    const tables = el("select", { id: "area" }, ...period.tables.map((own, at) => option(own.name + (own.total ? " (" + t.total + ")" : ""), at, at === chosen.table)));
    periods.addEventListener("change", () => { chosen = { period: Number(periods.value), table: 0 }; openFigures(); byId("period").focus(); });
    tables.addEventListener("change", () => { chosen.table = Number(tables.value); openFigures(); byId("area").focus(); });
    middle.append(el("div.choose", null, el("label", null, el("span", null, t.period), periods), el("label", null, el("span", null, t.area), tables)));
    if (table) middle.append(el("div.wide", null, tableNode(all, period, table)));
    middle.scrollTop = 0;
  };
  const option = (name, value, selected) => el("option", { value, selected: selected ? "" : null }, name);
  const tableNode = (all, period, table) => {
    const body = el("tbody");
    // A column without a figure says nothing.
    const shown = all.columns.map((code, at) => at).filter((at) => table.rows.some((row) => row[2][at] !== null));
    let domain = null;
    let above = null;
    table.rows.forEach(([at, breakdown, cells]) => {
      const [, name, unitCode, domainName] = indicator(at);
      if (domainName !== domain) { domain = domainName; body.append(el("tr.domain", null, el("th", { colspan: shown.length + 2, scope: "rowgroup" }, domain))); }
      body.append(el("tr", null,
        el(breakdown ? "th.part" : "th", { scope: "row" }, !breakdown ? name : above === at ? "\u2013 " + breakdown : name + ": " + breakdown), el("td.unit", null, unit(unitCode)),
        ...shown.map((column) => cells[column]).map((cell) => el("td", null, cell === null ? "" : table.total ? totalButton(all, cell, at, breakdown) : figureButton(all, cell, at, breakdown)))));
      above = at;
    });
    return el("table", null, el("caption", null, table.name + ", " + period.name),
      el("thead", null, el("tr", null, el("th", { scope: "col" }, t.indicator), el("th", { scope: "col" }, t.unit), ...shown.map((column) => el("th", { scope: "col" }, index.measure[all.columns[column]])))), body);
  };
  const pick = (node) => {
    middle.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    node.setAttribute("aria-current", "true");
  };
  const figureButton = (all, at, own, breakdown) => {
    const figure = all.figures[at];
    const look = figure[6] === "corrected" ? ".c" : figure[7] || figure[6] === "outranked" ? ".d" : "";
    return el("button" + look, { "data-figure": at, on: (event) => { pick(event.currentTarget); showFigure(at, own, breakdown); } }, sign(figure[4]) + number(figure[2]));
  };
  const totalButton = (all, at, own, breakdown) => {
    const total = all.totals[at];
    return el("button" + (total[5] ? ".d" : ""), { "data-total": at, on: (event) => { pick(event.currentTarget); showTotal(at, own, breakdown); } }, number(total[0]));
  };
  const title = (own, breakdown) => indicator(own)[1] + (breakdown ? " (" + breakdown + ")" : "");
  const showFigure = (at, own, breakdown) => {
    const figure = allFigures().figures[at];
    openPanel(el("h2", null, title(own, breakdown)), el("p", null, figure[0] + ", " + figure[1]), ...figureParts(figure));
  };
  const figureParts = (figure) => [
    el("p.value", null, sign(figure[4]) + number(figure[2]) + " ", el("small", null, unit(figure[3]) + (figure[5] === "A" ? "" : " (" + t["status-" + figure[5].toLowerCase()] + ")"))),
    el("p", null, el("span.tag." + (figure[6] === "corrected" ? "c" : figure[7] || figure[6] === "outranked" ? "d" : "o"), null, t["settled-" + figure[6]])),
    figure[11] ? el("p", null, say("plan-source", { place: figure[11] })) : null,
    ...sources(figure[8], figure[8].length > 1 ? "addends" : "source"), ...sources(figure[9], "repeated"), ...sources(figure[10], "outranked"),
  ];
  const sources = (places, key) => (places.length ? [el("h3", null, t[key]), ...places.map(([at, row]) => sourceNode(at, row))] : []);
  const sourceNode = (at, row) => {
    const own = report(at);
    const stated = own.rows[row];
    const go = () => { openReport(at); choose(own.marks.findIndex((mark) => Array.isArray(mark[3]) && mark[3].includes(row)), true); };
    return el("div.source", null,
      el("p", null, el("strong", null, sign(stated[QUAL]) + number(stated[VALUE])), " " + unit(stated[UNIT]) + ", " + index.measure[stated[MEASURE]] + ", " + index.origin[stated[ORIGIN]]),
      el("blockquote", { lang: "vi" }, own.texts[stated[QUOTE]]),
      el("p", null, el("button.go", { on: go }, index.reports[at][0] + ", " + own.texts[stated[PLACE]])),
      stated[ORIGIN] === "correction" ? el("p", null, own.texts[stated[RULE]]) : null);
  };
  const showTotal = (at, own, breakdown) => {
    const all = allFigures();
    const [value, unitCode, members, denominator, provinces] = all.totals[at];
    const member = (position) => {
      const figure = all.figures[position];
      return el("details.source", { open: members.length <= 5 ? "" : null },
        el("summary", null, figure[0] + ": ", el("strong", null, sign(figure[4]) + number(figure[2]) + " " + unit(figure[3]))), ...figureParts(figure).slice(1));
    };
    openPanel(el("h2", null, title(own, breakdown)), el("p.value", null, number(value) + " ", el("small", null, unit(unitCode))),
      el("p", null, say("members", { count: String(members.length), all: String(provinces) })),
      el("h3", null, denominator.length ? t.numerator : t.addends), ...members.map(member),
      denominator.length ? el("h3", null, t.denominator) : null, ...denominator.map(member));
  };

  /* On paper the numbers of the report follow its text. */
  const paper = () => {
    const old = byId("paper");
    if (old) old.remove();
    if (view !== "reports" || current < 0) return;
    const own = report(current);
    const body = el("tbody", null, ...own.rows.map((row) => el("tr", null,
      el("td", null, String(row[LINE])), el("th", { scope: "row" }, named(row, own)), el("td", null, index.measure[row[MEASURE]]),
      el("td", null, own.texts[row[PERIOD]]), el("td", null, sign(row[QUAL]) + number(row[VALUE])), el("td.unit", null, unit(row[UNIT])), el("td", null, row[CONF].replace(".", index.decimal)))));
    middle.append(el("div.paper", { id: "paper" }, el("table", null, el("caption", null, t["paper-table"]),
      el("thead", null, el("tr", null, ...["line", "indicator", "measure", "period", "value", "unit", "confidence"].map((key) => el("th", { scope: "col" }, t[key])))), body)));
  };

  /* Views, keys, addresses. */
  const setView = (name, open) => {
    view = name;
    for (const tab of ["reports", "figures"]) {
      byId("tab-" + tab).setAttribute("aria-selected", String(tab === name));
      byId("tab-" + tab).tabIndex = tab === name ? 0 : -1;
    }
    if (!open) return;
    if (name === "figures") openFigures();
    else { const at = Math.max(current, 0); current = -1; openReport(at); }
    remember();
  };
  const remember = () => {
    const address = view === "figures" ? "#figures" : "#r" + current + (marked >= 0 ? "n" + marked : "");
    try { history.replaceState(null, "", address); } catch (error) { /* A page that is a file may not change its address. */ }
  };
  const step = (by) => {
    if (view === "figures") {
      const all = [...middle.querySelectorAll("td button")];
      const at = all.findIndex((node) => node.getAttribute("aria-current"));
      const node = all[Math.min(Math.max(at + by, 0), all.length - 1)];
      if (node) { node.focus(); node.click(); }
      return;
    }
    const own = report(current);
    for (let n = marked < 0 && by < 0 ? own.marks.length - 1 : marked < 0 ? 0 : marked + by; n >= 0 && n < own.marks.length; n += by) {
      if (isMeant(own.marks[n], own)) return choose(n, true);
    }
  };
  const stepReport = (by) => {
    const at = current + by;
    if (at >= 0 && at < index.reports.length) openReport(at);
  };
  const KEYS = {
    n: () => step(1), p: () => step(-1), "]": () => stepReport(1), "[": () => stepReport(-1),
    "/": () => search.focus(), d: () => { filter.value = filter.value === "doubtful" ? "" : "doubtful"; filter.dispatchEvent(new Event("change")); },
    1: () => setView("reports", true), 2: () => setView("figures", true), "?": () => byId("help").showModal(), Escape: () => closePanel(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
    const field = event.target.closest("input, select, textarea");
    if (field) {
      if (event.key === "Escape" && field === search) { search.value = ""; listReports(); middle.focus(); }
      return;
    }
    const arrows = event.target.closest(".text .n") ? { ArrowRight: "n", ArrowLeft: "p" } : {};
    if (event.target.getAttribute && event.target.getAttribute("role") === "tab" && /^Arrow(Left|Right)$/.test(event.key)) {
      setView(view === "reports" ? "figures" : "reports", true);
      byId("tab-" + view).focus();
      event.preventDefault();
      return;
    }
    const act = KEYS[arrows[event.key] || event.key];
    if (act) { event.preventDefault(); act(); }
  });
  middle.addEventListener("click", (event) => {
    const node = event.target.closest(".text .n");
    if (!node) return;
    event.preventDefault();
    choose(Number(node.dataset.n), false);
  });
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(listReports, 150); });
  filter.addEventListener("change", () => { if (view !== "reports") setView("reports", true); listReports(); applyFilter(); });
  byId("tab-reports").addEventListener("click", () => setView("reports", true));
  byId("tab-figures").addEventListener("click", () => setView("figures", true));
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  byId("print").addEventListener("click", () => window.print());
  window.addEventListener("beforeprint", paper);

  listReports();
  const [, first, n] = /^#r(\d+)(?:n(\d+))?$/.exec(location.hash) || [];
  if (location.hash === "#figures") setView("figures", true);
  else if (index.reports.length) {
    openReport(Math.min(Number(first || 0), index.reports.length - 1));
    if (n !== undefined) choose(Number(n), true);
  } else middle.append(el("p.empty", null, t["no-reports"]));
  performance.mark("shown");
})();
