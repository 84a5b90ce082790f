/* 憑證登入: talks to the card component on the visitor's machine. It opens in a window of its own, asks for what to sign
   ("getTbs"), shows its own PIN errors, and answers with the signature ("sign"); both by postMessage with JSON texts.
   See docs/certificate-sign-in.md for the messages. The PIN goes to the component's origin only. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-card]");
  if (!form) return;
  const part = (name) => form.querySelector(`[data-card-${name}]`);
  const [button, pin, said, state] = ["button", "pin", "said", "state"].map(part);
  const component = new URL(form.dataset.component, location.href);
  const SILENT = 8000; // ms until a component that does not answer counts as not installed
  const WORDS = {
    blocked: "瀏覽器擋住了憑證元件的視窗，請允許本網站開啟彈出式視窗後再試一次。",
    silent: "找不到憑證元件，請確認已安裝並啟動，再試一次。",
    closed: "憑證元件的視窗已關閉，沒有完成簽章。",
    failed: "憑證元件沒有完成簽章，請確認卡片已插妥、PIN 碼正確後再試一次。",
    network: "暫時無法取得登入用的挑戰碼，請檢查網路後再試一次。",
  };
  let running = null;

  function finish(sentence) {
    if (!running) return;
    clearTimeout(running.silence);
    clearInterval(running.watch);
    if (!running.popup.closed) running.popup.close();
    running = null;
    button.disabled = false;
    state.textContent = "";
    said.hidden = !sentence;
    said.textContent = sentence || "";
  }

  async function challenge() {
    const answer = await fetch(form.dataset.challenge, {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.error || WORDS.network);
    return told;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) return;
    said.hidden = true;
    // opened at once, inside the press of the button: later the browser would block it
    const popup = window.open(component.href, "card-component", "width=560,height=640");
    if (!popup) {
      said.hidden = false;
      said.textContent = WORDS.blocked;
      return;
    }
    button.disabled = true;
    state.textContent = "等待憑證元件簽章…";
    running = {
      popup,
      challenge: challenge(),
      silence: setTimeout(finish, SILENT, WORDS.silent),
      watch: setInterval(() => popup.closed && finish(WORDS.closed), 500),
    };
    running.challenge.catch((error) => finish(error instanceof TypeError ? WORDS.network : error.message));
  });

  window.addEventListener("message", async (event) => {
    if (!running || event.origin !== component.origin || event.source !== running.popup) return;
    let told;
    try { told = JSON.parse(event.data); } catch { return; }
    if (told.func === "getTbs") {
      clearTimeout(running.silence);
      const mine = running;
      const { nonce, message } = await mine.challenge.catch(() => ({}));
      if (!message || running !== mine) return;
      form.elements.nonce.value = nonce;
      mine.popup.postMessage(JSON.stringify({
        func: "MakeSignature",
        tbs: message,
        tbsEncoding: "NONE",
        hashAlgorithm: "SHA256",
        signatureType: "PKCS7",
        withCardSN: "false",
        pin: pin.value,
        nonce: "",
      }), component.origin);
    } else if (told.func === "sign") {
      pin.value = "";
      if (told.ret_code !== 0) { finish(WORDS.failed); return; }
      form.elements.answer.value = event.data;
      finish("");
      button.disabled = true;
      form.submit();
    }
  });

  button.disabled = false;
})();
