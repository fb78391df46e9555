/* Files are sent in pieces as soon as they are chosen; a cut line, a reload or another tab costs one piece at most.

   <input type="file" data-upload-url data-upload-kinds="pdf,docx" data-upload-purpose data-upload-key data-upload-limit>
   POST url {name, size, kinds, purpose, key} → {token, url, offset, chunk}; PATCH piece by piece; see documents/views.py.
   The form then posts `<name>_token` instead of the file. Sending the form while a file is under way waits for it.
   Without this script the form posts the file itself. */
(function () {
  "use strict";
  const portal = window.portal;
  const SMALLEST = 256 * 1024;
  const SLOWEST = 30000;
  const SILENCE = 120000; // no answer to a piece for so long is a cut
  const GONE = [404, 410];

  document.querySelectorAll("input[type=file][data-upload-url]").forEach((input) => {
    const form = input.form;
    const kinds = input.dataset.uploadKinds.split(",");
    const shelf = `upload:${document.body.dataset.user || "guest"}:${input.dataset.uploadPurpose}:${input.dataset.uploadKey || ""}`;
    const jobs = [];
    const list = portal.element("ul", "uploads");
    const told = portal.element("p", "visually-hidden");
    told.setAttribute("role", "status");
    input.after(list, told);
    let working = false;
    let leaving = null; // the button of a sending that waits for the files

    input.addEventListener("change", async () => {
      const files = Array.from(input.files);
      input.value = ""; // what is sent in pieces does not go with the form again
      for (const file of files) await choose(file);
      work();
    });
    document.addEventListener("submit", (event) => {
      if (event.target !== form || !jobs.some(pending)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      leaving = { button: event.submitter };
      jobs.filter(pending).forEach((job) => say(job, "上传完成后自动提交。"));
    }, { capture: true });
    window.addEventListener("online", () => jobs.forEach((job) => job.wake && job.wake()));
    restore();

    // ---- choosing, and finding again what was under way

    async function choose(file) {
      const fault = await portal.fileFault(file, kinds, Number(input.dataset.uploadLimit));
      if (fault) { refuse(makeJob({ name: file.name, size: file.size }), fault); return; }
      const print = await portal.filePrint(file);
      if (jobs.some((job) => job.print === print && (pending(job) || job.stage === "done"))) return;
      const known = jobs.find((job) => job.print === print && job.stage === "lost");
      if (!input.multiple) jobs.filter((job) => job !== known).forEach(cancel);
      else jobs.filter((job) => job.stage === "refused").forEach(cancel);
      const job = known || makeJob({ name: file.name, size: file.size, print });
      job.file = file;
      set(job, "waiting");
      say(job, known ? "从断点继续。" : "等待上传。");
    }
    async function restore() {
      const posted = Array.from(form.querySelectorAll(`input[name="${input.name}_token"]`));
      const kept = [...read(), ...posted.map((field) => ({ token: field.value, url: `${input.dataset.uploadUrl}${field.value}/` }))];
      posted.forEach((field) => field.remove());
      for (const one of kept) {
        if (jobs.some((job) => job.token === one.token)) continue;
        const answer = await ask("GET", one.url);
        if (!answer.status || answer.status >= 500) { if (one.print) lost(makeJob(one), one.offset || 0); continue; }
        const { stage, offset, name, size } = answer.body;
        if (stage === "finished") finish(makeJob({ ...one, name, size }), answer.body);
        else if (stage === "open" && one.print) lost(makeJob({ ...one, name, size }), offset);
        else forget(one.token);
      }
    }
    function lost(job, offset) {
      job.offset = offset;
      set(job, "lost");
      show(job, offset);
      say(job, `上次上传在这里中断。请再选一次同一个文件“${job.name}”，从断点继续。`);
    }

    // ---- sending, one file after the other

    async function work() {
      if (working) return;
      working = true;
      for (let job = next(); job; job = next()) await send(job);
      working = false;
      if (!leaving || jobs.some(pending)) return;
      const { button } = leaving;
      leaving = null;
      if (jobs.some((job) => job.stage === "done") && !jobs.some((job) => job.stage === "refused")) form.requestSubmit(button);
    }
    function next() { return jobs.find((job) => job.stage === "waiting"); }
    function pending(job) { return job.stage === "waiting" || job.stage === "sending"; }

    async function send(job) {
      let failures = 0;
      let asked = false;
      let piece = job.chunk || 4 * 1024 * 1024;
      set(job, "sending");
      while (job.stage === "sending") {
        let answer;
        if (!job.token) answer = await begin(job);
        else if (!asked) answer = await ask("GET", job.url);
        else answer = await sendPiece(job, piece);
        if (job.stage !== "sending") return;
        const body = answer.body;
        if (answer.status === 200 || answer.status === 201) {
          if (failures) say(job, "网络已恢复，继续上传。");
          else if (!asked) say(job, job.offset || body.offset ? "从断点继续。" : "正在上传。");
          failures = 0;
          asked = true;
          job.offset = body.offset;
          job.chunk = body.chunk;
          piece = Math.min(body.chunk, piece * 2);
          show(job, job.offset);
          keep(job);
          if (body.stage === "finished") finish(job, body);
          else if (body.stage === "taken") { forget(job.token); drop(job); }
        } else if (answer.status === 409 && "offset" in body) {
          job.offset = body.offset; // another tab was faster, or an answer got lost: go on where the server is
          await pause(job, 200 + Math.random() * 300);
        } else if (GONE.includes(answer.status)) {
          forget(job.token);
          job.token = ""; // expired: from the beginning
          job.offset = 0;
          if (failures > 2) refuse(job, body.message || "上传没有成功，请重新选择文件。");
          failures += 1;
        } else if (answer.unread) {
          refuse(job, "文件无法读取，可能已被移动或修改。请重新选择文件。");
        } else if (answer.ended) {
          ended(job);
          await pause(job, SLOWEST);
          asked = false;
        } else if (answer.status >= 400 && answer.status < 500 && body.message && body.code !== "upload_cut") {
          refuse(job, body.message);
        } else {
          failures += 1;
          asked = false; // what the server really has is asked before going on
          piece = Math.max(SMALLEST, Math.floor(piece / 2));
          const wait = Math.min(SLOWEST, 1000 * 2 ** (failures - 1));
          say(job, `${body.message || "网络中断。"}已上传的部分不会丢失，恢复后自动继续（${Math.ceil(wait / 1000)} 秒后再试）。`, "warn");
          show(job, job.offset || 0);
          await pause(job, wait);
        }
      }
    }
    async function begin(job) {
      const { uploadPurpose: purpose, uploadKey: key } = input.dataset;
      const answer = await ask("POST", input.dataset.uploadUrl, JSON.stringify({ name: job.name, size: job.size, kinds, purpose, key }));
      if (answer.status === 201) { job.token = answer.body.token; job.url = answer.body.url; }
      return answer;
    }
    async function sendPiece(job, piece) {
      let content;
      try {
        content = await job.file.slice(job.offset, job.offset + piece).arrayBuffer();
      } catch {
        return { status: 0, body: {}, unread: true };
      }
      return ask("PATCH", job.url, content, job);
    }
    function ask(method, url, content, job) {
      return new Promise((resolve) => {
        const request = new XMLHttpRequest();
        const done = () => {
          let body = null;
          try { body = JSON.parse(request.responseText); } catch { body = null; }
          const ended = request.status === 401 || (!body && (request.status === 403 || request.responseURL.includes("/login/")));
          resolve({ status: ended ? 0 : request.status, body: body || {}, ended });
        };
        request.open(method, url);
        request.timeout = SILENCE;
        request.setRequestHeader("Accept", "application/json");
        request.setRequestHeader("X-CSRFToken", csrf());
        if (job) {
          request.setRequestHeader("Content-Type", "application/offset+octet-stream");
          request.setRequestHeader("Upload-Offset", String(job.offset));
          const from = job.offset;
          request.upload.onprogress = (event) => show(job, Math.min(from + event.loaded, job.size));
          job.abort = () => request.abort();
        }
        request.onload = done;
        request.onerror = request.ontimeout = request.onabort = () => resolve({ status: 0, body: {}, ended: false });
        request.send(content);
      });
    }
    function csrf() {
      // The cookie first: a login in another tab has renewed it.
      const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
      const field = form.querySelector("[name=csrfmiddlewaretoken]");
      return cookie ? cookie[1] : field ? field.value : "";
    }
    function pause(job, time) {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, time);
        job.wake = () => { clearTimeout(timer); resolve(); };
      });
    }

    // ---- the end of a file

    function finish(job, body) {
      set(job, "done");
      job.offset = job.size;
      show(job, job.size);
      const field = portal.element("input");
      Object.assign(field, { type: "hidden", name: `${input.name}_token`, value: body.token });
      job.row.append(field);
      keep(job);
      const button = form.querySelector("button:not([type=button])");
      const digest = body.digest.slice(0, 12).match(/.{4}/g).join(" ");
      say(job, `已传到服务器（SM3 ${digest}）。${leaving ? "" : `请按“${button ? button.textContent.trim() : "提交"}”完成。`}`, "good");
    }
    function refuse(job, words) {
      set(job, "refused");
      say(job, words, "bad");
      forget(job.token);
    }
    function cancel(job) {
      job.stage = "cancelled";
      if (job.abort) job.abort();
      if (job.wake) job.wake();
      if (job.url) ask("DELETE", job.url);
      forget(job.token);
      drop(job);
    }
    function drop(job) {
      job.stage = "cancelled";
      jobs.splice(jobs.indexOf(job), 1);
      job.row.remove();
    }
    function ended(job) {
      say(job, "登录已过期，已上传的部分不会丢失。", "warn");
      const link = portal.element("a", "", "重新登录（在新窗口），再回到这里按“继续”");
      link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
      link.target = "_blank";
      job.words.append(" ", link);
    }

    // ---- what is shown

    function makeJob(given) {
      const job = { stage: "waiting", offset: 0, ...given };
      job.row = portal.element("li", "upload");
      const head = portal.element("div", "upload-head");
      head.append(portal.element("strong", "upload-name", job.name));
      job.bar = portal.element("div", "upload-bar");
      for (const [name, value] of [["role", "progressbar"], ["aria-label", `上传 ${job.name}`], ["aria-valuemin", 0], ["aria-valuemax", 100]]) {
        job.bar.setAttribute(name, value);
      }
      job.fill = portal.element("span");
      job.bar.append(job.fill);
      job.count = portal.element("p", "upload-count");
      job.words = portal.element("p", "upload-words");
      job.again = portal.button("继续", "link-button small", () => { if (job.wake) job.wake(); });
      job.stop = portal.button("取消", "link-button small", () => { cancel(job); work(); input.focus(); });
      head.append(job.again, job.stop);
      job.row.append(head, job.bar, job.count, job.words);
      list.append(job.row);
      jobs.push(job);
      show(job, job.offset);
      return job;
    }
    function set(job, stage) {
      job.stage = stage;
      job.row.dataset.stage = stage;
      job.again.hidden = stage !== "sending";
      job.bar.hidden = job.count.hidden = stage === "refused";
      job.stop.textContent = stage === "refused" ? "知道了" : stage === "done" ? "移除" : "取消";
      job.stop.setAttribute("aria-label", `${stage === "waiting" || stage === "sending" ? "取消上传" : job.stop.textContent} ${job.name}`);
    }
    function show(job, sent) {
      const percent = job.size ? Math.floor((sent / job.size) * 100) : 0;
      const words = `已上传 ${percent}%，${portal.bytes(sent)} / ${portal.bytes(job.size)}`;
      job.bar.setAttribute("aria-valuenow", percent);
      job.bar.setAttribute("aria-valuetext", words);
      job.fill.style.width = `${percent}%`;
      job.count.textContent = words;
    }
    function say(job, words, tone) {
      job.words.className = `upload-words ${tone || ""}`;
      job.words.textContent = words;
      job.row.classList.toggle("stalled", tone === "warn");
      told.textContent = `${job.name}：${words}`;
    }

    // ---- what this browser remembers

    function read() {
      try { return JSON.parse(localStorage.getItem(shelf)) || []; } catch { return []; }
    }
    function write(rows) {
      try {
        if (rows.length) localStorage.setItem(shelf, JSON.stringify(rows));
        else localStorage.removeItem(shelf);
      } catch { /* Full or forbidden: the upload works, it is only not found again after a reload. */ }
    }
    function keep(job) {
      const { token, url, name, size, print, offset } = job;
      if (print) write([...read().filter((row) => row.token !== token), { token, url, name, size, print, offset }]);
    }
    function forget(token) { write(read().filter((row) => row.token !== token)); }
  });
})();
