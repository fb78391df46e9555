/* What a device keeps, in IndexedDB and always encrypted (AES-GCM). window.offlineVault.

   A random data key encrypts everything. It is stored wrapped; what opens it is made of two halves: the passphrase (PBKDF2)
   and the server's key of this device (HKDF). The server's half is kept as a CryptoKey that no script can read out, and is
   dropped when the session has ended or the device is revoked: then the passphrase alone opens nothing. */
(function () {
  "use strict";
  const NAME = "offline-sheets";
  const ROUNDS = 600000;
  const STORES = ["meta", "sheets", "files", "visits", "photos"];
  // The name that the encryption binds an entry to, so that none passes for another.
  const nameOf = (store, id) => `${store.slice(0, -1)}:${id}`;
  const words = new TextEncoder();
  let dataKey = null;
  let base = null;
  let release = null;

  function database() {
    base = base || new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, 2);
      asked.onupgradeneeded = () => {
        const present = asked.result.objectStoreNames;
        STORES.filter((name) => !present.contains(name)).forEach((name) => asked.result.createObjectStore(name));
      };
      asked.onsuccess = () => {
        asked.result.onversionchange = () => asked.result.close();
        resolve(asked.result);
      };
      asked.onerror = () => reject(asked.error);
    });
    return base;
  }
  async function run(store, mode, act) {
    const db = await database();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(store, mode);
      const asked = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked && asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
  const read = (store, key) => run(store, "readonly", (one) => one.get(key));
  const write = (store, key, value) => run(store, "readwrite", (one) => one.put(value, key));
  const remove = (store, key) => run(store, "readwrite", (one) => one.delete(key));
  const keys = (store) => run(store, "readonly", (one) => one.getAllKeys());

  const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const half = (hex) => crypto.subtle.importKey("raw", fromHex(hex), "HKDF", false, ["deriveKey"]);
  async function opener(passphrase, salt, serverHalf) {
    const typed = await crypto.subtle.importKey("raw", words.encode(passphrase.normalize("NFC")), "PBKDF2", false, ["deriveBits"]);
    const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, typed, 256);
    return crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: bits, info: words.encode("offline-sheets") },
      serverHalf, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"],
    );
  }
  async function encrypt(name, bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: words.encode(name) }, dataKey, bytes);
    return { iv, data };
  }
  const decrypt = (name, { iv, data }) =>
    crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: words.encode(name) }, dataKey, data);

  // Two windows that hold the same sheet would write over one another: the one unlocked last has it, the other is told.
  function claim(lost) {
    if (!navigator.locks) return Promise.resolve(); // an older browser: one has to mind the windows oneself
    return new Promise((claimed) => {
      let mine = null;
      navigator.locks.request(NAME, { steal: true }, () => new Promise((done) => { release = mine = done; claimed(); }))
        .catch(() => { if (release === mine) lost(); });
    });
  }
  function close() {
    dataKey = null;
    if (release) release();
    release = null;
  }

  window.offlineVault = {
    // {device, user, until, key: present or not} or undefined
    device: () => read("meta", "device"),
    isOpen: () => dataKey !== null,
    async create(passphrase, { device, user, key, days }, lost) {
      const salt = crypto.getRandomValues(new Uint8Array(16));
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const serverHalf = await half(key);
      const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
      const data = await crypto.subtle.wrapKey("raw", fresh, await opener(passphrase, salt, serverHalf), { name: "AES-GCM", iv });
      await this.wipe();
      await write("meta", "device", { device, user, salt, wrapped: { iv, data }, key: serverHalf, until: Date.now() + days * 86400000 });
      return this.unlock(passphrase, lost);
    },
    // Whether the passphrase was right. `lost` is called once another window has been unlocked.
    async unlock(passphrase, lost) {
      const { salt, wrapped, key } = await this.device();
      try {
        dataKey = await crypto.subtle.unwrapKey(
          "raw", wrapped.data, await opener(passphrase, salt, key), { name: "AES-GCM", iv: wrapped.iv },
          { name: "AES-GCM" }, false, ["encrypt", "decrypt"],
        );
      } catch {
        return false;
      }
      await claim(lost);
      return true;
    },
    lock: close,
    async renew(key, days) {
      const known = await this.device();
      if (known) await write("meta", "device", { ...known, key: await half(key), until: Date.now() + days * 86400000 });
    },
    async dropServerHalf() {
      close();
      const known = await this.device();
      if (known) await write("meta", "device", { ...known, key: null });
    },
    async wipe() {
      close();
      for (const store of STORES) await run(store, "readwrite", (one) => one.clear());
    },
    // Stores "sheets" and "visits" hold objects, "files" and "photos" bytes.
    async keep(store, id, one) { await this.keepBytes(store, id, words.encode(JSON.stringify(one))); },
    async get(store, id) {
      const bytes = await this.bytes(store, id);
      return bytes ? JSON.parse(new TextDecoder().decode(bytes)) : null;
    },
    async keepBytes(store, id, bytes) { await write(store, id, await encrypt(nameOf(store, id), bytes)); },
    async bytes(store, id) {
      const kept = await read(store, id);
      return kept ? decrypt(nameOf(store, id), kept) : null;
    },
    ids: (store) => keys(store),
    drop: (store, id) => remove(store, id),
  };
})();
