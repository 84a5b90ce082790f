/* Progressive help for the portal: every page reads and files without it.
   Hooks are data attributes; nothing is evaluated and no style is set inline, so the strictest content-security policy holds. */
(() => {
  "use strict";

  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);
  const on = (target, type, act, options) => target.addEventListener(type, act, options);
  const two = (n) => String(n).padStart(2, "0");
  const clock = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;

  /* ---- main menu on narrow screens, and menus that close on Escape or a click elsewhere ---- */
  on(document, "click", (event) => {
    const toggle = event.target.closest("[data-nav-toggle]");
    if (toggle) {
      const nav = document.getElementById(toggle.getAttribute("aria-controls"));
      toggle.setAttribute("aria-expanded", String(nav.classList.toggle("is-open")));
    }
    each("details.menu[open]", (menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  on(document, "keydown", (event) => {
    if (event.key !== "Escape") return;
    each("details.menu[open]", (menu) => {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    });
  });

  /* ---- dialogs: open, close, and give the focus back to whoever opened them ---- */
  on(document, "click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialogOpen);
      if (dialog && typeof dialog.showModal === "function") {
        event.preventDefault();
        dialog.showModal();
        on(dialog, "close", () => opener.isConnected && opener.focus(), { once: true });
      }
      return;
    }
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog").close();
  });
  on(document, "click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

  /* ---- errors: the summary takes the focus; its links go to the control, not to its box ---- */
  const focusMarked = (root = document) => {
    const marked = root.querySelector("[data-focus]");
    if (marked) marked.focus();
  };
  on(document, "click", (event) => {
    const link = event.target.closest("#error-summary a[href^='#']");
    const goal = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!goal) return;
    event.preventDefault();
    const control = goal.matches("input, select, textarea, button") ? goal : goal.querySelector("input, select, textarea");
    (control || goal).focus();
    goal.scrollIntoView({ block: "center" });
  });

  /* ---- unsaved changes: form[data-guard] ---- */
  const dirty = new Set();
  on(document, "input", (event) => {
    const form = event.target.closest("form[data-guard], form[data-autosave]");
    if (!form) return;
    if (form.hasAttribute("data-guard")) dirty.add(form);
    showSave(form, "dirty");
  });
  on(document, "submit", (event) => dirty.delete(event.target));
  on(window, "beforeunload", (event) => {
    for (const form of dirty) if (!form.isConnected) dirty.delete(form);
    if (dirty.size) event.preventDefault();
  });

  /* ---- autosave: form[data-autosave="address"], its state in [data-autosave-state] ----
     What is typed goes to the address two seconds after the last key, and when the page is left; files and passwords stay.
     The answer is {saved, saved_at}; other code may send "portal:autosave" with detail {state, at}. */
  const WORDS = {
    idle: () => "填寫時會自動儲存草稿",
    dirty: () => "有未儲存的變更",
    saving: () => "儲存中…",
    saved: (at) => `草稿已儲存（${at}）`,
    failed: () => "草稿未能儲存，請檢查網路後再試；已填內容仍在此頁",
  };
  function showSave(form, state, at) {
    each("[data-autosave-state]", (place) => {
      if (place.dataset.state === state && state !== "saved") return;
      place.dataset.state = state;
      place.textContent = WORDS[state](at || clock(new Date()));
    }, form);
  }
  const waiting = new Map();
  async function saveDraft(form, leaving) {
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    each("input[type=password][name]", (input) => data.delete(input.name), form);
    const token = data.get("csrfmiddlewaretoken");
    const before = form.dataset.changes;
    showSave(form, "saving");
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: data,
        headers: token ? { "X-CSRFToken": token } : {},
        credentials: "same-origin",
        keepalive: leaving === true,
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const { saved, saved_at: at } = await answer.json();
      if (!saved) throw new Error("not saved");
      if (form.dataset.changes !== before) { showSave(form, "dirty"); return; }
      dirty.delete(form);
      showSave(form, "saved", at);
    } catch {
      showSave(form, "failed");
    }
  }
  on(document, "input", (event) => {
    const form = event.target.closest("form[data-autosave]");
    if (!form || !form.dataset.autosave) return;
    form.dataset.changes = String(Number(form.dataset.changes || 0) + 1);
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(saveDraft, 2000, form));
  });
  on(document, "submit", (event) => { clearTimeout(waiting.get(event.target)); waiting.delete(event.target); });
  on(document, "visibilitychange", () => {
    if (document.visibilityState === "hidden") for (const form of [...waiting.keys()]) saveDraft(form, true);
  });
  const draftOf = (event) => event.target.closest && event.target.closest("form[data-autosave]");
  on(document, "portal:autosave", (event) => {
    const form = draftOf(event);
    if (!form || !WORDS[event.detail.state]) return;
    if (event.detail.state === "saved") dirty.delete(form);
    showSave(form, event.detail.state, event.detail.at);
  });
  on(document, "htmx:afterSwap", (event) => focusMarked(event.target));

  /* ---- a form pressed once: form[data-once]; the server's key decides, this only says it was heard ---- */
  on(document, "submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) return;
    setTimeout(() => each("button[type=submit]", (button) => { button.disabled = true; button.dataset.once = "on"; }, form), 0);
  });
  on(window, "pageshow", () => each("button[data-once=on]", (button) => { button.disabled = false; delete button.dataset.once; }));

  /* ---- files: say at once what the server would refuse (data-max-bytes on the input) ---- */
  on(document, "change", (event) => {
    const input = event.target;
    if (!input.matches("input[type=file][data-max-bytes]")) return;
    const limit = Number(input.dataset.maxBytes);
    const large = [...input.files].find((file) => file.size > limit);
    const mb = (bytes) => (bytes / 1048576).toFixed(1);
    input.setCustomValidity(large ? `「${large.name}」${mb(large.size)} MB，超過上限 ${mb(limit)} MB，請壓縮或分檔後再上傳。` : "");
    if (large) input.reportValidity();
  });

  /* ---- idle sign-out: #idle-dialog[data-idle-seconds] ----
     The server counts from the last request, whose moment it writes once a minute: data-idle-since says how long ago that
     was, and a draft saved in between does not move the clock. Work in the page keeps the session alive by a quiet request
     at a quarter of the time; other tabs tell their moment through localStorage. */
  let idleFrom = Date.now();
  const idle = document.getElementById("idle-dialog");
  const share = (moment) => { idleFrom = moment; try { localStorage.setItem("portal:seen", String(moment)); } catch { /* private mode */ } };

  function startIdle() {
    const limit = Number(idle.dataset.idleSeconds) * 1000;
    const warn = Math.min(Number(idle.dataset.idleWarn || 120) * 1000, limit / 2);
    const countdown = idle.querySelector("[data-idle-countdown]");
    const announce = idle.querySelector("[data-idle-announce]");
    const logout = document.getElementById("logout-form");
    const spoken = new Set();
    let active = false;
    let pinging = false;
    let ended = false;

    async function ping() {
      if (!idle.dataset.keepaliveUrl || pinging) return;
      pinging = true;
      const token = logout && logout.querySelector("[name=csrfmiddlewaretoken]");
      try {
        const answer = await fetch(idle.dataset.keepaliveUrl, {
          method: "POST",
          headers: token ? { "X-CSRFToken": token.value } : {},
          credentials: "same-origin",
        });
        if (answer.ok && !answer.redirected) share(Date.now());
        else end();
      } catch { /* offline: the countdown goes on and says so by itself */ } finally { pinging = false; }
    }
    function end() {
      if (ended) return;
      ended = true;
      dirty.clear();
      if (logout && idle.dataset.idleOutUrl) logout.action = idle.dataset.idleOutUrl;
      if (logout) logout.submit(); else location.reload();
    }
    function tick() {
      const left = limit - (Date.now() - idleFrom);
      if (left <= 0) { end(); return; }
      if (left > warn) {
        if (idle.open) idle.close();
        spoken.clear();
        if (active && Date.now() - idleFrom > limit / 4) { active = false; ping(); }
        return;
      }
      if (!idle.open) idle.showModal();
      const seconds = Math.ceil(left / 1000);
      countdown.textContent = `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
      for (const mark of [120, 60, 30, 10]) {
        if (seconds <= mark && !spoken.has(mark)) {
          [120, 60, 30, 10].filter((m) => m >= mark).forEach((m) => spoken.add(m));
          announce.textContent = `再 ${seconds} 秒將自動登出。`;
        }
      }
    }
    each("[data-idle-stay]", (button) => on(button, "click", () => {
      if (idle.dataset.keepaliveUrl) ping(); else location.reload();
    }), idle);
    on(idle, "cancel", (event) => { event.preventDefault(); ping(); });
    for (const type of ["keydown", "pointerdown", "input"]) on(document, type, () => { if (!idle.open) active = true; }, { passive: true });
    on(window, "storage", (event) => { if (event.key === "portal:seen") idleFrom = Math.max(idleFrom, Number(event.newValue)); });
    share(Date.now() - Number(idle.dataset.idleSince || 0) * 1000);
    setInterval(tick, 1000);
  }

  /* ---- a table wider than its place scrolls in it, for the keyboard too ---- */
  const wide = new ResizeObserver((seen) => seen.forEach(({ target: box }) => {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "表格，可左右捲動");
    } else for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }));
  each(".table__wrap", (box) => wide.observe(box));

  if (idle && typeof idle.showModal === "function") startIdle();
  focusMarked();
})();
