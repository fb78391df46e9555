/* What a device asks of the portal. window.offlineServer; each answer is {state, ...}:
   ok, revoked (delete everything), loggedOut (also: somebody else is logged in), unreachable, refused (status and body). */
(function () {
  "use strict";
  const api = document.querySelector("[data-offline]").dataset.api;
  let csrf = "";

  async function ask(path, body) {
    const post = body !== undefined;
    try {
      const answer = await fetch(api + path, {
        method: post ? "POST" : "GET",
        redirect: "manual",
        cache: "no-store",
        headers: { Accept: "application/json", ...(post ? { "Content-Type": "application/json", "X-CSRFToken": csrf } : {}) },
        body: post ? JSON.stringify(body) : undefined,
      });
      if (answer.type === "opaqueredirect" || answer.status === 401) return { state: "loggedOut" };
      if (answer.status === 410) return { state: "revoked" };
      const found = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      if (answer.ok) return { ...found, state: "ok" };
      return { ...found, state: answer.status >= 500 ? "unreachable" : "refused", status: answer.status };
    } catch {
      return { state: "unreachable" };
    }
  }

  window.offlineServer = {
    async session() {
      const found = await ask("session/");
      if (found.state === "ok") csrf = found.csrf;
      return found;
    },
    add: (name) => ask("add/", { name }),
    // Asks who is logged in first: another person's session must not open this device.
    async contact(device) {
      const session = await this.session();
      if (session.state === "refused") return this.contactOf(device);
      if (session.state !== "ok") return session;
      if (session.user !== device.user) return { state: "loggedOut" };
      return this.contactOf(device);
    },
    async contactOf(device) {
      const found = await ask(`${device.device}/contact/`, {});
      // A device that the portal no longer knows is as good as revoked.
      return found.state === "refused" && found.status === 404 ? { state: "revoked" } : found;
    },
    sheet: (device, id) => ask(`${device.device}/sheets/${id}/`),
    send: (device, id, changes, taken) => ask(`${device.device}/sheets/${id}/`, { changes, taken }),
    async file(href) {
      try {
        const answer = await fetch(`${href}?download`, { redirect: "manual", cache: "no-store" });
        return answer.ok ? await answer.arrayBuffer() : null;
      } catch {
        return null;
      }
    },
  };
})();
