/* The live count of words: what a reader reads, as applications/rules/words.py counts it. A test runs both on the same texts.

   [data-words-of="<id>"]  counter of that text; data-limit; data-markup for a text with markup;
                           data-others: words of the other items, which share the limit */
(function () {
  "use strict";
  const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufff9-\ufffb\u{e0000}-\u{e007f}\ufeff\u061c\u00ad\u180e]/gu;
  const CONTROL = /(?![\n\t])[\p{Cc}\p{Cs}\p{Cn}\p{Co}]/gu;
  const HEADING = /^#{1,4}[ \u3000]+(\S.*)$/u;
  const BULLET = /^[-*•·][ \u3000]+(\S.*)$/u;
  const NUMBER = /^\p{Nd}{1,3}(?:[、)）]|[.．](?!\p{Nd}))[ \u3000]*(\S.*)$/u;
  const RULE_ROW = /^\|[\s|:-]*-[\s|:-]*$/u;
  const IMAGE = /!\[([^[\]\n]{0,200})\]\((?:图片)?\p{Nd}{1,5}\)/gu;
  const ONE_IMAGE = new RegExp(`^${IMAGE.source}$`, "u");
  const COLUMNS = 20;

  const cleaned = (text) => text.replace(/\r\n?|[\u2028\u2029]/gu, "\n").replace(INVISIBLE, "").replace(CONTROL, "");
  const letters = (words) => Array.from(words.trim()).length;

  function runs(words) {
    const pieces = words.split("**");
    let out = pieces[0];
    for (let at = 1; at < pieces.length; at += 2) {
      const strong = at + 1 < pieces.length && pieces[at].trim();
      out += strong ? pieces[at] + pieces[at + 1] : `**${pieces.slice(at, at + 2).join("**")}`;
    }
    return out;
  }
  const seen = (words) => words.replace(IMAGE, "\n").split("\n").map(runs).join("");
  const isRow = (line) => line.length > 1 && line.startsWith("|") && line.indexOf("|", 1) > 0;
  function cells(line) {
    let inner = line.slice(1);
    if (inner.endsWith("|") && !inner.endsWith("\\|")) inner = inner.slice(0, -1);
    const found = inner.split(/(?<!\\)\|/u).map((cell) => cell.replaceAll("\\|", "|").trim());
    return found.length > COLUMNS ? [...found.slice(0, COLUMNS - 1), found.slice(COLUMNS - 1).join(" | ")] : found;
  }
  function visible(row) {
    const line = row.trim();
    const found = HEADING.exec(line) || BULLET.exec(line) || NUMBER.exec(line);
    if (found) return [seen(found[1])];
    if (isRow(line)) return RULE_ROW.test(line) ? [] : cells(line).map(seen);
    const picture = ONE_IMAGE.exec(line);
    return [picture ? picture[1] : seen(line)];
  }
  const total = (lines) => lines.reduce((sum, line) => sum + letters(line), 0);
  const words = {
    plain: (text) => total(cleaned(text).split("\n")),
    markup: (text) => total(cleaned(text).split("\n").flatMap(visible)),
  };
  window.portal.words = words;

  document.querySelectorAll("[data-words-of]").forEach((counter) => {
    const area = document.getElementById(counter.dataset.wordsOf);
    if (!area) return;
    const limit = Number(counter.dataset.limit);
    const shared = "others" in counter.dataset;
    const show = () => {
      const own = ("markup" in counter.dataset ? words.markup : words.plain)(area.value);
      const all = own + Number(counter.dataset.others || 0);
      const over = all > limit ? `，超出 ${all - limit} 字` : "";
      counter.textContent = (shared ? `本条 ${own} 字，全部条目 ${all} / ${limit} 字` : `${own} / ${limit} 字`) + over;
      counter.classList.toggle("over", all > limit);
      window.portal.announce(counter, limit - all, limit);
    };
    area.addEventListener("input", show);
    show();
  });
})();
