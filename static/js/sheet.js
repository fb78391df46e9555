/* The score sheet while it is filled in: total, points, band and jump list follow each choice at once.
   The server counts again when it saves; what is shown here is only the preview of that. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-sheet]");
  if (!form) return;
  const selects = [...form.querySelectorAll("select[data-points]")];
  const bands = [...document.querySelectorAll("[data-band]")];

  function bandText(kind, percent) {
    const found = bands.find((band) => {
      const [ofKind, ...percents] = band.dataset.band.split(" ");
      return ofKind === kind && percents.includes(percent);
    });
    return found ? found.lastChild.textContent.trim() : "";
  }
  // Whole hundredths of a point, so that no rounding error ever shows: percent × points.
  const hundredths = (select) => (select.value === "" ? 0 : Number(select.value) * Number(select.dataset.points));

  function follow(select) {
    const item = select.closest(".sheet-item");
    const scored = select.value !== "";
    item.querySelector("[data-item-points]").textContent = scored ? `得 ${(hundredths(select) / 100).toFixed(2)} 分` : "";
    item.querySelector("[data-band-text]").textContent = scored ? bandText(item.dataset.kind, select.value) : "";
    const jump = document.querySelector(`[data-jump="${CSS.escape(select.name.replace("percent-", ""))}"]`);
    jump.classList.toggle("scored", scored);
    jump.querySelector(".visually-hidden").textContent = scored ? " 已评" : " 未评";
    const hint = item.querySelector("[data-comment-hint]");
    const [low, high] = hint.textContent.match(/\d+/g).map(Number);
    hint.hidden = !scored || (Number(select.value) > low && Number(select.value) < high);
  }
  function count() {
    const sum = selects.reduce((total, select) => total + hundredths(select), 0);
    document.querySelector("[data-sheet-total]").textContent = (sum / 100).toFixed(2);
    document.querySelector("[data-sheet-done]").textContent = selects.filter((select) => select.value !== "").length;
  }
  selects.forEach((select) => select.addEventListener("change", () => { follow(select); count(); }));
  form.addEventListener("portal:restored", () => { selects.forEach(follow); count(); });
})();
