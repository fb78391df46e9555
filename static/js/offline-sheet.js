/* One sheet on the device: shown, filled in, and put together again with what the portal has. window.offlineSheet.

   A kept sheet is {pkg, changes, taken, conflicts, errors, message}: `pkg` as the portal gave it, `changes` what was written
   here since, `taken` what stood in those fields before, `conflicts` what the portal has in them meanwhile. One that is no
   longer mine to fill in is {closed, organisation, stage, cycle, words}: only what had not been sent, nothing of the file. */
(function () {
  "use strict";
  const { portal } = window;
  const make = (tag, css, ...inside) => {
    const node = portal.element(tag, css);
    node.append(...inside.filter((one) => one !== null && one !== undefined));
    return node;
  };

  const value = (kept, name) => (name in kept.changes ? kept.changes[name] : kept.pkg.values[name] || "");
  const lines = (kept) => kept.pkg.groups.flatMap((group) => group.lines);
  const done = (kept) => lines(kept).filter((line) => value(kept, `percent-${line.code}`) !== "").length;
  const total = (kept) =>
    lines(kept).reduce((sum, line) => sum + Number(value(kept, `percent-${line.code}`) || 0) * line.points, 0) / 100;

  function change(kept, name, typed) {
    if (!(name in kept.changes)) kept.taken[name] = kept.pkg.values[name] || "";
    kept.changes[name] = typed;
    delete kept.errors[name];
    if (kept.changes[name] === (kept.pkg.values[name] || "") && !(name in kept.conflicts)) {
      delete kept.changes[name];
      delete kept.taken[name];
    }
  }
  const fresh = () => ({ changes: {}, taken: {}, conflicts: {}, errors: {}, message: "" });
  // What goes to the portal, null for nothing; band and percentage always together, so that neither is judged alone.
  function outgoing(kept) {
    if (!Object.keys(kept.changes).length) return null;
    const changes = {};
    const taken = {};
    for (const name of Object.keys(kept.changes)) {
      const [field, code] = [name.slice(0, name.indexOf("-")), name.slice(name.indexOf("-") + 1)];
      const line = lines(kept).find((one) => one.code === code);
      const names = ["band", "percent"].includes(field) && line.fields.includes("band") ? [`band-${code}`, `percent-${code}`] : [name];
      for (const one of names) {
        changes[one] = value(kept, one);
        taken[one] = one in kept.taken ? kept.taken[one] : kept.pkg.values[one] || "";
      }
    }
    return { changes, taken };
  }
  // What is left of a sheet that went to somebody else, was sealed or must not be read any more.
  function closed(kept) {
    const { organisation, stage, cycle, words } = kept.pkg;
    const names = { overall: "总体评价", hours: "用时（小时）", band: "区间（%）", percent: "评分（%）", ...words };
    const rest = Object.entries(kept.changes).map(([name, text]) => {
      const [field, code] = name.includes("-") ? [name.slice(0, name.indexOf("-")), name.slice(name.indexOf("-") + 1)] : [name, ""];
      return [`${code} ${names[field] || ""}`.trim(), text || "（已清空）"];
    });
    return { closed: true, organisation, stage, cycle, words: rest };
  }
  function showClosed(kept) {
    return make("dl", "summary-list", ...kept.words.map(([what, text]) =>
      make("div", "", portal.element("dt", "", what), portal.element("dd", "offline-text", text))));
  }
  // The portal has saved `sent`: what was written meanwhile stays a change.
  function saved(kept, { changes: sent }, { values, revision }) {
    for (const [name, one] of Object.entries(sent)) {
      if (kept.changes[name] === one) { delete kept.changes[name]; delete kept.taken[name]; }
      else if (name in kept.changes) kept.taken[name] = values[name];
    }
    Object.assign(kept, { conflicts: {}, errors: {}, message: "" });
    kept.pkg.values = values;
    kept.pkg.revision = revision;
  }
  // A conflict over band or percentage is one choice for both.
  function settle(kept, name, mine) {
    const code = name.slice(name.indexOf("-") + 1);
    const names = /^(band|percent)-/.test(name) ? [`band-${code}`, `percent-${code}`] : [name];
    for (const one of names) {
      const theirs = one in kept.conflicts ? kept.conflicts[one] : kept.pkg.values[one] || "";
      if (mine) { kept.changes[one] = value(kept, one); kept.taken[one] = theirs; }
      else { delete kept.changes[one]; delete kept.taken[one]; }
      kept.pkg.values[one] = theirs;
      delete kept.conflicts[one];
    }
  }

  // ---- showing
  const bandName = (band) => `${band.percents[0]}%–${band.percents[band.percents.length - 1]}%`;
  function option(text, one, chosen) {
    const found = portal.element("option", "", text);
    found.value = one;
    found.selected = chosen === one;
    return found;
  }
  function field(kept, name, label, control, id) {
    const words = portal.element("label", "", label);
    words.htmlFor = control.id = id;
    control.classList.add("control");
    control.name = name;
    const box = make("div", `field${kept.errors[name] ? " has-error" : ""}`, words);
    if (kept.errors[name]) box.append(portal.element("p", "field-error", kept.errors[name]));
    box.append(control);
    return box;
  }
  function conflictBox(kept, name, act) {
    const box = make("div", "conflict", portal.element("p", "", "这一栏在别处又保存过。请选择留下哪一份。"));
    box.setAttribute("role", "alert");
    const both = make("div", "conflict-texts");
    for (const [title, words] of [["这台设备上写的", value(kept, name)], ["平台上已保存的", kept.conflicts[name]]]) {
      both.append(make("div", "", portal.element("strong", "", title), portal.element("blockquote", "", words || "（空）")));
    }
    box.append(both, make("div", "cluster",
      portal.button("用这台设备上的", "button small", () => act.settle(name, true)),
      portal.button("用平台上的", "button small secondary", () => act.settle(name, false))));
    return box;
  }
  function item(kept, line, act) {
    const card = make("section", "card sheet-item");
    card.id = `item-${line.code}`;
    const title = line.kind === "rubric" ? line.title : `${line.code} ${line.title}`;
    card.append(make("h3", "", `${title} `, portal.element("span", "muted small", `${line.points} 分`)));
    if (line.guide) card.append(portal.element("p", "hint", `看${line.guide}。`));
    if (line.issues.length) {
      card.append(make("div", "verify", portal.element("strong", "", "材料评审提出，请现场核实"),
        make("ul", "", ...line.issues.map((one) => portal.element("li", "", one)))));
    }
    const known = typeof line.before === "number";
    if (known) card.append(make("p", "small previous", `${kept.pkg.earlier}：`, portal.element("strong", "", `${line.before}%`)));
    const differs = portal.element("p", "asks", `与${kept.pkg.earlier}的 ${line.before}% 相差超过 ${kept.pkg.limit} 个百分点，须写明变化的原因。`);
    const percent = portal.element("select");
    const points = portal.element("strong", "item-points");
    const fits = portal.element("p", "band");
    let band = null;
    function follow() {
      const chosen = value(kept, `band-${line.code}`);
      const now = value(kept, `percent-${line.code}`);
      const bands = kept.pkg.bands.filter((one) => !band || String(one.percents[0]) === chosen);
      percent.replaceChildren(option(band && !chosen ? "先选区间" : "未评", "", now),
        ...bands.flatMap((one) => one.percents.map((step) => option(`${step}%`, String(step), now))));
      points.textContent = now === "" ? "" : `得 ${(Number(now) * line.points / 100).toFixed(2)} 分`;
      const words = band && kept.pkg.bands.find((one) => String(one.percents[0]) === chosen);
      fits.textContent = words ? (line.kind === "process" ? words.process : words.result) : "";
      fits.hidden = !words;
      differs.hidden = !known || typeof kept.pkg.limit !== "number" || now === "" || Math.abs(Number(now) - line.before) <= kept.pkg.limit;
    }
    if (line.fields.includes("band")) {
      band = portal.element("select");
      const now = value(kept, `band-${line.code}`);
      band.append(option("未选", "", now), ...kept.pkg.bands.map((one) => option(bandName(one), String(one.percents[0]), now)));
      band.addEventListener("change", () => {
        act.write(`band-${line.code}`, band.value);
        act.write(`percent-${line.code}`, "");
        follow();
      });
      card.append(field(kept, `band-${line.code}`, "第一步：最符合的区间", band, `o-band-${line.code}`), fits);
    }
    percent.addEventListener("change", () => { act.write(`percent-${line.code}`, percent.value); follow(); });
    follow();
    const row = field(kept, `percent-${line.code}`, band ? "第二步：区间内评分" : "评分", percent, `o-percent-${line.code}`);
    row.append(points);
    card.append(row, differs);
    for (const name of line.fields.filter((one) => one in kept.pkg.words)) {
      card.append(field(kept, `${name}-${line.code}`, kept.pkg.words[name], text(kept, `${name}-${line.code}`, act), `o-${name}-${line.code}`));
    }
    for (const name of Object.keys(kept.conflicts)) {
      if (name.slice(name.indexOf("-") + 1) === line.code) card.append(conflictBox(kept, name, act));
    }
    return card;
  }
  function text(kept, name, act) {
    const area = portal.element("textarea");
    area.rows = 3;
    area.value = value(kept, name);
    area.addEventListener("input", () => act.write(name, area.value));
    return area;
  }
  function hours(kept, act) {
    const input = portal.element("input");
    input.type = "number";
    input.step = "0.5";
    input.min = "0";
    input.value = value(kept, "hours");
    input.addEventListener("input", () => act.write("hours", input.value));
    return input;
  }

  // `act`: write(name, text), settle(name, mine), open(file)
  function show(kept, act) {
    const view = make("div", "offline-sheet");
    const { pkg } = kept;
    view.append(make("details", "", portal.element("summary", "", "申报材料"),
      make("ul", "offline-files", ...pkg.files.map((file) => make("li", "", `${file.label} `,
        file.href ? portal.button(file.name, "link-button", () => act.open(file)) : `${file.name}（文件较大，没有随带）`))),
      ...pkg.assessment.map((part) => make("details", "", portal.element("summary", "", part.title), portal.element("div", "offline-text", part.text || "没有填写。"))),
      pkg.profile ? make("details", "", portal.element("summary", "", "组织概况"), portal.element("div", "offline-text", pkg.profile)) : null));
    for (const group of pkg.groups) view.append(portal.element("h2", "", group.title), ...group.lines.map((line) => item(kept, line, act)));
    view.append(portal.element("h2", "", "总评"),
      field(kept, "overall", "总体评价", text(kept, "overall", act), "o-overall"),
      field(kept, "hours", "用时（小时）", hours(kept, act), "o-hours"));
    for (const name of ["overall", "hours"]) if (name in kept.conflicts) view.append(conflictBox(kept, name, act));
    return view;
  }

  const count = (kept) => lines(kept).length;
  const waiting = (kept) => Object.keys(kept.changes).length;
  const amiss = (kept) => Object.keys(kept.errors).length;
  const progress = (kept) => `已评 ${done(kept)} / ${count(kept)} 项`;

  const ended = "这份评分表已封存，或不再由您评分（例如申报了回避），申报材料已从设备上删除。";
  window.offlineSheet = { store: "sheets", ended, fresh, make, field, conflictBox, show, showClosed, closed, change, outgoing, saved, settle, total, waiting, amiss, progress };
})();
