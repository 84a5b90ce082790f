/* 展示用讀卡機: says the same to the sign-in page as the card component on a visitor's machine would. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-demo-card]");
  const opener = window.opener;
  if (!form || !opener) return;
  const said = form.querySelector("[data-demo-said]");
  const tell = (text) => opener.postMessage(text, location.origin);
  let message = "";

  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== opener) return;
    const told = JSON.parse(event.data);
    if (told.func === "MakeSignature") message = told.tbs;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(form);
    data.set("message", message);
    const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
    if (answer.ok) {
      tell(await answer.text());
    } else {
      said.hidden = false;
      said.textContent = "展示用卡片不能簽章，請關閉這個視窗，從登入頁重新操作。";
    }
  });
  form.querySelector("[data-demo-cancel]").addEventListener("click", () => window.close());
  tell(JSON.stringify({ func: "getTbs" }));
})();
