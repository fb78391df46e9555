/* Display modes, error summary, counters, and guards against losing a form or sending it twice.
   Everything here only adds to pages that work without it.

   data-display-switch     list of links with data-mode (footer)
   data-error-summary      gets the focus on load
   data-counter-for, data-limit   character counter of a field, shown near the limit and beyond it
   data-unfold-on, data-unfold-value   details that open when that field is given that answer; never closed by it
   data-guard              form: sent once only; asks before leaving with changes not sent
   data-unsaved            form: what it shows came back with errors and is saved nowhere
   window.portal           what the other scripts share: key, time, changed, say, announce */
(function () {
  "use strict";
  const root = document.documentElement;
  root.classList.add("has-js");

  const portal = {
    // Local copies belong to one person: on a shared computer nobody is offered somebody else's.
    draftKey: (name) => `draft:${document.body.dataset.user || "guest"}:${name}`,
    clock: () => new Date().toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" }),
    editable: (field) =>
      field.name && field.name !== "csrfmiddlewaretoken" && !field.disabled && !field.readOnly &&
      !["hidden", "file", "password", "submit", "button", "reset"].includes(field.type),
    // One value for each name: text, or the list of what is ticked.
    valueOf(form, name) {
      const fields = Array.from(form.elements).filter((field) => field.name === name);
      const first = fields[0];
      if (!first) return null;
      if (first.type === "radio") return (fields.find((field) => field.checked) || { value: "" }).value;
      if (first.type === "checkbox") {
        return fields.length === 1 ? first.checked : fields.filter((field) => field.checked).map((field) => field.value);
      }
      if (first.multiple) return Array.from(first.selectedOptions, (option) => option.value);
      return first.value;
    },
    setValue(form, name, value) {
      for (const field of form.elements) {
        if (field.name !== name || !portal.editable(field)) continue;
        if (field.type === "radio") field.checked = field.value === value;
        else if (field.type === "checkbox") field.checked = Array.isArray(value) ? value.includes(field.value) : Boolean(value);
        else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
        else field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    },
    names: (form) => [...new Set(Array.from(form.elements).filter(portal.editable).map((field) => field.name))],
    same: (one, other) => JSON.stringify(one) === JSON.stringify(other),
    element(tag, css, words) {
      const node = document.createElement(tag);
      if (css) node.className = css;
      if (words) node.textContent = words;
      return node;
    },
    button(words, css, act) {
      const node = portal.element("button", css, words);
      node.type = "button";
      node.addEventListener("click", act);
      return node;
    },
  };
  window.portal = portal;

  // ---- display modes: the same cookie the server reads
  const MODES = ["large", "contrast"];
  const list = document.querySelector("[data-display-switch]");
  if (list) {
    list.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-mode]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const mode = link.dataset.mode;
      for (const name of MODES) {
        if (mode === "standard") root.classList.remove(`mode-${name}`);
        else if (mode === name) root.classList.toggle(`mode-${name}`);
      }
      const on = MODES.filter((name) => root.classList.contains(`mode-${name}`));
      const secure = location.protocol === "https:" ? ";secure" : "";
      document.cookie = `display_mode=${[...on].sort().join(".")};path=/;max-age=31536000;samesite=lax${secure}`;
      for (const item of list.querySelectorAll("a[data-mode]")) {
        const here = item.dataset.mode === "standard" ? on.length === 0 : on.includes(item.dataset.mode);
        if (here) item.setAttribute("aria-current", "true");
        else item.removeAttribute("aria-current");
      }
    });
  }

  // ---- error summary: focus, and links that put the cursor into the field
  const summary = document.querySelector("[data-error-summary]");
  if (summary && !location.hash) summary.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field") || field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });

  // ---- counters
  // What is left of a limit is of interest near it: from the last tenth on. Then it is also read out, once typing pauses.
  portal.near = (left, limit) => left * 10 <= limit;
  portal.announce = (counter, left, limit) => {
    const words = !portal.near(left, limit) ? "" : left >= 0 ? `还可以写 ${left} 字` : `超出 ${-left} 字`;
    let status = counter.nextElementSibling;
    if (!status || !status.matches("[data-counter-status]")) {
      status = portal.element("p", "visually-hidden");
      status.dataset.counterStatus = "";
      status.setAttribute("role", "status");
      counter.after(status);
      status.textContent = "";
    }
    clearTimeout(counter.saying);
    // A page that opens says nothing: the field's description has it.
    if (counter.said !== undefined) counter.saying = setTimeout(() => { status.textContent = words; }, 1000);
    counter.said = words;
  };
  function count(counter) {
    const field = document.getElementById(counter.dataset.counterFor);
    if (!field) return;
    const limit = Number(counter.dataset.limit);
    // Over-long text is shown, not cut: cutting silently loses what was pasted. The server refuses it with a reason.
    field.removeAttribute("maxlength");
    const left = limit - Array.from(field.value).length;
    const near = portal.near(left, limit);
    counter.textContent = !near ? `最多 ${limit} 字` : left >= 0 ? `还可以写 ${left} 字（最多 ${limit} 字）` : `超出 ${-left} 字（最多 ${limit} 字）`;
    // Far from it the limit is still the field's description, for whoever hears the page.
    counter.classList.toggle("visually-hidden", !near);
    counter.classList.toggle("over", left < 0);
    portal.announce(counter, left, limit);
  }
  document.querySelectorAll("[data-counter-for]").forEach((counter) => {
    count(counter);
    const field = document.getElementById(counter.dataset.counterFor);
    if (field) field.addEventListener("input", () => count(counter));
  });

  // ---- details that belong to an answer
  document.querySelectorAll("details[data-unfold-on]").forEach((details) => {
    const { unfoldOn, unfoldValue } = details.dataset;
    const unfold = (field) => {
      if (field.name === unfoldOn && field.value === unfoldValue && field.checked) details.open = true;
    };
    const form = details.closest("form");
    form.addEventListener("input", (event) => unfold(event.target));
    // A page that comes back may have its answers put in again without an event.
    window.addEventListener("pageshow", () => Array.from(form.elements).forEach(unfold));
  });

  // ---- guards
  document.querySelectorAll("form[data-guard]").forEach((form) => {
    if (form.method !== "post") return;
    let sent = false;
    let touched = "unsaved" in form.dataset;
    form.addEventListener("input", () => { touched = true; });
    form.addEventListener("portal:saved", () => { touched = false; });
    form.addEventListener("submit", (event) => {
      if (sent) { event.preventDefault(); return; }
      sent = true;
      touched = false;
      const button = event.submitter || form.querySelector("button:not([type=button])");
      // After the browser has collected the values: a disabled button would not be sent.
      setTimeout(() => {
        if (!button || !sent) return;
        button.setAttribute("aria-disabled", "true");
        button.dataset.words = button.textContent;
        button.textContent = "正在提交…";
      });
    });
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      sent = false;
      form.querySelectorAll("button[aria-disabled]").forEach((button) => {
        button.removeAttribute("aria-disabled");
        button.textContent = button.dataset.words || button.textContent;
      });
    });
    window.addEventListener("beforeunload", (event) => { if (touched && !sent && !form.dataset.sending) event.preventDefault(); });
  });
})();
