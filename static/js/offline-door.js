/* The way into the offline page: setting a device up, and the passphrase. window.offlineDoor.

   `screen`: {main, say(words, css), place(heading, ...nodes), enter(), taken()}; enter syncs and shows the list, taken is
   called when another window of this device has been opened. */
window.offlineDoor = (screen) => {
  "use strict";
  const { portal, offlineVault: vault, offlineServer: server, offlineParts } = window;
  const { main, say, place, enter, taken } = screen;
  const { make } = offlineParts;
  const LEAST = Number(main.dataset.passphrase);
  let working = false;

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
        await vault.create(one.value, added, taken);
        say("已启用，正在下载评分表和材料…");
        await enter();
        say("");
        main.querySelector(".offline-terms").open = false;
      }, make("div", "field", nameLabel, name), first, second));
  }

  async function locked() {
    const device = await vault.device();
    if (!device.key) { place("须重新登录", portal.element("p", "", "请联网登录后再打开。"), login()); return; }
    if (device.until < Date.now()) { place("须先联网"); say("这台设备太久没有联网，请先联网核对后再打开。已写的内容仍加密保存在这台设备上。", "notice warn"); return; }
    const [box, input] = passphraseField("passphrase", "离线口令", "current-password");
    place("打开离线评分", formOf("打开", async () => {
      if (!(await vault.unlock(input.value, taken))) { say("口令不对，请重新输入。", "notice warn"); input.value = ""; input.focus(); return; }
      say("");
      await enter();
    }, box));
    input.focus();
  }
  return { login, setUp, locked };
};
