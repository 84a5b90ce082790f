/* 匯入進度: while a form with data-import-progress is under way, the bar asks how far the work is. */
document.addEventListener("submit", (event) => {
  const address = event.target.dataset && event.target.dataset.importProgress;
  const bar = document.getElementById("bar");
  if (!address || !bar) return;
  const ask = async () => {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const { done } = await answer.json();
      bar.value = done;
      document.getElementById("bar-text").textContent = `已處理 ${done}%`;
    } catch (error) {
      /* the page is being replaced, or the line is slow: the next tick asks again */
    }
  };
  setInterval(ask, 1000);
});
