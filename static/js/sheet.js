/* The score sheet while it is filled in: points, total, progress, band and jump list follow each entry at once.
   The server counts again when it saves; what is shown here is only the preview of that.

   form[data-sheet][data-low][data-high]   a percentage at or beyond these asks for a comment
   select[data-points]                     the percentage of an item worth so many points at 100 %
   [data-jump="4.1.2"]                     the item's mark in the list: unscored, short (a comment is missing), scored
   Alt+J next item, Alt+K previous item, Alt+N next item not scored; digits typed in a list choose that percentage
   (a browser alone takes "55" for going from the first 5… to the second). Other plain keys keep their meaning. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-sheet]");
  if (!form) return;
  const portal = window.portal;
  const items = [...form.querySelectorAll(".sheet-item")].map(read);
  const low = Number(form.dataset.low);
  const high = Number(form.dataset.high);
  const WORDS = { unscored: "，未评", short: "，缺说明", scored: "，已评" };

  function read(section) {
    const select = section.querySelector("select[data-points]");
    return {
      section,
      select,
      texts: [...section.querySelectorAll("textarea")],
      points: section.querySelector("[data-item-points]"),
      band: section.querySelector("[data-band-text]"),
      bands: [...section.querySelectorAll("[data-percents]")],
      asks: section.querySelector("[data-asks]"),
      unsaved: section.querySelector("[data-unsaved]"),
      jump: document.querySelector(`[data-jump="${CSS.escape(section.id.replace("item-", ""))}"]`),
      pending: new Set(),
    };
  }
  // Whole hundredths of a point, so that no rounding error ever shows: percent × points.
  const hundredths = (select) => (select.value === "" ? 0 : Number(select.value) * Number(select.dataset.points));
  const inPoints = (number) => (number / 100).toFixed(2);

  function follow(item) {
    const { value } = item.select;
    item.points.textContent = value === "" ? "" : `得 ${inPoints(hundredths(item.select))} 分`;
    let words = "";
    for (const band of item.bands) {
      const here = value !== "" && band.dataset.percents.split(" ").includes(value);
      band.classList.toggle("here", here);
      if (here) words = band.querySelector("dd").textContent;
    }
    item.band.textContent = words;
    item.band.hidden = !words;
    const asks = value !== "" && (Number(value) <= low || Number(value) >= high);
    item.asks.hidden = !asks;
    const state = value === "" ? "unscored" : asks && !item.texts.some((text) => text.value.trim()) ? "short" : "scored";
    item.jump.className = state;
    item.jump.querySelector("[data-words]").textContent = WORDS[state];
  }
  function count() {
    const done = items.filter((item) => item.select.value !== "").length;
    document.querySelector("[data-sheet-total]").textContent = inPoints(items.reduce((sum, item) => sum + hundredths(item.select), 0));
    document.querySelector("[data-sheet-done]").textContent = done;
    document.getElementById("sheet-progress").value = done;
    const next = form.querySelector("[data-next-open]");
    if (next) next.hidden = done === items.length;
  }
  const itemOf = (node) => items.find((item) => item.section.contains(node));

  form.addEventListener("input", (event) => {
    const item = itemOf(event.target);
    if (!item) return;
    follow(item);
    count();
    item.pending.add(event.target.name);
    item.unsaved.hidden = false;
  });
  form.addEventListener("portal:field-saved", (event) => {
    const { name, value } = event.detail;
    const item = items.find((one) => one.pending.has(name));
    if (!item || !portal.same(portal.valueOf(form, name), value)) return;
    item.pending.delete(name);
    item.unsaved.hidden = item.pending.size === 0;
  });
  items.forEach(follow);
  count();

  // ---- from item to item
  function go(item) {
    if (!item) return;
    item.section.scrollIntoView({ block: "start" });
    item.select.focus({ preventScroll: true });
  }
  function step(by) {
    const here = items.indexOf(itemOf(document.activeElement));
    if (here >= 0) return items[here + by];
    return by > 0 ? items[0] : null;
  }
  function nextOpen() {
    const here = items.indexOf(itemOf(document.activeElement));
    const order = [...items.slice(here + 1), ...items.slice(0, here + 1)];
    return order.find((item) => item.select.value === "");
  }
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = { KeyJ: () => step(1), KeyK: () => step(-1), KeyN: nextOpen }[event.code];
    if (!act) return;
    event.preventDefault();
    go(act());
  });
  // ---- typing a percentage
  const PAUSE = 1200;
  let typed = { select: null, digits: "", at: 0 };
  form.addEventListener("keydown", (event) => {
    const select = event.target;
    if (!select.matches("select[data-points]") || !/^\d$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const goesOn = typed.select === select && Date.now() - typed.at < PAUSE;
    typed = { select, digits: (goesOn ? typed.digits : "") + event.key, at: Date.now() };
    const option = [...select.options].find((one) => one.value === typed.digits);
    if (!option || option.selected) return;
    option.selected = true;
    for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
  });

  const button = form.querySelector("[data-next-open]");
  if (button) button.addEventListener("click", () => go(nextOpen()));
  document.querySelectorAll("[data-jump]").forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(items.find((item) => item.jump === link));
    }));
})();
