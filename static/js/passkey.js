/* 通行金鑰: what the browser's own dialog did not finish, said in the page. */
document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // otherwise allauth writes it to the console only
  const WORDS = {
    NotAllowedError: "通行金鑰沒有完成驗證：已取消，或逾時沒有回應。請再試一次。",
    InvalidStateError: "這支通行金鑰已經登錄過了。",
    SecurityError: "這個網址不能使用通行金鑰，請由正式網址登入。",
  };
  const said = document.querySelector("[data-passkey-said]");
  said.textContent = WORDS[event.detail.exception.name] || "這個瀏覽器或裝置目前不能使用通行金鑰。";
  said.hidden = false;
});
