/* From item to item of a sheet on the device: how many are scored, the list of all with their marks, the next one to
   score. Keys as on the sheet's page: Alt+J next item, Alt+K previous item, Alt+N next item not scored. window.offlineJump. */
(function () {
  "use strict";
  const { portal, offlineParts, offlineItem: item, offlineKept } = window;
  const { make } = offlineParts;
  const WORDS = { unscored: "，未评", short: "，缺说明", scored: "，已评", amiss: "，请核对" };
  const wide = window.matchMedia("(min-width: 1100px)");
  let last = ""; // the item at work, also after a button was pressed
  let sheet = null; // the kept sheet on the screen

  const lines = (kept) => kept.pkg.groups.flatMap((group) => group.lines);
  const scored = (kept, line) => offlineKept.value(kept, `percent-${line.code}`) !== "";
  const cardOf = (line) => line && document.getElementById(`item-${line.code}`);
  const markOf = (kept, line) => (item.amiss(kept, line) ? "amiss" : item.stateOf(kept, line).state);

  function go(line) {
    const card = cardOf(line);
    if (!card) return;
    last = line.code;
    const fold = document.querySelector(".sheet-index");
    if (!wide.matches) fold.open = false;
    const banded = line.fields.includes("band");
    const chosen = card.querySelector(".band-choice input:checked");
    if (banded && !chosen) card.querySelector("details.bands").open = true;
    (card.querySelector(".conflict button") || (banded && !chosen ? card.querySelector(".band-choice input") : card.querySelector("select"))).focus({ preventScroll: true });
    const head = document.querySelector(".sheet-head");
    window.scrollBy(0, card.getBoundingClientRect().top - head.offsetHeight - 8);
  }
  const hereOf = (kept) => lines(kept).findIndex((line) => line.code === last);
  function nextOpen(kept) {
    const all = lines(kept);
    const here = hereOf(kept);
    return [...all.slice(here + 1), ...all.slice(0, here + 1)].find((line) => !scored(kept, line));
  }
  function link(line) {
    const node = make("a", "", make("span", "jump-code", line.kind === "rubric" ? line.title : line.code),
      line.kind === "rubric" ? null : make("span", "jump-title", ` ${line.title}`), portal.element("span", "jump-words"));
    node.href = `#item-${line.code}`;
    node.title = line.title;
    node.dataset.jump = line.code;
    node.addEventListener("click", (event) => { event.preventDefault(); go(line); });
    return make("li", "", node);
  }
  // What stands in the head of the sheet, always in sight.
  function tools(kept) {
    sheet = kept;
    const bar = portal.element("progress");
    bar.max = lines(kept).length;
    bar.setAttribute("aria-label", "已评的项");
    const next = portal.button("下一个未评", "button small", () => go(nextOpen(kept)));
    next.id = "o-next";
    return [bar, next];
  }
  function index(kept) {
    const all = make("nav", "sheet-jump", make("ul", "", ...kept.pkg.groups.map((group) =>
      make("li", "", group.lines.some((line) => line.kind === "rubric") ? null : portal.element("span", "jump-group", group.title), make("ul", "", ...group.lines.map(link))))),
      portal.element("p", "small muted", "空框未评，✓ 已评，！还缺说明或须核对。"));
    all.setAttribute("aria-label", "评分项目录");
    const fold = make("details", "sheet-index", portal.element("summary", "", "目录"), all);
    fold.id = "o-index";
    fold.open = wide.matches;
    fold.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || wide.matches) return;
      fold.open = false;
      fold.querySelector("summary").focus();
    });
    return fold;
  }
  function follow(kept, view) {
    const all = lines(kept);
    const done = all.filter((line) => scored(kept, line)).length;
    view.querySelector(".sheet-head progress").value = done;
    view.querySelector("#o-next").hidden = done === all.length;
    for (const line of all) {
      const mark = markOf(kept, line);
      const node = view.querySelector(`[data-jump="${CSS.escape(line.code)}"]`);
      node.className = mark === "amiss" ? "short" : mark;
      node.querySelector(".jump-words").textContent = WORDS[mark];
    }
  }
  wide.addEventListener("change", () => { for (const fold of document.querySelectorAll(".sheet-index")) fold.open = wide.matches; });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-item]");
    if (card) last = card.dataset.item;
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !document.querySelector("[data-item]")) return;
    const all = lines(sheet);
    const here = hereOf(sheet);
    const act = { KeyJ: () => all[here + 1], KeyK: () => all[here - 1], KeyN: () => nextOpen(sheet) }[event.code];
    if (!act) return;
    event.preventDefault();
    go(act());
  });
  window.offlineJump = { tools, index, follow };
})();
