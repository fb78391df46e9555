/* Opens a place in the applicant's file at the foot of the page, so that the page above stays where it was.

   a[data-dock]          a link to a PDF file; where the window is narrow, or the reader asks for a tab, it opens there
   [data-file-dock]      the dock with its frame, hidden until the first link; Escape or its button close it */
(function () {
  "use strict";
  const dock = document.querySelector("[data-file-dock]");
  if (!dock) return;
  const title = dock.querySelector("[data-dock-title]");
  const wide = window.matchMedia("(min-width: 60rem) and (min-height: 30rem)");
  let from = null;

  function close() {
    if (dock.hidden) return;
    dock.hidden = true;
    document.documentElement.classList.remove("has-dock");
    if (from) from.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dock]");
    if (!link) return;
    const elsewhere = !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey;
    link.target = elsewhere ? "_blank" : "dock";
    if (elsewhere) return;
    from = link;
    title.textContent = `申报材料：${link.textContent}`;
    dock.hidden = false;
    document.documentElement.classList.add("has-dock");
    link.scrollIntoView({ block: "nearest" });
    title.focus({ preventScroll: true });
  });
  dock.querySelector("[data-dock-close]").addEventListener("click", close);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
})();
