// Signs a request in the browser with WebCrypto. The secret key is in one field and in no request, cookie or storage.
"use strict";

(() => {
  const by = (id) => document.getElementById(`playground-${id}`);
  const encoder = new TextEncoder();

  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function sign(secret, text) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
    return hex(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
  }

  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

  function endpoint() {
    const [method, path] = by("endpoint").value.split(" ");
    return { method, path };
  }

  function command(headers, body) {
    const { method, path } = endpoint();
    const lines = Object.entries(headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`);
    const data = body ? [`  --data-raw ${quoted(body)}`] : [];
    return [`curl -X ${method} ${quoted(by("endpoint").dataset.base + path)}`, ...lines, ...data].join(" \\\n");
  }

  function show(state) {
    by("problem").hidden = state !== "problem";
    by("result").hidden = state !== "result";
  }

  function refuse(text) {
    by("problem").textContent = text;
    show("problem");
  }

  async function signRequest() {
    const { secret: problem, secure } = by("problem").dataset;
    if (!globalThis.crypto?.subtle) return refuse(secure);
    if (!by("secret").value) {
      by("secret").focus();
      return refuse(problem);
    }
    by("timestamp").value ||= String(Date.now());
    const timestamp = by("timestamp").value;
    const body = endpoint().method === "GET" ? "" : by("body").value;
    const text = `${body}|${timestamp}`;
    const signature = await sign(by("secret").value, text);
    const headers = {
      "content-type": "application/json",
      "x-api-key": by("auth-key").value,
      "x-timestamp": timestamp,
      "x-signature": signature,
    };
    by("text").textContent = text;
    by("signature").textContent = signature;
    by("command").textContent = command(headers, body);
    show("result");
  }

  function follow() {
    by("body").disabled = endpoint().method === "GET";
    show("");
  }

  function fill(vector) {
    const { endpoint: wanted, body, timestamp, secret } = vector.dataset;
    by("endpoint").value = wanted;
    by("body").value = body;
    by("timestamp").value = timestamp;
    by("secret").value = secret;
    follow();
    by("sign").focus();
  }

  by("sign").addEventListener("click", signRequest);
  by("now").addEventListener("click", () => {
    by("timestamp").value = String(Date.now());
    show("");
  });
  ["secret", "timestamp", "body", "auth-key"].forEach((id) => by(id).addEventListener("input", () => show("")));
  by("endpoint").addEventListener("change", follow);
  document.querySelectorAll("[data-vector]").forEach((button) => button.addEventListener("click", () => fill(button)));
  follow();
  by("form").hidden = false;
})();
