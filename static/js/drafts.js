/* Local copies of long forms: if the network, the session or the tab dies, nothing typed is lost.

   form[data-draft-key="application-12-report"]   each change is kept in this browser, for this user
   [data-draft-saved="application-12-report"]     anywhere on a later page: the server has it, the copy is dropped
   After a reload or a new login the form offers back what differs from what the server shows; nothing is overwritten unasked.
   Never kept: passwords, files, hidden fields. A copy older than 30 days is dropped. */
(function () {
  "use strict";
  const portal = window.portal;
  const KEPT_FOR = 30 * 24 * 3600 * 1000;

  function read(key) {
    try {
      const copy = JSON.parse(localStorage.getItem(key));
      return copy && Date.now() - copy.at < KEPT_FOR ? copy : null;
    } catch {
      return null;
    }
  }
  function write(key, copy) {
    try {
      if (copy && Object.keys(copy.fields).length) localStorage.setItem(key, JSON.stringify(copy));
      else localStorage.removeItem(key);
      return true;
    } catch {
      return false; // Full or forbidden: the page works on without a copy.
    }
  }

  document.querySelectorAll("[data-draft-saved]").forEach((mark) => write(portal.draftKey(mark.dataset.draftSaved), null));

  document.querySelectorAll("form[data-draft-key]").forEach((form) => {
    const key = portal.draftKey(form.dataset.draftKey);
    const unsaved = "unsaved" in form.dataset;
    const shown = Object.fromEntries(portal.names(form).map((name) => [name, portal.valueOf(form, name)]));
    // What a form with errors shows is not on the server: everything in it counts as not saved.
    const server = unsaved ? {} : { ...shown };
    const found = read(key);
    let pending = unsaved ? null : found;
    let copy = { at: Date.now(), fields: unsaved && found ? { ...found.fields, ...shown } : {} };

    function keep(name) {
      const value = portal.valueOf(form, name);
      if (name in server && portal.same(value, server[name])) delete copy.fields[name];
      else copy.fields[name] = value;
      copy.at = Date.now();
      // What has been offered and not yet answered stays in the copy.
      write(key, { at: copy.at, fields: { ...(pending ? pending.fields : {}), ...copy.fields } });
    }
    ["input", "change"].forEach((kind) =>
      form.addEventListener(kind, (event) => { if (portal.editable(event.target)) keep(event.target.name); }));
    // autosave.js: the server has confirmed this value of this field.
    form.addEventListener("portal:field-saved", (event) => {
      const { name, value } = event.detail;
      server[name] = value;
      if (pending) delete pending.fields[name];
      keep(name);
    });
    // autosave.js: the person has taken what a colleague saved.
    form.addEventListener("portal:discarded", () => { copy.fields = {}; write(key, pending); });

    if (!pending) return;
    // A loaded page may have fewer fields than the copy; what it does not show is not offered.
    const differing = Object.keys(pending.fields).filter((name) => name in server && !portal.same(pending.fields[name], server[name]));
    if (!differing.length) { pending = null; write(key, null); return; }

    const when = new Date(pending.at).toLocaleString("zh-CN", { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Shanghai" });
    const box = portal.element("div", "notice warn");
    box.setAttribute("role", "status");
    box.append(portal.element("h3", "", "这台电脑上留有尚未提交的内容"));
    box.append(portal.element("p", "", `您在 ${when} 填写的 ${differing.length} 处内容还没有保存到服务器：${differing.map(labelOf).join("、")}。`));
    const row = portal.element("div", "cluster");
    row.append(
      portal.button("恢复到表单里", "button small", () => {
        const fields = pending.fields;
        pending = null;
        differing.forEach((name) => portal.setValue(form, name, fields[name]));
        differing.forEach((name) => form.dispatchEvent(new CustomEvent("portal:restored", { detail: { name } })));
        box.replaceChildren(portal.element("p", "", "已恢复。请核对后保存。"));
      }),
      portal.button("不要了，删除本机副本", "link-button", () => {
        pending = null;
        write(key, copy);
        box.remove();
      }),
    );
    box.append(row);
    form.prepend(box);

    function labelOf(name) {
      const field = form.elements[name];
      const first = field instanceof RadioNodeList ? field[0] : field;
      const words = first && first.closest(".field") && first.closest(".field").querySelector("label, legend");
      return words ? words.firstChild.textContent.trim() : name;
    }
  });
})();
