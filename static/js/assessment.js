/* The editor of an assessment item: adds to a page that works without it.

   [data-markup-toolbar="<id of the textarea>"]  buttons [data-insert] put markup into the text; data-image-url takes pictures
   [data-figure-rows]                            empty rows beyond the first are folded away until asked for
   form[data-text-form]                          a conflict offers the page on which both texts are compared
   Pasting a table (Excel, Word) writes it as markup; pasting or dropping a picture uploads it. */
(function () {
  "use strict";
  const portal = window.portal;

  // ---- writing into the text, so that the browser's own undo still works
  function write(area, words, from = area.selectionStart, to = area.selectionEnd) {
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, words)) {
      area.setRangeText(words, from, to, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  function lines(area) {
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const end = area.value.indexOf("\n", area.selectionEnd);
    return [from, end < 0 ? area.value.length : end];
  }
  function prefix(area, mark) {
    const [from, to] = lines(area);
    const rows = area.value.slice(from, to).split("\n");
    const bare = rows.map((row) => row.replace(/^\s*(#{1,4}\s+|[-*•]\s+|\d+[.、]\s*)/, ""));
    write(area, bare.map((row, place) => mark(place) + row).join("\n"), from, to);
  }
  function block(area, words) {
    const before = area.value.slice(0, area.selectionStart);
    const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    write(area, `${gap}${words}\n`);
  }
  const inserts = {
    heading: (area) => prefix(area, () => "## "),
    bullets: (area) => prefix(area, () => "- "),
    numbers: (area) => prefix(area, (place) => `${place + 1}. `),
    bold(area) {
      const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
      const from = area.selectionStart;
      write(area, `**${chosen || "文字"}**`);
      if (!chosen) area.setSelectionRange(from + 2, from + 4);
    },
    table: (area) => block(area, "| 项目 | 2024 年 | 2025 年 |\n|---|---|---|\n|  |  |  |\n|  |  |  |"),
  };

  document.querySelectorAll("[data-markup-toolbar]").forEach((bar) => {
    const area = document.getElementById(bar.dataset.markupToolbar);
    const state = bar.querySelector("[data-tool-state]");
    const picker = document.createElement("input");
    picker.type = "file";
    picker.accept = "image/png,image/jpeg";
    picker.hidden = true;
    bar.append(picker);

    bar.addEventListener("click", (event) => {
      const tool = event.target.closest("[data-insert]");
      if (!tool) return;
      if (tool.dataset.insert === "image") picker.click();
      else inserts[tool.dataset.insert](area);
    });
    picker.addEventListener("change", () => { for (const file of picker.files) send(file); picker.value = ""; });
    area.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "b") {
        event.preventDefault();
        inserts.bold(area);
      }
    });
    area.addEventListener("paste", (event) => {
      const pictures = Array.from(event.clipboardData.files).filter((file) => file.type.startsWith("image/"));
      const words = event.clipboardData.getData("text/plain");
      if (pictures.length && !words) {
        event.preventDefault();
        pictures.forEach(send);
      } else if (words.includes("\t") && /<table/i.test(event.clipboardData.getData("text/html"))) {
        event.preventDefault();
        block(area, table(words));
      }
    });
    area.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); area.classList.add("dropping"); } });
    area.addEventListener("dragleave", () => area.classList.remove("dropping"));
    area.addEventListener("drop", (event) => {
      area.classList.remove("dropping");
      const files = Array.from(event.dataTransfer.files);
      if (!files.length) return;
      event.preventDefault();
      files.forEach(send);
    });

    async function send(file) {
      say("正在上传图片…");
      const data = new FormData();
      data.append("upload", file, file.name || "图片.png");
      data.append("csrfmiddlewaretoken", area.form.querySelector("[name=csrfmiddlewaretoken]").value);
      try {
        const answer = await fetch(bar.dataset.imageUrl, { method: "POST", body: data, redirect: "manual", headers: { Accept: "application/json" } });
        if (answer.type === "opaqueredirect") { say("登录已过期，图片没有上传。", true); return; }
        const body = await answer.json();
        if (!answer.ok) { say(body.message, true); return; }
        const caption = body.name.replace(/\.[^.]*$/, "").replace(/[[\]]/g, "");
        block(area, `![${caption}](${body.number})`);
        say(`已插入图片 ${body.number}`);
      } catch {
        say("网络中断，图片没有上传，请稍后再试。", true);
      }
    }
    function say(words, bad) {
      state.textContent = words;
      state.classList.toggle("bad", Boolean(bad));
    }
  });

  function table(words) {
    const rows = words.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((row) => row.split("\t").map((cell) => cell.trim().replace(/\|/g, "\\|")));
    const row = (cells) => `| ${cells.join(" | ")} |`;
    return [row(rows[0]), `|${rows[0].map(() => "---").join("|")}|`, ...rows.slice(1).map(row)].join("\n");
  }

  // ---- figures
  document.querySelectorAll("[data-figure-rows]").forEach((box) => {
    const rows = Array.from(box.querySelectorAll("[data-figure-row]"));
    const used = (row) => Array.from(row.querySelectorAll("input")).some((cell) => cell.value.trim());
    const fold = () => {
      const last = rows.reduce((found, row, place) => (used(row) ? place : found), -1);
      rows.forEach((row, place) => { if (place <= last) row.hidden = false; });
    };
    rows.forEach((row) => { row.hidden = true; });
    fold();
    const first = rows.find((row) => row.hidden);
    if (first && rows.indexOf(first) === 0) first.hidden = false;
    const add = box.parentElement.querySelector("[data-add-figure]");
    add.addEventListener("click", () => {
      const next = rows.find((row) => row.hidden);
      if (!next) { add.textContent = "先保存数据，再添加"; return; }
      next.hidden = false;
      next.querySelector("input").focus();
    });
    // A restored local copy may fill rows that were folded away.
    box.closest("form").addEventListener("portal:restored", fold);
  });

  // ---- guidance: on a narrow screen the text comes first
  if (window.matchMedia("(max-width: 60rem)").matches) {
    document.querySelectorAll("[data-folded-when-narrow]").forEach((box) => { box.open = false; });
  }

  // ---- two texts
  document.querySelectorAll("form[data-text-form]").forEach((form) => {
    form.addEventListener("portal:conflict", (event) => {
      const button = portal.element("button", "button small", "逐处对照，合并两份");
      button.name = "compare";
      button.value = "yes";
      event.detail.row.prepend(button);
    });
  });
})();
