// Sign and send a POST with a body, then a GET without one. Node 18 or newer.
import { createHmac } from "node:crypto";

const { AUTH_KEY, BASE_URL, PLAYER_ID, SECRET_KEY } = process.env;

async function send(method, path, fields) {
  const body = fields ? JSON.stringify(fields) : ""; // serialise once
  const timestamp = String(Date.now()); // milliseconds
  const signature = createHmac("sha256", SECRET_KEY).update(`${body}|${timestamp}`).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-api-key": AUTH_KEY,
    "x-timestamp": timestamp,
    "x-signature": signature,
  };
  const answer = await fetch(BASE_URL + path, { method, headers, body: body || undefined });
  return answer.text();
}

console.log(await send("POST", "/wallet/balance", { playerId: PLAYER_ID, currency: "EUR" }));
console.log(await send("GET", "/game/list?page=1"));
