/* Long forms save each field when it is left, and every few seconds while typing.

   form[data-autosave-url][data-version]   POST JSON {field, value, version} with X-CSRFToken
   form[data-autosave-whole] besides       POST of all fields of the form as they stand: answers that only make sense together
   answers  200 {version, saved_at?}       saved; the next save sends this version
            202 {message}                  not whole yet (a row half filled in): kept in this browser until it is
            409 {version, value, by?}      somebody else saved this field: both texts are shown, the person chooses
                {…, mine} of a whole form  both as words; whoever takes the saved one gets the page anew
            422 {message, field?}          refused for a reason, shown at the field; not retried until it changes
            401, 403 or a login page       the session is over: says so, keeps the local copy, offers to log in
            anything else                  "未保存，正在重试", again and again, slower each time
            no network                     "未保存，现在没有网络", and again as soon as there is one
   The page shows the state in an element [data-save-state] of the form, or in one made here. */
(function () {
  "use strict";
  const portal = window.portal;
  const PAUSE = 3000;
  const SLOWEST = 60000;
  const LONGEST_WAIT = 5000;
  const AWAY = "未保存，现在没有网络，联网后自动保存。填写的内容留在这台电脑上，不会丢失。";
  const AGAIN = "未保存，正在重试。填写的内容留在这台电脑上，不会丢失。";

  document.querySelectorAll("form[data-autosave-url]").forEach((form) => {
    const state = form.querySelector("[data-save-state]") || makeState(form);
    const whole = "autosaveWhole" in form.dataset;
    const ALL = ""; // the one name under which a whole form waits for a choice
    const waiting = new Map(); // field name → value the server has not confirmed
    const held = new Map(); // field name → value the server has refused, or will take only with others
    const known = new Map(("unsaved" in form.dataset ? [] : portal.names(form)).map((name) => [name, portal.valueOf(form, name)]));
    const conflicts = new Set();
    let version = form.dataset.version;
    let busy = false;
    let failures = 0;
    let timer = 0;
    let loggedOut = false;
    let refusal = ""; // what is said of what is held
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
    window.addEventListener("online", () => { if (!waiting.size && held.size) tell(); later(0); });
    window.addEventListener("offline", () => { if (waiting.size || held.size) tell(AWAY); });
    document.addEventListener("visibilitychange", () => { if (waiting.size && !form.dataset.sending) later(0); });
    window.addEventListener("beforeunload", (event) => { if (waiting.size && !form.dataset.sending) event.preventDefault(); });

    function noted(field, pause) {
      if (!portal.editable(field)) return;
      const name = field.name;
      const value = portal.valueOf(form, name);
      if (portal.same(value, known.get(name))) {
        waiting.delete(name);
        if (held.delete(name)) { complain(name, ""); if (!held.size && !waiting.size) show("", "填写的内容会自动保存。"); }
        return;
      }
      if (held.has(name) && portal.same(value, held.get(name))) return;
      waiting.set(name, value);
      // "Saved" is said of what stands there, not of what has been typed since.
      if (state.classList.contains("saved")) show("", "填写中，稍候自动保存。");
      if (!conflicts.has(whole ? ALL : name)) later(pause);
    }
    function later(pause) {
      clearTimeout(timer);
      timer = setTimeout(save, pause);
    }
    // What is sent at once: one field, or the whole form as it stands.
    function next() {
      if (whole) {
        if (!waiting.size || conflicts.has(ALL)) return null;
        return { name: ALL, values: new Map(portal.names(form).map((name) => [name, portal.valueOf(form, name)])) };
      }
      for (const [name, value] of waiting) if (!conflicts.has(name)) return { name, values: new Map([[name, value]]) };
      return null;
    }
    function request({ name, values }) {
      const headers = { Accept: "application/json", "X-CSRFToken": token() };
      if (whole) {
        const body = new URLSearchParams();
        for (const [field, value] of new FormData(form)) if (typeof value === "string") body.append(field, value);
        body.set("version", version);
        return { headers, body };
      }
      headers["Content-Type"] = "application/json";
      return { headers, body: JSON.stringify({ field: name, value: values.get(name), version }) };
    }

    async function save() {
      if (busy || loggedOut) return;
      const job = next();
      if (!job) return;
      busy = true;
      show("", "正在保存…");
      let answer = null;
      let body = {};
      try {
        answer = await fetch(form.dataset.autosaveUrl, {
          method: "POST",
          redirect: "manual",
          ...request(job),
        });
        if ((answer.headers.get("Content-Type") || "").includes("json")) body = await answer.json();
      } catch {
        answer = null;
      }
      busy = false;
      if (answer && answer.status === 202) unfinished(job, body);
      else if (answer && answer.ok) saved(job.values, body);
      else if (answer && answer.status === 409 && "value" in body) conflict(job, body);
      else if (answer && (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect")) ended();
      else if (answer && answer.status === 422) refuse(job, body);
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

    function saved(values, body) {
      failures = 0;
      version = body.version ?? version;
      form.dataset.version = version;
      const field = form.elements.namedItem("version");
      if (field && "value" in field) field.value = version;
      for (const [name, value] of values) {
        known.set(name, value);
        held.delete(name);
        if (portal.same(waiting.get(name), value)) waiting.delete(name);
        complain(name, "");
        form.dispatchEvent(new CustomEvent("portal:field-saved", { detail: { name, value } }));
      }
      if (next()) { later(0); return; }
      if (!waiting.size && !held.size) form.dispatchEvent(new CustomEvent("portal:saved"));
      if (held.size) tell();
      else show("saved", `已保存 ${body.saved_at || portal.clock()}`);
    }
    function retry() {
      failures += 1;
      tell(navigator.onLine ? AGAIN : AWAY);
      later(Math.min(PAUSE * 2 ** (failures - 1), SLOWEST));
    }
    // A field that the portal refuses and a network that is away are both told: neither is known from the other.
    function tell(network = "") {
      show("unsaved", [network, held.size ? refusal : ""].filter(Boolean).join(" "));
    }
    // Not sent again until it changes; the local copy keeps it.
    function hold(values) {
      for (const [name, value] of values) {
        if (!waiting.has(name)) continue;
        held.set(name, value);
        if (portal.same(waiting.get(name), value)) waiting.delete(name);
      }
    }
    function refuse({ name, values }, body) {
      failures = 0;
      hold(values);
      for (const each of values.keys()) complain(each, "");
      complain(body.field || name, body.message || "这一项没有保存，请检查后再填。");
      refusal = whole ? "有一栏要改正，改好以前本页的修改还没有保存，留在这台电脑上。" : "有一项没有保存，请看该栏的说明。";
      show("unsaved", refusal);
      if (next()) later(0);
    }
    function unfinished({ values }, body) {
      failures = 0;
      hold(values);
      for (const name of values.keys()) complain(name, "");
      refusal = `${body.message}已填的内容留在这台电脑上。`;
      show("unsaved", refusal);
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
    function conflict({ name, values }, body) {
      if (!whole && portal.same(body.value, known.get(name))) { // the colleague has changed other fields, not this one
        version = body.version;
        later(0);
        return;
      }
      conflicts.add(name);
      version = body.version ?? version;
      const box = portal.element("div", "conflict");
      box.setAttribute("role", "alert");
      box.append(portal.element("p", "", `${body.by || "另一位同事"}刚刚也改了这一项。请选择留下哪一份。`));
      const texts = portal.element("div", "conflict-texts");
      const mine = whole ? body.mine : values.get(name);
      for (const [title, words] of [["您写的", mine], [body.by ? `${body.by}写的` : "已保存的", body.value]]) {
        const side = portal.element("div");
        side.append(portal.element("strong", "", title), portal.element("blockquote", "", String(words)));
        texts.append(side);
      }
      const row = portal.element("div", "cluster");
      const keepMine = () => {
        conflicts.delete(name);
        box.remove();
        if (!whole) { known.set(name, body.value); waiting.set(name, portal.valueOf(form, name)); }
        later(0);
      };
      const takeTheirs = () => {
        if (whole) { // what the colleague saved has to be shown as the server lays it out
          form.dispatchEvent(new CustomEvent("portal:discarded"));
          form.dataset.sending = "yes";
          location.reload();
          return;
        }
        conflicts.delete(name);
        box.remove();
        portal.setValue(form, name, body.value);
        saved(new Map([[name, body.value]]), { version });
      };
      row.append(
        portal.button("用我写的", "button small", keepMine),
        portal.button("用已保存的", "button small secondary", takeTheirs),
      );
      box.append(texts, row);
      form.dispatchEvent(new CustomEvent("portal:conflict", { detail: { name, row } }));
      const bar = state.closest(".save-bar");
      if (whole && bar) bar.before(box);
      else place(name).append(box);
      box.scrollIntoView({ block: "nearest" });
      show("unsaved", "有一项两个人同时改了，请选择留下哪一份。");
      if (next()) later(0);
    }

    function place(name) {
      const found = name ? form.elements.namedItem(name) : null;
      const field = found instanceof RadioNodeList ? found[0] : found;
      return (name && field && field.closest(".field")) || form;
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
    state.dataset.saveState = "";
    bar.append(state);
    form.append(bar);
    return state;
  }
})();
