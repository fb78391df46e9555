/* Long forms save each field when it is left, and every few seconds while typing.

   form[data-autosave-url][data-version]   POST JSON {field, value, version} with X-CSRFToken
   answers  200 {version, saved_at?}       saved; the next save sends this version
            409 {version, value, by?}      somebody else saved this field: both texts are shown, the person chooses
            422 {message}                  refused for a reason, shown at the field; not retried until it changes
            401, 403 or a login page       the session is over: says so, keeps the local copy, offers to log in
            anything else, no network      "未保存，正在重试", again and again, slower each time
   The page shows the state in an element [data-save-state] of the form, or in one made here. */
(function () {
  "use strict";
  const portal = window.portal;
  const PAUSE = 3000;
  const SLOWEST = 60000;
  const LONGEST_WAIT = 5000;

  document.querySelectorAll("form[data-autosave-url]").forEach((form) => {
    const state = form.querySelector("[data-save-state]") || makeState(form);
    const waiting = new Map(); // field name → value the server has not confirmed
    const refused = new Map(); // field name → value the server has refused
    const known = new Map(("unsaved" in form.dataset ? [] : portal.names(form)).map((name) => [name, portal.valueOf(form, name)]));
    const conflicts = new Set();
    let version = form.dataset.version;
    let busy = false;
    let failures = 0;
    let timer = 0;
    let loggedOut = false;
    let leaving = null; // the button of a sending that waits

    form.addEventListener("input", (event) => noted(event.target, PAUSE));
    form.addEventListener("change", (event) => noted(event.target, 0));
    form.addEventListener("focusout", (event) => noted(event.target, 0));
    // A save under way would make what is sent now look stale: sending waits for its answer, but not for ever.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (!busy) { form.dataset.sending = "yes"; return; }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (leaving) return;
      leaving = { button: event.submitter };
      setTimeout(leave, LONGEST_WAIT);
    }, { capture: true });
    window.addEventListener("online", () => later(0));
    document.addEventListener("visibilitychange", () => { if (waiting.size && !form.dataset.sending) later(0); });
    window.addEventListener("beforeunload", (event) => { if (waiting.size && !form.dataset.sending) event.preventDefault(); });

    function noted(field, pause) {
      if (!portal.editable(field)) return;
      const name = field.name;
      const value = portal.valueOf(form, name);
      if (portal.same(value, known.get(name))) { waiting.delete(name); return; }
      if (refused.has(name) && portal.same(value, refused.get(name))) return;
      waiting.set(name, value);
      if (!conflicts.has(name)) later(pause);
    }
    function later(pause) {
      clearTimeout(timer);
      timer = setTimeout(save, pause);
    }
    function next() {
      for (const [name, value] of waiting) if (!conflicts.has(name)) return [name, value];
      return null;
    }

    async function save() {
      if (busy || loggedOut) return;
      const job = next();
      if (!job) return;
      const [name, value] = job;
      busy = true;
      show("", "正在保存…");
      let answer = null;
      let body = {};
      try {
        answer = await fetch(form.dataset.autosaveUrl, {
          method: "POST",
          redirect: "manual",
          headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
          body: JSON.stringify({ field: name, value, version }),
        });
        if ((answer.headers.get("Content-Type") || "").includes("json")) body = await answer.json();
      } catch {
        answer = null;
      }
      busy = false;
      if (answer && answer.ok) saved(name, value, body);
      else if (answer && answer.status === 409 && "value" in body) conflict(name, value, body);
      else if (answer && (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect")) ended();
      else if (answer && answer.status === 422) refuse(name, value, body);
      else retry();
      if (conflicts.size) leaving = null;
      leave();
    }
    function leave() {
      if (!leaving) return;
      const { button } = leaving;
      leaving = null;
      busy = false;
      form.requestSubmit(button);
    }

    function saved(name, value, body) {
      failures = 0;
      version = body.version ?? version;
      form.dataset.version = version;
      const field = form.elements.namedItem("version");
      if (field && "value" in field) field.value = version;
      known.set(name, value);
      refused.delete(name);
      if (portal.same(waiting.get(name), value)) waiting.delete(name);
      complain(name, "");
      form.dispatchEvent(new CustomEvent("portal:field-saved", { detail: { name, value } }));
      if (next()) { later(0); return; }
      if (!waiting.size) form.dispatchEvent(new CustomEvent("portal:saved"));
      show("saved", `已保存 ${body.saved_at || portal.clock()}`);
    }
    function retry() {
      failures += 1;
      show("unsaved", "未保存，正在重试。填写的内容留在这台电脑上，不会丢失。");
      later(Math.min(PAUSE * 2 ** (failures - 1), SLOWEST));
    }
    function refuse(name, value, body) {
      waiting.delete(name);
      refused.set(name, value);
      complain(name, body.message || "这一项没有保存，请检查后再填。");
      show("unsaved", "有一项没有保存，请看该栏的说明。");
      if (next()) later(0);
    }
    function ended() {
      loggedOut = true;
      const link = portal.element("a", "", "重新登录");
      link.href = `${form.dataset.loginUrl || "/accounts/login/"}?next=${encodeURIComponent(location.pathname + location.search)}`;
      show("unsaved", "登录已过期，还没有保存。内容留在这台电脑上，登录后会回到这里并请您恢复。");
      state.append(" ", link);
      form.dataset.sending = "yes";
    }
    function conflict(name, mine, body) {
      conflicts.add(name);
      version = body.version ?? version;
      const box = portal.element("div", "conflict");
      box.setAttribute("role", "alert");
      box.append(portal.element("p", "", `${body.by || "另一位同事"}刚刚也改了这一项。请选择留下哪一份。`));
      const texts = portal.element("div", "conflict-texts");
      for (const [title, words] of [["您写的", mine], [body.by ? `${body.by}写的` : "已保存的", body.value]]) {
        const side = portal.element("div");
        side.append(portal.element("strong", "", title), portal.element("blockquote", "", String(words)));
        texts.append(side);
      }
      const row = portal.element("div", "cluster");
      const settle = (value, mineStays) => {
        conflicts.delete(name);
        box.remove();
        known.set(name, body.value);
        if (mineStays) { waiting.set(name, portal.valueOf(form, name)); later(0); return; }
        waiting.delete(name);
        portal.setValue(form, name, value);
        saved(name, value, { version });
      };
      row.append(
        portal.button("用我写的", "button small", () => settle(mine, true)),
        portal.button("用已保存的", "button small secondary", () => settle(body.value, false)),
      );
      box.append(texts, row);
      form.dispatchEvent(new CustomEvent("portal:conflict", { detail: { name, row } }));
      place(name).append(box);
      box.scrollIntoView({ block: "nearest" });
      show("unsaved", "有一项两个人同时改了，请选择留下哪一份。");
      if (next()) later(0);
    }

    function place(name) {
      const found = form.elements.namedItem(name);
      const field = found instanceof RadioNodeList ? found[0] : found;
      return (field && field.closest(".field")) || form;
    }
    function complain(name, words) {
      const here = place(name);
      const old = here.querySelector(":scope > [data-autosave-error]");
      if (old) old.remove();
      if (!words) return;
      const line = portal.element("p", "field-error", words);
      line.dataset.autosaveError = "";
      line.setAttribute("role", "alert");
      here.append(line);
    }
    function token() {
      const field = form.querySelector("[name=csrfmiddlewaretoken]");
      return field ? field.value : "";
    }
    function show(css, words) {
      state.className = `save-state ${css}`;
      state.textContent = words;
    }
  });

  function makeState(form) {
    const bar = portal.element("div", "save-bar");
    const state = portal.element("p", "save-state", "填写的内容会自动保存。");
    state.setAttribute("role", "status");
    bar.append(state);
    form.append(bar);
    return state;
  }
})();
