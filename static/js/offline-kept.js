/* What was written on the device, and how it comes together with what the portal has. window.offlineKept.

   `kept` is {pkg, changes, taken, conflicts, errors, message, ...}: `pkg` as the portal gave it, `changes` field → what was
   written here since, `taken` field → what stood there before, `conflicts` field → what the portal has there meanwhile,
   `errors` field → why the portal refused it. Names that form one entry (band and percentage) are changed, sent, settled
   and let go together: `names`, or for many of them `entry`, a function from one name to all of its entry. */
(function () {
  "use strict";
  const alone = (name) => [name];
  const stands = (kept, name) => kept.pkg.values[name] || "";
  const value = (kept, name) => (name in kept.changes ? kept.changes[name] : stands(kept, name));
  const fresh = () => ({ changes: {}, taken: {}, conflicts: {}, errors: {}, message: "" });
  function letGo(kept, names) {
    for (const one of names) for (const part of [kept.changes, kept.taken, kept.errors, kept.conflicts]) delete part[one];
  }

  function change(kept, name, typed, names = [name]) {
    for (const one of names) {
      if (!(one in kept.changes)) {
        kept.changes[one] = kept.taken[one] = stands(kept, one);
      }
      delete kept.errors[one];
    }
    kept.changes[name] = typed;
    if (names.every((one) => kept.changes[one] === stands(kept, one) && !(one in kept.conflicts))) letGo(kept, names);
  }
  // What goes to the portal, null for nothing: all but what waits for a choice or a correction.
  function outgoing(kept) {
    const names = Object.keys(kept.changes).filter((name) => !(name in kept.errors) && !(name in kept.conflicts));
    const of = (all) => Object.fromEntries(names.map((name) => [name, all[name] || ""]));
    return names.length ? { changes: of(kept.changes), taken: of(kept.taken) } : null;
  }
  // The portal's answer to `sent`; `now`: what stands there after it. What was typed in the meantime stays a change.
  function answered(kept, sent, { conflicts, refused }, now, entry = alone) {
    for (const names of entriesOf(Object.keys(sent.changes), entry)) {
      const same = names.every((one) => kept.changes[one] === sent.changes[one]);
      if (names.some((one) => one in conflicts)) {
        // Put back meanwhile to what stood there before: nothing to choose from, theirs comes with the next pull.
        for (const one of names) if (one in kept.changes && one in conflicts) kept.conflicts[one] = conflicts[one];
      } else if (names.some((one) => one in refused)) {
        if (same) for (const one of names) if (one in refused) kept.errors[one] = refused[one];
      } else {
        for (const one of names) {
          // Gone from the changes is what was put back to what stood before: that is a change now.
          if (!same && !(one in kept.changes)) kept.changes[one] = stands(kept, one);
          if (!same) kept.taken[one] = now[one];
          kept.pkg.values[one] = now[one];
        }
        if (same) letGo(kept, names);
      }
    }
    kept.message = "";
  }
  function settle(kept, names, mine) {
    for (const one of names) {
      const [written, theirs] = [value(kept, one), one in kept.conflicts ? kept.conflicts[one] : stands(kept, one)];
      letGo(kept, [one]);
      kept.pkg.values[one] = theirs;
      if (mine) { kept.changes[one] = written; kept.taken[one] = theirs; }
    }
  }
  const entriesOf = (names, entry = alone) =>
    [...new Map(names.map((name) => [entry(name).join(" "), entry(name).filter((one) => names.includes(one))])).values()];

  window.offlineKept = { stands, value, fresh, change, outgoing, answered, settle, entriesOf, letGo };
})();
