/* Counts down to the server's clock: the page says what the server read, and asks again every half minute. */
(() => {
  "use strict";
  const place = document.querySelector("[data-countdown]");
  if (!place) return;
  const opens = Number(place.dataset.opens);
  let ahead = Number(place.dataset.server) - Date.now();
  const shown = place.querySelector("[data-left]");
  const button = document.querySelector("[data-enrol]");
  const ask = async () => {
    const before = Date.now();
    try {
      const answer = await fetch(place.dataset.clock, { headers: { "X-Background": "1" } });
      const { now } = await answer.json();
      const after = Date.now();
      ahead = now - (before + after) / 2;
    } catch { /* the last answer goes on counting */ }
  };
  const two = (n) => String(n).padStart(2, "0");
  const tick = () => {
    const left = Math.max(0, Math.ceil((opens - (Date.now() + ahead)) / 1000));
    const days = Math.floor(left / 86400);
    shown.textContent = `${days ? `${days} 天 ` : ""}${two(Math.floor(left / 3600) % 24)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
    if (left === 0) {
      place.querySelector("[data-words]").textContent = "已開放報名";
      if (button) button.disabled = false;
      return;
    }
    setTimeout(tick, 250);
  };
  tick();
  ask();
  setInterval(ask, 30000);
})();
