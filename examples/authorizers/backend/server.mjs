// A server that knows nothing of sessions: API Gateway tells it who the visitor is, and lets nobody else through.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  const user = request.headers["x-user-id"];
  if (typeof user !== "string") {
    response.writeHead(500, { "content-type": "text/plain" }).end("Not behind its authorizer\n");
    return;
  }
  const isPage = !request.url?.startsWith("/api/");
  response.writeHead(200, {
    "content-type": isPage ? "text/html; charset=utf-8" : "application/json",
    "cache-control": "no-store",
  });
  // A user id of SuperTokens' is a UUID, unless the application makes others.
  response.end(isPage ? `<!doctype html><title>Orders</title><main><h1>Orders</h1><p>${escape(user)}</p></main>` : JSON.stringify({ user, url: request.url }));
});

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
});
