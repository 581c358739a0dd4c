// Signs each request with the variables authKey and secretKey.
const hashes = require("crypto-js");

const { body, headers, method } = pm.request;
const raw = method === "GET" || !body ? "" : pm.variables.replaceIn(body.raw);
if (raw) body.update({ mode: "raw", raw }); // the text that is signed is the text that is sent
const timestamp = String(Date.now());
const signature = hashes.HmacSHA256(`${raw}|${timestamp}`, pm.variables.get("secretKey")).toString(hashes.enc.Hex);
headers.upsert({ key: "x-api-key", value: pm.variables.get("authKey") });
headers.upsert({ key: "x-timestamp", value: timestamp });
headers.upsert({ key: "x-signature", value: signature });
