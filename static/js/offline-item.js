/* One item of a sheet on the device: the band that fits best, the percentage within it, what is said to it; in what order
   and in which words it asks is as on the sheet's page (_sheet_item.html, sheet.js). window.offlineItem. */
(function () {
  "use strict";
  const { portal, offlineKept, offlineParts: parts } = window;
  const { make } = parts;
  const { value } = offlineKept;

  const nameOf = (line) => (line.kind === "rubric" ? line.title : `${line.code} ${line.title}`);
  const rangeOf = (band) => `${band.percents[0]}%–${band.percents[band.percents.length - 1]}%`;
  const bandOf = (kept, start) => kept.pkg.bands.find((one) => String(one.percents[0]) === start);
  const label = (line, words) => [portal.element("span", "visually-hidden", `${line.title}：`), words];
  // Band and percentage are one entry.
  function entry(name) {
    const [, field, code] = /^(band|percent)-(.*)$/.exec(name) || [];
    return field ? [`band-${code}`, `percent-${code}`] : [name];
  }
  // What still speaks against sealing: unscored, short (something is to be said to it) or scored; asks and differs: why.
  function stateOf(kept, line) {
    const { low, high, limit } = kept.pkg;
    const percent = value(kept, `percent-${line.code}`);
    if (percent === "") return { state: "unscored", asks: false, differs: false };
    const said = (...names) => names.some((name) => value(kept, `${name}-${line.code}`).trim());
    const asks = Number(percent) <= low || Number(percent) >= high;
    const differs = typeof line.before === "number" && typeof limit === "number" && Math.abs(Number(percent) - line.before) > limit;
    const short = (asks && !said("strengths", "opportunities")) || (differs && !said("difference"));
    return { state: short ? "short" : "scored", asks, differs };
  }
  const amiss = (kept, line) => [...Object.keys(kept.conflicts), ...Object.keys(kept.errors)].some((name) => name.endsWith(`-${line.code}`));

  // A percentage chosen for another band is chosen anew; until then it is remembered, and comes back with its band.
  function change(kept, name, typed) {
    const [band, percent] = entry(name);
    if (!percent) { offlineKept.change(kept, name, typed); return; }
    const code = name.slice(name.indexOf("-") + 1);
    const line = kept.pkg.groups.flatMap((group) => group.lines).find((one) => one.code === code);
    const names = line.fields.includes("band") ? [band, percent] : [percent];
    const before = value(kept, percent);
    kept.cleared = kept.cleared || {};
    offlineKept.change(kept, name, typed, names);
    if (name === band) {
      const gone = before || kept.cleared[code];
      const back = bandOf(kept, typed).percents.map(String).includes(gone);
      offlineKept.change(kept, percent, back ? gone : "", names);
      if (gone && !back) kept.cleared[code] = gone;
      else delete kept.cleared[code];
    } else delete kept.cleared[code];
  }

  function option(words, one, chosen) {
    const found = portal.element("option", "", words);
    found.value = one;
    found.selected = chosen === one;
    return found;
  }
  function told(id) {
    const node = portal.element("p", "asks");
    node.id = id;
    return node;
  }
  function bandChoice(kept, line, chosen) {
    const name = `band-${line.code}`;
    const choice = make("fieldset", `field band-choice${kept.errors[name] ? " has-error" : ""}`,
      portal.element("legend", "visually-hidden", `${line.title}：最符合的区间`), parts.fault(kept.errors[name]));
    for (const band of kept.pkg.bands) {
      const start = String(band.percents[0]);
      const radio = portal.element("input");
      Object.assign(radio, { type: "radio", name, value: start, id: `o-${name}-${start}`, checked: value(kept, name) === start });
      radio.addEventListener("change", () => { parts.forgive(choice); chosen(start); });
      choice.append(make("label", "", radio, portal.element("span", "band-range", rangeOf(band)),
        portal.element("span", "", line.kind === "process" ? band.process : band.result)));
    }
    const fold = make("details", "bands", make("summary", "", "第一步：选最符合的区间", portal.element("span", "visually-hidden", `：${line.title}`)), choice);
    fold.id = `o-bands-${line.code}`;
    fold.open = value(kept, name) === "" || Boolean(kept.errors[name]);
    return fold;
  }
  function scoring(kept, line, act) {
    const { code } = line;
    const banded = line.fields.includes("band");
    const ids = ["band", "cleared", "asks", "differs"].map((one) => `${one}-${code}`);
    const [fits, cleared, asks, differs] = ids.map(told);
    fits.className = "band";
    cleared.setAttribute("role", "status");
    asks.textContent = `评 ${kept.pkg.low}% 及以下、${kept.pkg.high}% 及以上的，须写明优势或改进机会。`;
    differs.textContent = `与${kept.pkg.earlier}（${line.before}%）相差超过 ${kept.pkg.limit} 个百分点，须写明变化的原因。`;
    const percent = portal.element("select");
    percent.setAttribute("aria-describedby", ids.join(" "));
    const points = portal.element("strong", "item-points");
    function follow() {
      const now = value(kept, `percent-${code}`);
      const band = bandOf(kept, value(kept, `band-${code}`));
      const state = stateOf(kept, line);
      const open = banded ? [band].filter(Boolean) : kept.pkg.bands;
      percent.replaceChildren(option(banded && !band ? "先选区间" : "未评", "", now),
        ...open.flatMap((one) => one.percents.map((step) => option(`${step}%`, String(step), now))));
      points.textContent = now === "" ? "" : `得 ${(Number(now) * line.points / 100).toFixed(2)} 分`;
      fits.hidden = !(banded && band);
      fits.textContent = fits.hidden ? "" : line.kind === "process" ? band.process : band.result;
      const gone = now === "" && (kept.cleared || {})[code];
      cleared.hidden = !gone;
      cleared.textContent = gone ? `已改选区间，原来评的 ${gone}% 不在这个区间内，已清除；请在第二步重新评分，选回原区间即恢复。` : "";
      asks.hidden = !state.asks;
      differs.hidden = !state.differs;
    }
    percent.addEventListener("change", () => { act.write(`percent-${code}`, percent.value); follow(); });
    follow();
    const row = parts.field(kept, `percent-${code}`, label(line, banded ? "第二步：区间内评分" : "评分"), percent, `o-percent-${code}`);
    row.classList.add("percent-row");
    row.append(points);
    return [banded ? bandChoice(kept, line, (start) => {
      act.write(`band-${code}`, start);
      follow();
      // On a phone the list of bands is nearly as high as the screen: what follows from the choice comes into sight.
      row.scrollIntoView({ block: "nearest" });
    }) : null,
      cleared, row, conflictOver(kept, line, act), fits, asks, differs];
  }
  // One choice for both, in words.
  function conflictOver(kept, line, act) {
    const [band, percent] = [`band-${line.code}`, `percent-${line.code}`];
    if (!(percent in kept.conflicts)) return null;
    const words = (start, score) => {
      const found = bandOf(kept, start || "");
      return [found ? `区间 ${rangeOf(found)}` : "", score ? `评 ${score}%` : "未评分"].filter(Boolean).join("，");
    };
    return parts.conflictBox(kept, percent, act, words(value(kept, band), value(kept, percent)), words(kept.conflicts[band], kept.conflicts[percent]));
  }
  function evidence(kept) {
    const input = portal.element("input");
    const site = kept.pkg.groups.some((group) => group.lines.some((line) => !line.fields.includes("to_verify")));
    input.placeholder = site ? "如：访谈1；文件2；附件3" : "如：附件3；第15–17页；自评4.1.2";
    input.autocomplete = "off";
    return input;
  }
  function text(kept, name, act, input = portal.element("textarea"), rows = 3) {
    if (input.tagName === "TEXTAREA") input.rows = rows;
    input.value = value(kept, name);
    input.addEventListener("input", () => act.write(name, input.value));
    return input;
  }
  function written(kept, line, field, act) {
    const name = `${field}-${line.code}`;
    const input = field === "evidence" ? evidence(kept) : undefined;
    const rows = field === "key_factors" || field === "to_verify" ? 2 : 3;
    const box = parts.field(kept, name, label(line, kept.pkg.words[field]), text(kept, name, act, input, rows), `o-${name}`);
    box.classList.add(`text-${field}`);
    if (name in kept.conflicts) box.append(parts.conflictBox(kept, name, act));
    return box;
  }
  function show(kept, line, act) {
    const title = make("h3", "", `${nameOf(line)} `, portal.element("span", "muted small", `${line.points} 分`));
    title.id = `title-${line.code}`;
    const card = make("section", "card sheet-item", title, line.hint ? portal.element("p", "hint", line.hint) : null,
      typeof line.before === "number" ? make("p", "small previous", `${kept.pkg.earlier}：`, portal.element("strong", "", `${line.before}%`)) : null,
      line.issues.length ? make("div", "verify", portal.element("strong", "", "材料评审提出，请现场核实"),
        make("ul", "", ...line.issues.map((one) => portal.element("li", "", one)))) : null,
      ...scoring(kept, line, act),
      make("div", "texts", ...line.fields.filter((one) => one in kept.pkg.words).map((one) => written(kept, line, one, act))));
    card.id = `item-${line.code}`;
    card.tabIndex = -1;
    card.dataset.item = line.code;
    card.setAttribute("aria-labelledby", title.id);
    return card;
  }

  window.offlineItem = { nameOf, entry, stateOf, amiss, change, text, show };
})();
