// A client generated from the OpenAPI document, with a middleware that signs.
//   npm install openapi-fetch openapi-typescript typescript
//   npx openapi-typescript openapi.json -o oppi_games.d.ts
import { createHmac } from "node:crypto";
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./oppi_games.js";

const setting = (name: string) => process.env[name] ?? "";

const signature: Middleware = {
  async onRequest({ request }) {
    const body = await request.clone().text(); // the text that is sent
    const timestamp = String(Date.now()); // milliseconds
    const hmac = createHmac("sha256", setting("SECRET_KEY")).update(`${body}|${timestamp}`);
    request.headers.set("x-api-key", setting("AUTH_KEY"));
    request.headers.set("x-timestamp", timestamp);
    request.headers.set("x-signature", hmac.digest("hex"));
    return request;
  },
};

const client = createClient<paths>({ baseUrl: setting("BASE_URL") });
client.use(signature);
const balance = await client.POST("/wallet/balance", { body: { playerId: setting("PLAYER_ID"), currency: "EUR" } });
console.log(JSON.stringify(balance.data));
const games = await client.GET("/game/list", { params: { query: { page: 1 } } });
console.log(JSON.stringify(games.data));
