/* What a device asks of the portal. window.offlineServer; each answer is {state, ...}:
   ok, revoked (delete everything), loggedOut (also: somebody else is logged in), unreachable, refused (status and body). */
(function () {
  "use strict";
  const api = document.querySelector("[data-offline]").dataset.api;
  let csrf = "";

  async function ask(path, body) {
    const post = body !== undefined;
    const form = body instanceof FormData;
    try {
      const answer = await fetch(api + path, {
        method: post ? "POST" : "GET",
        redirect: "manual",
        cache: "no-store",
        headers: { Accept: "application/json", ...(post ? { "X-CSRFToken": csrf } : {}), ...(post && !form ? { "Content-Type": "application/json" } : {}) },
        body: post && !form ? JSON.stringify(body) : body,
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
    // kind: "sheets" or "visits"
    get: (kind, device, id) => ask(`${device.device}/${kind}/${id}/`),
    send: (kind, device, id, written) => ask(`${device.device}/${kind}/${id}/`, written),
    photo(device, id, { photo, bytes }) {
      const form = new FormData();
      form.append("id", photo.id);
      form.append("caption", photo.caption);
      form.append("upload", new File([bytes], photo.name, { type: photo.type }));
      return ask(`${device.device}/visits/${id}/photos/`, form);
    },
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
