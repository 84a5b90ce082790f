/* 課堂簽到：點座號、用手指簽名、送出。沒有網路時先存在平板，連上後一次補送；每筆簽名有自己的識別碼，重送不會重複。
   時間以伺服器為準：平板只記下與伺服器的時差，補送時由伺服器核對，時鐘變更過的不收。 */
"use strict";
(() => {
  const root = document.getElementById("tablet");
  if (!root) return;
  const find = (name) => root.querySelector(`[data-${name}]`);
  const queueKey = `ohs-queue-${root.dataset.case}`, offsetKey = "ohs-offset";
  const token = () => (document.body.getAttribute("hx-headers") || "").match(/"X-CSRFToken":\s*"([^"]+)"/)?.[1] || "";
  let state = JSON.parse(document.getElementById("tablet-state").textContent);
  let mode = null, seat = null, drawn = 0, sending = false;
  const read = () => { try { return JSON.parse(localStorage.getItem(queueKey)) || []; } catch { return []; } };
  const write = (items) => localStorage.setItem(queueKey, JSON.stringify(items));
  let offset = Number(localStorage.getItem(offsetKey)) || 0;
  const measured = (server) => { offset = server - Date.now(); localStorage.setItem(offsetKey, String(offset)); };
  const now = () => Date.now() + offset;
  const say = (text) => { find("said").textContent = text; };
  const id = () => (crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16)));

  /* ---- which of the day's four times it is ---- */
  const modes = () => state.periods.flatMap((period) => [
    { half: period.half, leaving: false, label: `${period.label}簽到`, at: period.starts },
    { half: period.half, leaving: true, label: `${period.label}簽退`, at: period.ends },
  ]);
  const likely = () => modes().reduce((best, one) => (!best || Math.abs(one.at - now()) < Math.abs(best.at - now()) ? one : best), null);
  const same = (a, b) => a && b && a.half === b.half && a.leaving === b.leaving;
  function drawModes() {
    const place = find("modes");
    place.replaceChildren(...modes().map((one) => {
      const button = document.createElement("button");
      button.type = "button"; button.className = "button button--large"; button.textContent = one.label;
      button.setAttribute("aria-pressed", String(Boolean(same(one, mode))));
      button.addEventListener("click", () => { mode = one; drawModes(); drawSeats(); });
      return button;
    }));
    if (!state.periods.length) say("今天沒有課程。");
    else if (!state.running) say("班次不在訓練期間，不能簽到退。");
  }
  function drawSeats() {
    const queued = new Set(read().filter((one) => same(one, mode)).map((one) => one.trainee));
    const done = new Map(state.signed.filter((row) => mode && row[1] === mode.half && row[2] === mode.leaving).map((row) => [row[0], row[3]]));
    root.querySelectorAll("[data-seat]").forEach((button) => {
      const key = Number(button.dataset.seat), at = done.get(key);
      button.classList.toggle("seat--done", Boolean(at));
      button.classList.toggle("seat--queued", !at && queued.has(key));
      button.querySelector("[data-mark]").textContent = at ? `已簽 ${at}` : queued.has(key) ? "已簽，待送出" : "";
    });
    const waiting = read().length;
    find("queue").textContent = waiting ? `待送出 ${waiting} 筆` : "";
  }

  /* ---- the pad ---- */
  const pad = find("pad"), canvas = find("canvas"), pen = canvas.getContext("2d");
  function clear() { pen.clearRect(0, 0, canvas.width, canvas.height); pen.lineWidth = 4; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#111"; drawn = 0; }
  const point = (event) => { const box = canvas.getBoundingClientRect(); return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height]; };
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); pen.beginPath(); pen.moveTo(...point(event)); event.preventDefault(); });
  canvas.addEventListener("pointermove", (event) => { if (event.buttons) { pen.lineTo(...point(event)); pen.stroke(); drawn += 1; } });
  find("clear").addEventListener("click", clear);
  find("cancel").addEventListener("click", () => pad.close());
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seat]");
    if (!button || !mode || !state.running) return;
    if (button.classList.contains("seat--done")) { say("您已簽過這個時段。"); return; }
    seat = button; clear();
    find("pad-name").textContent = `${button.textContent.trim()}　${mode.label}`;
    pad.showModal();
  });
  function picture() {
    const small = document.createElement("canvas"); small.width = 320; small.height = 120;
    small.getContext("2d").drawImage(canvas, 0, 0, 320, 120);
    return small.toDataURL("image/png");
  }
  find("ok").addEventListener("click", () => {
    if (drawn < 3) { find("pad-name").textContent = "請先簽名，再按完成。"; return; }
    write([...read(), { key: id(), trainee: Number(seat.dataset.seat), half: mode.half, leaving: mode.leaving, wall: Date.now(), offset, image: picture() }]);
    pad.close(); drawSeats(); say("已簽名，送出中。"); send();
  });

  /* ---- sending: whatever waits, until each has an answer ---- */
  async function send() {
    const items = read();
    if (sending || !items.length) return;
    sending = true;
    try {
      const answer = await fetch(root.dataset.signUrl, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body: JSON.stringify({ wall: Date.now(), items }) });
      if (answer.redirected || answer.status === 403) { net("登入已逾時，簽名仍保存在本機；請重新登入後回到本頁。"); return; }
      const said = await answer.json();
      if (!answer.ok) { say(said.error || "暫時無法送出，稍後自動重試。"); return; }
      const over = new Set(said.answers.filter((one) => one.done).map((one) => one.key));
      const sent = new Map(items.map((one) => [one.key, one]));
      for (const one of said.answers) {
        const item = sent.get(one.key);
        if (one.kept && item) state.signed.push([item.trainee, item.half, item.leaving, one.at]);
      }
      write(read().filter((one) => !over.has(one.key)));
      measured(said.server); net("已連線");
      say(said.answers.map((one) => one.text).join("　"));
    } catch { net("離線中：可繼續簽名，恢復連線後自動送出（最長一小時）"); }
    finally { sending = false; drawSeats(); }
  }
  const net = (text) => { find("net").textContent = text; };
  async function refresh() {
    try {
      const before = Date.now(), answer = await fetch(root.dataset.stateUrl, { credentials: "same-origin", headers: { "X-Background": "1" } });
      if (!answer.ok || answer.redirected) return;
      state = await answer.json();
      if (Date.now() - before < 5000) measured(state.server);
      net("已連線"); drawModes(); drawSeats();
    } catch { net("離線中：可繼續簽名，恢復連線後自動送出（最長一小時）"); }
  }
  window.addEventListener("online", () => { refresh(); send(); });
  window.addEventListener("offline", () => net("離線中：可繼續簽名，恢復連線後自動送出（最長一小時）"));
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(root.dataset.workerUrl, { scope: "/ohs/" }).catch(() => {});
  // The page may come from the tablet's own store: only a fresh answer of the server sets the offset.
  if (!localStorage.getItem(offsetKey)) measured(state.server);
  mode = likely(); drawModes(); drawSeats(); refresh().then(send);
  window.setInterval(() => { find("clock").textContent = new Date(now()).toLocaleTimeString("zh-TW", { hour12: false, timeZone: "Asia/Taipei" }); }, 1000);
  window.setInterval(send, 15000);
  window.setInterval(refresh, 60000);
})();
