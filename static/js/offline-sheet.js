/* One sheet on the device: what it consists of, and how it is put together again with what the portal has. window.offlineSheet.

   A kept sheet is as offline-kept.js says, and `cleared` item → the percentage that a change of band took away. One that is
   no longer mine to fill in is {closed, organisation, stage, cycle, words}: only what had not been sent, nothing of the file. */
(function () {
  "use strict";
  const { portal, offlineKept, offlineParts, offlineItem: item, offlineJump: jump } = window;
  const { make, field, conflictBox } = offlineParts;
  const { value, fresh, outgoing } = offlineKept;

  const lines = (kept) => kept.pkg.groups.flatMap((group) => group.lines);
  const done = (kept) => lines(kept).filter((line) => value(kept, `percent-${line.code}`) !== "").length;
  const total = (kept) =>
    lines(kept).reduce((sum, line) => sum + Number(value(kept, `percent-${line.code}`) || 0) * line.points, 0) / 100;

  function saved(kept, sent, found) {
    offlineKept.answered(kept, sent, found, found.values, item.entry);
    Object.assign(kept.pkg, { values: found.values, revision: found.revision });
  }
  const settle = (kept, name, mine) =>
    offlineKept.settle(kept, item.entry(name).filter((one) => one in kept.pkg.values), mine);
  // What is left of a sheet that went to somebody else, was sealed or must not be read any more.
  function closed(kept) {
    const { organisation, stage, cycle, words } = kept.pkg;
    const names = { overall: "总体评价", hours: "用时（小时）", band: "区间（%）", percent: "评分（%）", ...words };
    const rest = Object.entries(kept.changes).map(([name, text]) => {
      const [one, code] = name.includes("-") ? [name.slice(0, name.indexOf("-")), name.slice(name.indexOf("-") + 1)] : [name, ""];
      return [`${code} ${names[one] || ""}`.trim(), text || "（已清空）"];
    });
    return { closed: true, organisation, stage, cycle, words: rest };
  }
  function showClosed(kept) {
    return make("dl", "summary-list", ...kept.words.map(([what, text]) =>
      make("div", "", portal.element("dt", "", what), portal.element("dd", "offline-text", text))));
  }

  // ---- showing
  function hours() {
    const input = portal.element("input");
    Object.assign(input, { type: "number", step: "0.5", min: "0", inputMode: "decimal" });
    return input;
  }
  function whole(kept, name, label, input, act) {
    const box = field(kept, name, label, item.text(kept, name, act, input), `o-${name}`);
    if (name in kept.conflicts) box.append(conflictBox(kept, name, act));
    return box;
  }
  function unfolding(id, title, ...inside) {
    const fold = make("details", "", portal.element("summary", "", title), ...inside);
    fold.id = id;
    return fold;
  }
  // `act`: write(name, text), settle(name, mine), open(file)
  function show(kept, act) {
    const { pkg } = kept;
    const view = make("div", "offline-sheet", unfolding("o-file", "申报材料",
      make("ul", "offline-files", ...pkg.files.map((file) => make("li", "", `${file.label} `,
        file.href ? portal.button(file.name, "link-button", () => act.open(file)) : `${file.name}（文件较大，没有随带）`))),
      ...pkg.assessment.map((part, place) => unfolding(`o-part-${place}`, part.title, portal.element("div", "offline-text", part.text || "没有填写。"))),
      pkg.profile ? unfolding("o-profile", "组织概况", portal.element("div", "offline-text", pkg.profile)) : null));
    for (const group of pkg.groups) view.append(portal.element("h2", "", group.title), ...group.lines.map((line) => item.show(kept, line, act)));
    view.append(portal.element("h2", "", "总评"), whole(kept, "overall", "总体评价", undefined, act), whole(kept, "hours", "用时（小时）", hours(), act));
    return view;
  }

  const count = (kept) => lines(kept).length;
  const waiting = (kept) => offlineKept.entriesOf(Object.keys(kept.changes), item.entry).length;
  const amiss = (kept) => offlineKept.entriesOf(Object.keys(kept.errors), item.entry).length;
  const progress = (kept) => `已评 ${done(kept)} / ${count(kept)} 项`;

  const ended = "这份评分表已封存，或不再由您评分（例如申报了回避），申报材料已从设备上删除。";
  window.offlineSheet = { store: "sheets", ended, fresh, show, showClosed, closed, change: item.change, outgoing, saved, settle, total, waiting, amiss, progress, tools: jump.tools, index: jump.index, follow: jump.follow };
})();
