/* button[data-copy="words"]: puts the words on the clipboard and says so. Shown with scripts only (class js-only). */
(function () {
  "use strict";
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    let done = true;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Without https there is no clipboard: a selection does it.
      const field = document.createElement("textarea");
      field.value = button.dataset.copy;
      field.setAttribute("readonly", "");
      field.className = "visually-hidden";
      document.body.append(field);
      field.select();
      done = document.execCommand("copy");
      field.remove();
      button.focus();
    }
    const words = button.dataset.words || button.textContent;
    button.dataset.words = words;
    button.textContent = done ? "已复制" : "请手工选择复制";
    setTimeout(() => { button.textContent = words; }, 2500);
  });
})();
