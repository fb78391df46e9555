/* The parts that the screens of the offline page are made of. window.offlineParts. */
(function () {
  "use strict";
  const { portal } = window;
  const make = (tag, css, ...inside) => {
    const node = portal.element(tag, css);
    node.append(...inside.filter((one) => one !== null && one !== undefined));
    return node;
  };
  const fault = (words) => (words ? portal.element("p", "field-error", words) : null);
  // `label`: words, or nodes
  function field(kept, name, label, control, id) {
    const words = make("label", "", ...[].concat(label));
    words.htmlFor = control.id = id;
    control.classList.add("control");
    control.name = name;
    const found = kept.errors[name];
    if (found) control.setAttribute("aria-invalid", "true");
    const box = make("div", `field${found ? " has-error" : ""}`, words, fault(found), control);
    control.addEventListener("input", () => forgive(box), { once: true });
    return box;
  }
  // What was refused is being corrected: the reason no longer holds.
  function forgive(box) {
    box.classList.remove("has-error");
    for (const one of box.querySelectorAll(":scope > .field-error")) one.remove();
    for (const one of box.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  }
  // `mine` and `theirs` in words, for what is no text
  function conflictBox(kept, name, act, mine = window.offlineKept.value(kept, name), theirs = kept.conflicts[name]) {
    const box = make("div", "conflict", portal.element("p", "", "这一栏在别处又保存过。请选择留下哪一份。"));
    box.setAttribute("role", "alert");
    const both = make("div", "conflict-texts");
    for (const [title, words] of [["这台设备上写的", mine], ["平台上已保存的", theirs]]) {
      both.append(make("div", "", portal.element("strong", "", title), portal.element("blockquote", "", words || "（空）")));
    }
    box.append(both, make("div", "cluster",
      portal.button("用这台设备上的", "button small", () => act.settle(name, true)),
      portal.button("用平台上的", "button small secondary", () => act.settle(name, false))));
    return box;
  }
  // Draws a screen anew under somebody's hands: focus, caret, what is unfolded and the place on the screen stay.
  function steadily(view, draw) {
    const at = document.activeElement;
    const held = at && at.id && view.contains(at) ? at : null;
    const caret = held && typeof held.selectionStart === "number" ? [held.selectionStart, held.selectionEnd] : null;
    const top = held ? held.getBoundingClientRect().top : 0;
    const { scrollY } = window;
    const unfolded = new Map([...view.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
    draw();
    for (const one of view.querySelectorAll("details[id]")) if (unfolded.has(one.id)) one.open = unfolded.get(one.id);
    const again = held && document.getElementById(held.id);
    if (!again) { window.scrollTo(0, scrollY); return; }
    again.focus({ preventScroll: true });
    if (caret && typeof again.selectionStart === "number") again.setSelectionRange(...caret);
    window.scrollBy(0, again.getBoundingClientRect().top - top);
  }

  window.offlineParts = { make, fault, field, forgive, conflictBox, steadily };
})();
