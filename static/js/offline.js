/* The page for work without a network: list, sheet or visit, and bringing what was written back to the portal. */
(function () {
  "use strict";
  const { portal, offlineVault: vault, offlineServer: server, offlineParts, offlineDoor, offlineSheet: sheets, offlineVisit: visits } = window;
  const { make } = offlineParts;
  const KINDS = [sheets, visits];
  const main = document.querySelector("[data-offline]");
  const view = main.querySelector("[data-view]");
  const title = main.querySelector("[data-title]");
  const notice = main.querySelector("[data-notice]");
  const network = document.querySelector("[data-network]");
  const EVERY = 60000;
  const RETRY = 5000;
  let open = null; // {kind, id, kept, status}
  let writing = Promise.resolve();

  function say(words, css = "notice") {
    notice.replaceChildren();
    if (words) notice.append(make("div", css, ...[].concat(words).map((one) => (one instanceof Node ? one : portal.element("p", "", one)))));
  }
  function place(heading, ...nodes) {
    title.textContent = heading;
    view.replaceChildren(...nodes.filter(Boolean));
  }
  const { login, setUp, locked } = offlineDoor({
    main, say, place,
    // The portal is asked first: it may have stopped this device.
    async enter() {
      await contactAndSync();
      if (vault.isOpen()) await list();
    },
    async taken() {
      await shut();
      say("离线评分已在另一个窗口打开，这个窗口已锁定。已写的内容都在，请在那个窗口继续填写。", "notice warn");
    },
  });
  async function shut() {
    await writing;
    vault.lock();
    open = null;
    await locked();
  }

  // ---- contact
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

  // ---- bringing together
  function keep(kind, id, kept) {
    writing = writing.then(() => vault.isOpen() && vault.keep(kind.store, id, kept))
      .catch(() => say("刚才写的没有存进这台设备，可能是空间不够。请先抄下来，腾出空间后再改一下这一栏。", "notice warn"));
    return writing;
  }
  const isOpen = (kind, id) => open !== null && open.kind === kind && open.id === id;
  // One object for each while a sync is under way: what is opened meanwhile is the one that the answer goes into.
  const inHand = new Map();
  function load(kind, id) {
    if (isOpen(kind, id)) return open.kept;
    const name = `${kind.store} ${id}`;
    if (!inHand.has(name)) inHand.set(name, vault.get(kind.store, id));
    return inHand.get(name);
  }
  let syncing = null;
  let again = false;
  let retry = 0;
  // What is asked for while one runs (the network is back, more was typed) is done after it, not dropped.
  function contactAndSync() {
    if (syncing) again = true;
    else syncing = syncAll().finally(() => { syncing = null; inHand.clear(); });
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
      const kept = await load(kind, id);
      if (!wanted.includes(id)) { await closed(kind, id, kept); continue; }
      if (kept && kept.closed) { await vault.drop(kind.store, id); continue; }
      if (kept && !(await push(kind, device, id, kept))) continue;
      await pull(kind, device, id, kept);
    }
  }
  // All that a screen shows of it: drawn anew under somebody's hands only when that has changed.
  const looks = ({ pkg, changes, conflicts, errors, message, lines, photos }) =>
    JSON.stringify([{ ...pkg.values, ...changes }, conflicts, errors, message, lines, photos]);
  async function push(kind, device, id, kept) {
    if (kind.sendFirst && (await kind.sendFirst(device, id, kept, () => keep(kind, id, kept))) && isOpen(kind, id)) redraw();
    const written = kind.outgoing(kept);
    if (written === null) return true;
    const found = await server.send(kind.store, device, id, written);
    const before = looks(kept);
    if (found.state === "ok") kind.saved(kept, written, found);
    else if (found.state === "refused") kept.message = found.message || "没有同步，请检查后重试。";
    else return false;
    await keep(kind, id, kept);
    if (isOpen(kind, id) && looks(kept) !== before) redraw();
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
        portal.button("锁定", "button secondary", shut)));
    title.focus();
  }
  async function show(kind, id) {
    open = { kind, id, kept: await load(kind, id), status: portal.element("p", "save-state") };
    composing = false;
    open.status.setAttribute("role", "status");
    redraw();
    title.focus();
  }
  // Not amid a word that an input method puts together: that would break it off.
  let composing = false;
  let stale = false;
  view.addEventListener("compositionstart", () => { composing = true; });
  view.addEventListener("compositionend", () => {
    composing = false;
    if (stale && open) setTimeout(redraw);
  });
  function redraw() {
    stale = composing;
    if (!stale) offlineParts.steadily(view, draw);
  }
  function draw() {
    const { kind, id, kept, status } = open;
    if (kept.closed) {
      place(`${kept.organisation}　${kept.stage}`,
        make("div", "notice warn", portal.element("p", "", `${kind.ended}以下内容没有同步，请抄下需要的，再删除。`)), kind.showClosed(kept, act),
        make("div", "button-row", portal.button("从设备上删除", "button", async () => { await writing; await vault.drop(kind.store, id); await dropFiles(); await list(); }),
          portal.button("返回列表", "button secondary", async () => { await writing; await list(); })));
      return;
    }
    const [sum, done] = [portal.element("strong"), portal.element("p")];
    sum.dataset.total = done.dataset.done = "";
    const head = make("div", "sheet-head", kind.total ? make("p", "", "总分 ", sum) : null, done,
      ...(kind.tools ? kind.tools(kept) : []), portal.button("返回列表", "button small secondary", async () => { await writing; await list(); }), status,
      kind.index ? kind.index(kept) : null);
    place(`${kept.pkg.organisation}　${kept.pkg.stage}`, head,
      kept.message ? make("div", "notice warn", portal.element("p", "", kept.message)) : null, kind.show(kept, act));
    paint(false);
  }
  function paint(written) {
    const { kind, kept, status } = open;
    if (kept.closed) return;
    if (kind.total) view.querySelector("[data-total]").textContent = kind.total(kept).toFixed(2);
    view.querySelector("[data-done]").textContent = kind.progress(kept);
    if (kind.follow) kind.follow(kept, view);
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
      await contactAndSync();
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
