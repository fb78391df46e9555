/* The record of one visit on the device: what was asked, heard and seen, minutes, pictures. window.offlineVisit.

   A kept visit is {pkg, changes, taken, conflicts, errors, message, lines, photos}: as offline-kept.js says, and `lines`
   {id, kind, values, errors, message} begun here, `photos` {id, name, type, size, caption, message} taken here (the bytes lie in a store of their own). What the portal refused stays with its reason and is sent again once it is changed.
   One that is no longer mine to write on is {closed, organisation, stage, cycle, words, photos}. */
(function () {
  "use strict";
  const { portal, offlineKept, offlineParts: parts, offlineSheet: sheets, offlineServer: server, offlineVault: vault } = window;
  const { make } = parts;
  const { value } = offlineKept;
  const MB = 1024 * 1024;

  const fresh = () => ({ ...offlineKept.fresh(), lines: [], photos: [] });
  const waiting = (kept) => Object.keys(kept.changes).length + kept.lines.length + kept.photos.length;
  const held = (line) => Boolean(line.message) || Object.keys(line.errors).length > 0;
  const amiss = (kept) => Object.keys(kept.errors).length + kept.lines.filter(held).length + kept.photos.filter((one) => one.message).length;
  const partOf = (all, id) => all.find((one) => one.id === id);
  function progress(kept) {
    const asked = Object.keys(kept.pkg.fields).filter((name) => /^answer-.*-outcome$/.test(name));
    return asked.length ? `已核实 ${asked.filter((name) => value(kept, name)).length} / ${asked.length} 项` : "没有要核实的事项";
  }

  // A name is an entry's key, "new:ID:field" of a line begun here, or "photo:ID:caption" of a picture that waits.
  function change(kept, name, typed) {
    const [kind, id, field] = name.split(":");
    if (kind === "photo") partOf(kept.photos, id).caption = typed;
    else if (kind === "new") {
      const line = partOf(kept.lines, id);
      line.values[field] = typed;
      Object.assign(line, { errors: {}, message: "" });
    } else offlineKept.change(kept, name, typed);
  }
  function outgoing(kept) {
    const written = offlineKept.outgoing(kept);
    const lines = kept.lines.filter((line) => !held(line)).map(({ id, kind, values }) => ({ id, kind, values: { ...values } }));
    return written || lines.length ? { changes: {}, taken: {}, ...written, lines } : null;
  }
  // `found`: what was not saved, and which rows the new lines have become; what was typed meanwhile stays a change.
  function saved(kept, sent, found) {
    offlineKept.answered(kept, sent, found, sent.changes);
    for (const line of sent.lines) {
      const mine = partOf(kept.lines, line.id);
      if (!mine) continue;
      const row = found.lines[line.id];
      if (!row) {
        mine.message = found.refused[line.id] || "";
        for (const field of Object.keys(mine.values)) {
          if (`${line.id}-${field}` in found.refused) mine.errors[field] = found.refused[`${line.id}-${field}`];
        }
        continue;
      }
      kept.lines = kept.lines.filter((one) => one !== mine);
      for (const [field, typed] of Object.entries(mine.values)) {
        const key = `line-${row}-${field}`;
        kept.pkg.values[key] = line.values[field];
        if (key in found.conflicts) kept.conflicts[key] = found.conflicts[key];
        if (typed === line.values[field] && !(key in found.conflicts)) continue;
        kept.changes[key] = typed;
        kept.taken[key] = line.values[field];
      }
    }
  }
  const settle = (kept, name, mine) => offlineKept.settle(kept, [name], mine);
  // Pictures go one by one; whether anything has changed here.
  async function sendFirst(device, id, kept, save) {
    let done = false;
    for (const photo of kept.photos.filter((one) => !one.message)) {
      const bytes = await vault.bytes("photos", photo.id);
      const found = bytes ? await server.photo(device, id, { photo, bytes }) : { state: "refused", message: "照片已不在这台设备上。" };
      if (found.state === "ok") {
        kept.photos = kept.photos.filter((one) => one !== photo);
        await save();
        await vault.drop("photos", photo.id);
      } else if (found.state === "refused") {
        photo.message = found.message || "平台没有接受这张照片。";
        await save();
      } else break;
      done = true;
    }
    return done;
  }

  // ---- no longer mine to write on
  function labels(kept) {
    const found = {};
    for (const section of kept.pkg.sections) {
      for (const card of section.cards) {
        for (const key of card.keys) if (kept.pkg.fields[key]) found[key] = `${card.title} ${kept.pkg.fields[key].label}`;
      }
    }
    return found;
  }
  function closed(kept) {
    const { organisation, stage, cycle, sections } = kept.pkg;
    const names = labels(kept);
    const words = Object.entries(kept.changes).map(([name, text]) => [names[name] || "已移除的一行", text || "（已清空）"]);
    for (const line of kept.lines) {
      const { label, adds } = sections.find((section) => section.kind === line.kind);
      for (const [field, text] of Object.entries(line.values)) if (text) words.push([`新的${label} ${adds[field].label}`, text]);
    }
    for (const photo of kept.photos) words.push(["照片", photo.name]);
    return { closed: true, organisation, stage, cycle, words, photos: kept.photos };
  }
  function showClosed(kept, act) {
    return make("div", "", sheets.showClosed(kept), make("ul", "offline-files", ...kept.photos.map((photo) => make("li", "", opener(photo, act)))));
  }

  // ---- showing
  const opener = (photo, act) =>
    portal.button(photo.name, "link-button", () => act.open({ id: photo.id, store: "photos", kind: photo.type === "image/png" ? "png" : "jpg", name: photo.name }));
  function control(spec, text, write) {
    let input;
    if (spec.kind === "select") {
      input = portal.element("select");
      for (const [one, words] of spec.choices) {
        const option = portal.element("option", "", words);
        option.value = one;
        input.append(option);
      }
    } else if (spec.kind === "textarea") {
      input = portal.element("textarea");
      input.rows = 3;
    } else {
      input = portal.element("input");
      input.type = spec.kind;
    }
    if (spec.limit && spec.kind !== "select") input.maxLength = spec.limit;
    input.value = text;
    input.addEventListener(spec.kind === "select" ? "change" : "input", () => write(input.value));
    return input;
  }
  function entry(kept, key, act) {
    const spec = kept.pkg.fields[key];
    const nodes = [parts.field(kept, key, spec.label, control(spec, value(kept, key), (typed) => act.write(key, typed)), `o-${key}`)];
    if (key in kept.conflicts) nodes.push(parts.conflictBox(kept, key, act));
    return nodes;
  }
  function card(title, ...inside) {
    return make("section", "card sheet-item", portal.element("h3", "", title), ...inside);
  }
  function newLine(section, line, act) {
    const name = (field) => `new:${line.id}:${field}`;
    return card(`新的${section.label}（还没有同步）`,
      line.message ? portal.element("p", "field-error", line.message) : null,
      ...Object.entries(section.adds).map(([field, spec]) =>
        parts.field({ errors: { [name(field)]: line.errors[field] } }, name(field), spec.label,
          control(spec, line.values[field] || "", (typed) => act.write(name(field), typed)), `o-${name(field)}`)),
      portal.button("删除这一行", "link-button small", () => act.alter((kept) => { kept.lines = kept.lines.filter((one) => one.id !== line.id); })));
  }
  function adder(section, act) {
    return portal.button(`添加${section.label}`, "button small secondary", async () => {
      const id = crypto.randomUUID();
      const today = new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
      const values = Object.fromEntries(Object.keys(section.adds).map((field) => [field, field === "on" ? today : ""]));
      await act.alter((kept) => { kept.lines.push({ id, kind: section.kind, values, errors: {}, message: "" }); });
      const first = document.getElementById(`o-new:${id}:${Object.keys(values)[0]}`);
      if (first) first.focus();
    });
  }
  // What the portal refused and shows no field for any more: read, then let go.
  function leftOver(kept, act) {
    const names = Object.keys(kept.changes).filter((name) => !(name in kept.pkg.fields));
    if (!names.length) return null;
    return make("div", "notice warn", portal.element("p", "", "以下内容平台没有接受，请抄下需要的，再删除。"), ...names.map((name) =>
      make("div", "", portal.element("p", "field-error", kept.errors[name] || "这一栏已不能填写。"), portal.element("p", "offline-text", kept.changes[name] || "（已清空）"),
        portal.button("从设备上删除", "link-button small", () => act.alter((one) => offlineKept.letGo(one, [name]))))));
  }

  // ---- pictures
  function waitingPhoto(photo, act) {
    const spec = { kind: "text", limit: 200 };
    return make("li", "", opener(photo, act), portal.element("span", "small muted", `　${(photo.size / MB).toFixed(1)} MB，待上传`),
      photo.message ? portal.element("p", "field-error", photo.message) : null,
      parts.field({ errors: {} }, `photo:${photo.id}:caption`, "说明", control(spec, photo.caption, (typed) => act.write(`photo:${photo.id}:caption`, typed)), `o-photo:${photo.id}`),
      make("div", "cluster",
        photo.message ? portal.button("再试一次", "link-button small", () => act.alter((kept) => { partOf(kept.photos, photo.id).message = ""; })) : null,
        portal.button("删除这张照片", "link-button small", () => act.alter(async (kept) => {
          kept.photos = kept.photos.filter((one) => one.id !== photo.id);
          await vault.drop("photos", photo.id);
        }))));
  }
  function photoFault(file, kept) {
    const { bytes, most } = kept.pkg.photos;
    if (!["image/png", "image/jpeg"].includes(file.type)) return "只能是 PNG 或 JPG 照片";
    if (file.size > bytes) return `超过 ${bytes / MB} MB`;
    return kept.photos.length >= most ? `待上传的照片最多 ${most} 张，请先联网上传` : "";
  }
  async function take(files, kept) {
    const faults = [];
    for (const file of files) {
      let words = photoFault(file, kept);
      if (!words) {
        const photo = { id: crypto.randomUUID(), name: file.name, type: file.type, size: file.size, caption: "", message: "" };
        kept.photos.push(photo);
        try {
          await vault.keepBytes("photos", photo.id, await file.arrayBuffer());
        } catch {
          kept.photos = kept.photos.filter((one) => one !== photo);
          words = "这台设备的空间不够";
        }
      }
      if (words) faults.push(`${file.name} 没有存下：${words}。`);
    }
    kept.message = faults.join("");
  }
  function photos(kept, act) {
    const { bytes, most } = kept.pkg.photos;
    const words = portal.element("label", "", "添加照片");
    const input = portal.element("input", "control");
    Object.assign(input, { type: "file", id: "o-photos", accept: "image/png,image/jpeg", multiple: true });
    words.htmlFor = "o-photos";
    input.addEventListener("change", () => act.alter((one) => take([...input.files], one)));
    return [kept.photos.length ? make("ul", "offline-list", ...kept.photos.map((photo) => waitingPhoto(photo, act))) : null,
      make("div", "field", words, portal.element("p", "hint", `PNG 或 JPG，每张不超过 ${bytes / MB} MB，最多 ${most} 张等待上传；加密存在这台设备上，联网后自动上传。`), input)];
  }

  // `act`: as for a sheet, and alter(change)
  function show(kept, act) {
    const view = make("div", "offline-sheet", leftOver(kept, act));
    view.append(make("details", "", portal.element("summary", "", "安排、安全须知和日程"), make("dl", "summary-list",
      ...kept.pkg.facts.map(([what, words]) => make("div", "", portal.element("dt", "", what), portal.element("dd", "offline-text", words))))));
    for (const section of kept.pkg.sections) {
      const begun = kept.lines.filter((line) => line.kind === section.kind);
      view.append(portal.element("h2", "", section.title));
      if (!section.cards.length && !begun.length && !section.kind) view.append(portal.element("p", "muted", "前面的评审没有提出要到现场核实的事项。"));
      view.append(...section.cards.map((one) => card(one.title, one.words ? portal.element("p", "offline-text", one.words) : null,
        ...one.keys.filter((key) => kept.pkg.fields[key]).flatMap((key) => entry(kept, key, act)))));
      view.append(...begun.map((line) => newLine(section, line, act)));
      if (section.adds) view.append(adder(section, act));
      if (section.kind === "photos") view.append(...photos(kept, act).filter(Boolean));
    }
    return view;
  }

  const ended = "现场评审报告已签署，或这次现场评审不再由您参加，材料已从设备上删除。";
  window.offlineVisit = { store: "visits", ended, fresh, show, showClosed, closed, change, outgoing, saved, settle, waiting, amiss, progress, sendFirst };
})();
