/* The score sheet while it is filled in: points, total, progress, band and jump list follow each entry at once.
   The server counts again when it saves; what is shown here is only the preview of that.

   form[data-sheet][data-low][data-high]   a percentage at or beyond these asks for a comment
   form[data-limit], [data-before]         one further than so many points from the earlier percentage asks for [data-reason]
   select[data-points]                     the percentage of an item worth so many points at 100 %
   [data-jump="4.1.2"]                     the item's mark in the list: unscored, short (a comment is missing), scored
   .band-choice input                      the band comes first; only its percentages can be chosen then
   [data-evidence], [data-cite]            places in the file that a score rests on
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
  const limit = Number(form.dataset.limit);
  const kept = new Map(portal.names(form).map((name) => [name, portal.valueOf(form, name)])); // what the server has
  const WORDS = { unscored: "，未评", short: "，缺说明", scored: "，已评" };

  function read(section) {
    const select = section.querySelector("select[data-points]");
    return {
      section,
      select,
      texts: [...section.querySelectorAll("[data-comment]")],
      points: section.querySelector("[data-item-points]"),
      band: section.querySelector("[data-band-text]"),
      bands: [...section.querySelectorAll("[data-percents]")],
      outside: section.querySelector("[data-outside]"),
      unbanded: section.querySelector("[data-unbanded]"),
      left: section.querySelector("[data-left]"),
      radios: [...section.querySelectorAll(".band-choice input")],
      groups: [...section.querySelectorAll("optgroup")],
      asks: section.querySelector("[data-asks]"),
      before: section.querySelector("[data-before]"),
      differs: section.querySelector("[data-differs]"),
      reason: section.querySelector("[data-reason]"),
      unsaved: section.querySelector("[data-unsaved]"),
      jump: document.querySelector(`[data-jump="${CSS.escape(section.id.replace("item-", ""))}"]`),
      pending: new Set(),
    };
  }
  const bandOf = (item) => (item.radios.find((radio) => radio.checked) || { value: "" }).value;
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
      if (here) words = band.querySelector("[data-band-words]").textContent;
    }
    const band = bandOf(item);
    if (item.radios.length) {
      for (const group of item.groups) group.disabled = group.hidden = group.dataset.band !== band;
      item.select.options[0].textContent = band ? "未评" : "先选区间";
    }
    if (item.left && value !== "") { item.left.hidden = true; item.gone = ""; }
    item.band.textContent = words;
    item.band.hidden = !words;
    const asks = value !== "" && (Number(value) <= low || Number(value) >= high);
    item.asks.hidden = !asks;
    const differs = value !== "" && Boolean(item.differs) && Math.abs(Number(value) - parseInt(item.before.textContent, 10)) > limit;
    if (item.differs) item.differs.hidden = !differs;
    const short = (asks && !item.texts.some((text) => text.value.trim())) || (differs && !item.reason.value.trim());
    const state = value === "" ? "unscored" : short ? "short" : "scored";
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
  // A percentage chosen for another band is chosen anew; the page says which one went, and it comes back with its band.
  function leaveBand(item) {
    const chosen = item.groups.find((one) => one.dataset.band === bandOf(item));
    const before = item.select.value || item.gone || "";
    if (!before || !chosen) return;
    const fits = [...chosen.children].some((one) => one.value === before);
    if (fits && item.select.value === before) return;
    item.gone = fits ? "" : before;
    item.select.value = fits ? before : "";
    item.left.textContent = `已改选区间，原来评的 ${before}% 不在这个区间内，已清除；请在第二步重新评分，选回原区间即恢复。`;
    item.left.hidden = fits;
    item.select.scrollIntoView({ block: "nearest" });
    setTimeout(() => { for (const kind of ["input", "change"]) item.select.dispatchEvent(new Event(kind, { bubbles: true })); });
  }
  const itemOf = (node) => items.find((item) => item.section.contains(node));

  form.addEventListener("input", (event) => {
    const item = itemOf(event.target);
    if (!item) return;
    if (item.radios.includes(event.target)) {
      item.outside.hidden = item.unbanded.hidden = true;
      leaveBand(item);
    }
    follow(item);
    count();
    const { name } = event.target;
    if (!("unsaved" in form.dataset) && portal.same(portal.valueOf(form, name), kept.get(name))) item.pending.delete(name);
    else item.pending.add(name);
    item.unsaved.hidden = item.pending.size === 0;
  });
  form.addEventListener("portal:field-saved", (event) => {
    const { name, value } = event.detail;
    kept.set(name, value);
    const item = items.find((one) => one.pending.has(name));
    if (!item || !portal.same(portal.valueOf(form, name), value)) return;
    item.pending.delete(name);
    item.unsaved.hidden = item.pending.size === 0;
  });
  items.forEach(follow);
  count();

  // ---- where a score rests: links beneath the field, and "引用" beside a file writes it into the item at work
  const PART = /[；;，,、\n]+/;
  let cited = null;
  function address(part) {
    let found = /^附件\s*(\d+)$/.exec(part);
    if (found) {
      const file = document.querySelector(`[data-reference="附件${found[1]}"]`);
      return file && { href: file.href, target: "_blank", words: `附件${found[1]} ${file.textContent}` };
    }
    found = /^(?:报告)?\s*(?:第|[Pp])\s*\.?\s*(\d+)(?:\s*[-–—~～至]\s*\d+)?\s*页?$/.exec(part);
    if (found) return form.dataset.report ? { href: `${form.dataset.report}?page=${found[1]}#page=${found[1]}&navpanes=0&view=FitH`, target: "report", words: part } : null;
    found = /^(?:自评)?\s*(\d+(?:\.\d+)+)$/.exec(part);
    const text = found && document.getElementById(`item-${found[1].replaceAll(".", "-")}`);
    return text ? { href: `#${text.id}`, words: part } : null;
  }
  function showReferences(field) {
    const line = field.parentElement.querySelector("[data-references]");
    line.replaceChildren();
    for (const part of field.value.split(PART).map((one) => one.trim()).filter(Boolean)) {
      if (line.childNodes.length) line.append("；");
      const found = address(part);
      if (!found) { line.append(part); continue; }
      const link = portal.element("a", "", found.words);
      link.href = found.href;
      if (found.target) { link.target = found.target; link.rel = "noopener"; }
      line.append(link);
    }
  }
  form.addEventListener("input", (event) => { if (event.target.matches("[data-evidence]")) showReferences(event.target); });
  form.addEventListener("focusin", (event) => { cited = itemOf(event.target) || cited; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cite]");
    if (!button) return;
    const field = (cited || items[0]).section.querySelector("[data-evidence]");
    const parts = field.value.split(PART).map((one) => one.trim()).filter(Boolean);
    if (!parts.includes(button.dataset.cite)) parts.push(button.dataset.cite);
    field.value = parts.join("；");
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    field.scrollIntoView({ block: "nearest" });
    field.focus({ preventScroll: true });
  });

  // ---- from item to item
  function go(item) {
    if (!item) return;
    item.section.scrollIntoView({ block: "start" });
    const chooses = item.radios.length && !bandOf(item);
    if (chooses) item.section.querySelector("details.bands").open = true;
    (chooses ? item.radios[0] : item.select).focus({ preventScroll: true });
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
    const open = option && !option.parentElement.disabled;
    // One digit may still grow into a percentage; two that name none in the band are told, never dropped unseen.
    const item = itemOf(select);
    const bandless = item.radios.length > 0 && !bandOf(item);
    if (item.unbanded) item.unbanded.hidden = !bandless;
    item.outside.hidden = bandless || Boolean(open) || (!option && typed.digits.length < 2);
    if (!open || option.selected) return;
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
