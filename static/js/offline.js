/* The page for work without a network: set up, unlock, list, sheet, and bringing what was written back to the portal. */
(function () {
  "use strict";
  const { portal, offlineVault: vault, offlineServer: server, offlineSheet: sheets, offlineVisit: visits } = window;
  const { make } = sheets;
  const KINDS = [sheets, visits];
  const main = document.querySelector("[data-offline]");
  const view = main.querySelector("[data-view]");
  const title = main.querySelector("[data-title]");
  const notice = main.querySelector("[data-notice]");
  const network = document.querySelector("[data-network]");
  const LEAST = Number(main.dataset.passphrase);
  const EVERY = 60000;
  const RETRY = 5000;
  let open = null; // {kind, id, kept, status}
  let working = false;
  let writing = Promise.resolve();

  function say(words, css = "notice") {
    notice.replaceChildren();
    if (words) notice.append(make("div", css, ...[].concat(words).map((one) => (one instanceof Node ? one : portal.element("p", "", one)))));
  }
  function place(heading, ...nodes) {
    title.textContent = heading;
    view.replaceChildren(...nodes.filter(Boolean));
  }
  function login() {
    const link = portal.element("a", "button", "登录");
    link.href = `${main.dataset.login}?next=${encodeURIComponent(location.pathname)}`;
    return make("div", "button-row", link);
  }
  function passphraseField(id, label, autocomplete) {
    const words = portal.element("label", "", label);
    const input = portal.element("input", "control");
    Object.assign(input, { type: "password", id, autocomplete, required: true });
    words.htmlFor = id;
    return [make("div", "field", words, input), input];
  }
  function formOf(button, act, ...fields) {
    const form = make("form", "form", ...fields, make("div", "button-row", portal.element("button", "button", button)));
    form.noValidate = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (working) return;
      working = true;
      try { await act(); } finally { working = false; }
    });
    return form;
  }

  // ---- first: a device that is not set up
  async function setUp() {
    const session = await server.session();
    if (session.state === "unreachable") { place("启用离线评分"); say("现在没有网络。请先联网登录，再在这台设备上启用离线评分。", "notice warn"); return; }
    if (session.state === "loggedOut") { place("启用离线评分", portal.element("p", "", "请先登录，再在这台设备上启用离线评分。"), login()); return; }
    if (session.state !== "ok") { place("启用离线评分"); say("离线评分由评审员使用。", "notice warn"); return; }
    main.querySelector(".offline-terms").open = true;
    const nameLabel = portal.element("label", "", "设备名称（丢失时用来辨认）");
    const name = portal.element("input", "control");
    Object.assign(name, { id: "device-name", autocomplete: "username", maxLength: 60, value: "我的平板" });
    nameLabel.htmlFor = "device-name";
    const [first, one] = passphraseField("passphrase", `离线口令（至少 ${LEAST} 位，请记牢，无法找回）`, "new-password");
    const [second, two] = passphraseField("passphrase-again", "再输入一次离线口令", "new-password");
    place("启用离线评分", portal.element("p", "", `${session.name}，启用后您的未封存评分表和申报材料会加密存进这台设备。请只在自己保管的设备上启用。`),
      formOf("启用这台设备", async () => {
        if (one.value.length < LEAST || new Set(one.value).size < 4) { say(`离线口令至少 ${LEAST} 位，且不能只是少数几个字符的重复。`, "notice warn"); one.focus(); return; }
        if (one.value !== two.value) { say("两次输入的口令不一样，请重新输入。", "notice warn"); two.focus(); return; }
        const added = await server.add(name.value);
        if (added.state !== "ok") { say(added.message || "没有启用，请检查网络后重试。", "notice warn"); return; }
        await vault.create(one.value, added);
        say("已启用，正在下载评分表和材料…");
        await contactAndSync();
        say("");
        main.querySelector(".offline-terms").open = false;
        await list();
      }, make("div", "field", nameLabel, name), first, second));
  }

  // ---- then: contact, passphrase
  async function contact() {
    const device = await vault.device();
    if (!device) return { state: "none" };
    const found = await server.contact(device);
    network.textContent = found.state === "unreachable" ? "离线" : "已联网";
    if (found.state === "revoked") {
      await vault.wipe();
      open = null;
      place("设备已停用");
      say("这台设备已停用，其中的评分资料已全部清除。需要再用的，请登录后重新启用。", "notice warn");
    } else if (found.state === "loggedOut") {
      await vault.dropServerHalf();
      open = null;
      place("须重新登录", portal.element("p", "", "登录已过期、已退出，或登录的不是启用这台设备的人。登录后才能再打开；已写的内容仍加密保存在这台设备上。"), login());
      say("");
    } else if (found.state === "ok") await vault.renew(found.key, found.days);
    return found;
  }
  async function locked() {
    const device = await vault.device();
    if (!device.key) { place("须重新登录", portal.element("p", "", "请联网登录后再打开。"), login()); return; }
    if (device.until < Date.now()) { place("须先联网"); say("这台设备太久没有联网，请先联网核对后再打开。已写的内容仍加密保存在这台设备上。", "notice warn"); return; }
    const [box, input] = passphraseField("passphrase", "离线口令", "current-password");
    place("打开离线评分", formOf("打开", async () => {
      if (!(await vault.unlock(input.value))) { say("口令不对，请重新输入。", "notice warn"); input.value = ""; input.focus(); return; }
      say("");
      await contactAndSync();
      if (vault.isOpen()) await list();
    }, box));
    input.focus();
  }

  // ---- bringing together
  const keep = (kind, id, kept) => { writing = writing.then(() => vault.isOpen() && vault.keep(kind.store, id, kept)); return writing; };
  const isOpen = (kind, id) => open !== null && open.kind === kind && open.id === id;
  let syncing = null;
  let again = false;
  let retry = 0;
  // What is asked for while one runs (the network is back, more was typed) is done after it, not dropped.
  function contactAndSync() {
    if (syncing) again = true;
    else syncing = syncAll().finally(() => { syncing = null; });
    return syncing;
  }
  async function syncAll() {
    do { again = false; await sync(); } while (again);
  }
  async function sync() {
    const found = await contact();
    // The browser believes in a network that does not carry yet.
    if (found.state === "unreachable" && navigator.onLine) {
      clearTimeout(retry);
      retry = setTimeout(contactAndSync, RETRY);
    }
    if (found.state !== "ok" || !vault.isOpen()) return;
    const device = await vault.device();
    for (const kind of KINDS) await syncKind(kind, device, found[kind.store].map((one) => one.id));
    await dropFiles();
    if (open) paint(false);
  }
  async function syncKind(kind, device, wanted) {
    for (const id of new Set([...(await vault.ids(kind.store)), ...wanted])) {
      const kept = isOpen(kind, id) ? open.kept : await vault.get(kind.store, id);
      if (!wanted.includes(id)) { await closed(kind, id, kept); continue; }
      if (kept && kept.closed) { await vault.drop(kind.store, id); continue; }
      if (kept && !(await push(kind, device, id, kept))) continue;
      await pull(kind, device, id, kept);
    }
  }
  async function push(kind, device, id, kept) {
    if (kind.sendFirst && (await kind.sendFirst(device, id, kept, () => keep(kind, id, kept))) && isOpen(kind, id)) redraw();
    const written = kind.outgoing(kept);
    if (written === null) return true;
    if (!kind.piecewise && Object.keys(kept.conflicts).length) return false;
    const found = await server.send(kind.store, device, id, written);
    if (found.state === "ok") kind.saved(kept, written, found);
    else if (found.state === "refused" && found.status === 409 && found.conflicts) kept.conflicts = found.conflicts;
    else if (found.state === "refused") Object.assign(kept, { errors: found.errors || {}, message: found.message || "没有同步，请检查后重试。" });
    else return false;
    await keep(kind, id, kept);
    if (isOpen(kind, id)) redraw();
    return found.state === "ok";
  }
  async function pull(kind, device, id, kept) {
    const found = await server.get(kind.store, device, id);
    if (found.state !== "ok") return;
    const { state, ...pkg } = found;
    const fresh = kept || kind.fresh();
    const changed = !kept || !portal.same(kept.pkg, pkg);
    fresh.pkg = pkg;
    await keep(kind, id, fresh);
    if (changed && isOpen(kind, id)) redraw();
    const present = new Set(await vault.ids("files"));
    for (const file of pkg.files || []) {
      if (!file.href || present.has(file.id)) continue;
      const bytes = await server.file(file.href);
      if (bytes) await vault.keepBytes("files", file.id, bytes);
    }
  }
  // No longer mine to fill in (sealed, signed, declined, recused): the file goes at once. Only words not sent are shown once more.
  async function closed(kind, id, kept) {
    if (!kept || kept.closed) return;
    const left = kind.closed(kept);
    const shown = isOpen(kind, id);
    if (left.words.length) {
      if (shown) open.kept = left;
      await keep(kind, id, left);
    } else {
      await writing;
      await vault.drop(kind.store, id);
    }
    await dropFiles();
    if (!shown) return;
    if (left.words.length) redraw();
    else { await list(); say(kind.ended, "notice warn"); }
  }
  async function dropFiles() {
    const used = { files: new Set(), photos: new Set() };
    for (const kind of KINDS) {
      for (const id of await vault.ids(kind.store)) {
        const kept = isOpen(kind, id) ? open.kept : await vault.get(kind.store, id);
        if (!kept.closed) (kept.pkg.files || []).forEach((file) => used.files.add(file.id));
        (kept.photos || []).forEach((photo) => used.photos.add(photo.id));
      }
    }
    for (const store of ["files", "photos"]) {
      for (const id of await vault.ids(store)) if (!used[store].has(id)) await vault.drop(store, id);
    }
  }

  // ---- showing
  async function rowsOf(kind) {
    const rows = [];
    for (const id of await vault.ids(kind.store)) {
      const kept = await vault.get(kind.store, id);
      const opening = (one) => portal.button(`${one.organisation}　${one.stage}`, "link-button", () => show(kind, id));
      if (kept.closed) {
        rows.push(make("li", "", opening(kept), portal.element("p", "small asks", `${kept.cycle}，已不再由您填写，${kept.words.length} 处没有同步`)));
        continue;
      }
      const waiting = kind.waiting(kept);
      rows.push(make("li", "", opening(kept.pkg),
        portal.element("p", "small muted", `${kept.pkg.cycle}，${kind.progress(kept)}${waiting ? `，${waiting} 处还没有同步` : "，已同步"}`),
        Object.keys(kept.conflicts).length ? portal.element("p", "small asks", "有内容在别处也改过，请打开选择") : null,
        kept.message ? portal.element("p", "small field-error", kept.message) : null));
    }
    return rows;
  }
  async function list() {
    open = null;
    const [scoring, visiting] = [await rowsOf(sheets), await rowsOf(visits)];
    place("我的评分表", scoring.length ? make("ul", "offline-list", ...scoring) : portal.element("p", "muted", "这台设备上没有未封存的评分表。联网后会自动下载。"),
      ...(visiting.length ? [portal.element("h2", "", "现场记录"), make("ul", "offline-list", ...visiting)] : []),
      make("div", "button-row", portal.button("立即同步", "button", async () => { await contactAndSync(); if (vault.isOpen() && !open) await list(); }),
        portal.button("锁定", "button secondary", async () => { await writing; vault.lock(); await locked(); })));
    title.focus();
  }
  async function show(kind, id) {
    open = { kind, id, kept: await vault.get(kind.store, id), status: portal.element("p", "save-state") };
    open.status.setAttribute("role", "status");
    redraw();
    title.focus();
  }
  function redraw() {
    const { kind, id, kept, status } = open;
    if (kept.closed) {
      place(`${kept.organisation}　${kept.stage}`,
        make("div", "notice warn", portal.element("p", "", `${kind.ended}以下内容没有同步，请抄下需要的，再删除。`)), kind.showClosed(kept, act),
        make("div", "button-row", portal.button("从设备上删除", "button", async () => { await writing; await vault.drop(kind.store, id); await dropFiles(); await list(); }),
          portal.button("返回列表", "button secondary", async () => { await writing; await list(); })));
      return;
    }
    const held = document.activeElement && document.activeElement.id;
    const [sum, done] = [portal.element("strong"), portal.element("p")];
    sum.dataset.total = done.dataset.done = "";
    const head = make("div", "sheet-head", kind.total ? make("p", "", "总分 ", sum) : null, done, status,
      portal.button("返回列表", "button small secondary", async () => { await writing; await list(); }));
    place(`${kept.pkg.organisation}　${kept.pkg.stage}`, head,
      kept.message ? make("div", "notice warn", portal.element("p", "", kept.message)) : null, kind.show(kept, act));
    paint(false);
    const again = held && document.getElementById(held);
    if (again) again.focus();
  }
  function paint(written) {
    const { kind, kept, status } = open;
    if (kept.closed) return;
    if (kind.total) view.querySelector("[data-total]").textContent = kind.total(kept).toFixed(2);
    view.querySelector("[data-done]").textContent = kind.progress(kept);
    const waiting = kind.waiting(kept);
    status.className = `save-state ${waiting ? "unsaved" : "saved"}`;
    const said = [waiting ? `已存在本机${written ? ` ${portal.clock()}` : ""}，${waiting} 处还没有同步` : "已同步"];
    if (Object.keys(kept.conflicts).length) said.push("有内容在别处也改过，请在下面选择");
    if (kind.amiss(kept)) said.push(`${kind.amiss(kept)} 处平台没有接受，请看该处的说明`);
    status.textContent = said.join("；");
  }
  let soon = 0;
  function later() {
    clearTimeout(soon);
    if (navigator.onLine) soon = setTimeout(contactAndSync, 5000);
  }
  const act = {
    write(name, typed) {
      const { kind, id, kept } = open;
      if (kept.closed) return;
      kind.change(kept, name, typed);
      keep(kind, id, kept).then(() => { if (isOpen(kind, id)) paint(true); });
      later();
    },
    // What changes more than one field: `change` is given the kept sheet or visit.
    async alter(change) {
      const { kind, id, kept } = open;
      await change(kept);
      await keep(kind, id, kept);
      if (!isOpen(kind, id)) return;
      redraw();
      later();
    },
    async settle(name, mine) {
      const { kind, id, kept } = open;
      kind.settle(kept, name, mine);
      await keep(kind, id, kept);
      redraw();
      if (!Object.keys(kept.conflicts).length) await contactAndSync();
    },
    async open(file) {
      const bytes = await vault.bytes(file.store || "files", file.id);
      if (!bytes) { say("这份文件还没有下载到设备上，请联网同步后再打开。", "notice warn"); return; }
      const kinds = { pdf: "application/pdf", png: "image/png", jpg: "image/jpeg" };
      const address = URL.createObjectURL(new Blob([bytes], { type: kinds[file.kind] || "application/octet-stream" }));
      const link = portal.element("a");
      link.href = address;
      if (kinds[file.kind]) { link.target = "_blank"; link.rel = "noopener"; } else link.download = file.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 600000);
    },
  };

  async function begin() {
    if (!("serviceWorker" in navigator && window.isSecureContext && "indexedDB" in window)) {
      place("现场评分（离线）");
      say("这个浏览器不能离线评分，请换用较新的浏览器，并通过安全连接（https）打开。", "notice warn");
      return;
    }
    navigator.serviceWorker.register(main.dataset.worker).catch(() => say("这个浏览器没有允许保存离线页面，断网后将打不开。", "notice warn"));
    const device = await vault.device();
    if (!device) { await setUp(); return; }
    const found = await contact();
    if (found.state !== "revoked" && found.state !== "loggedOut") await locked();
  }
  window.addEventListener("online", contactAndSync);
  window.addEventListener("offline", () => { network.textContent = "离线"; });
  setInterval(() => { if (vault.isOpen() && navigator.onLine) contactAndSync(); }, EVERY);
  begin();
})();
