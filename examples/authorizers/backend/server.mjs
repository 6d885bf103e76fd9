// A server that knows nothing of sessions: API Gateway tells it who the visitor is, and lets nobody else through.
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";

const PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");

// What the API says where it asks no authorizer.
const NOBODY = "nobody";

const server = createServer((request, response) => {
  // As most servers do, it takes /static/../orders/1 for /orders/1, and /orders/1/ for /orders/1.
  const { pathname } = new URL(`http://backend${request.url}`);
  const path = pathname.replace(/\/+$/, "");
  const here = `./${pathname.slice(pathname.lastIndexOf("/") + 1)}`;
  const user = request.headers["x-user-id"];
  if (path === "/static/pixel.png") {
    response.writeHead(200, { "content-type": "image/png" }).end(PIXEL);
  } else if (path === "/api/health") {
    send(200, "application/json", JSON.stringify({ status: "ok" }));
  } else if (typeof user !== "string" || user === NOBODY) {
    send(403, "text/plain", "Not behind its authorizer\n");
  } else if (path.startsWith("/api/")) {
    send(200, "application/json", JSON.stringify({ user, url: request.url }));
  } else if (!path.startsWith("/orders/")) {
    send(404, "text/plain", "Not found\n");
  } else if (request.method === "POST") {
    // Neither this server's own host nor its root is what browsers know: the API may have a stage in front.
    response.writeHead(303, { location: here }).end();
  } else {
    // A user id of SuperTokens' is a UUID, unless the application makes others.
    const form = `<form method="post" action="${escape(here)}"><input name="note" aria-label="Note"><button>Keep</button></form>`;
    send(200, "text/html; charset=utf-8", `<!doctype html><title>Orders</title><main><h1>Orders</h1><p>${escape(user)}</p>${form}</main>`);
  }

  /** @type {(status: number, type: string, text: string) => void} */
  function send(status, type, text) {
    const zips = String(request.headers["accept-encoding"]).includes("gzip");
    response.writeHead(status, {
      "content-type": type,
      "cache-control": "no-store",
      vary: "accept-encoding",
      ...(zips && { "content-encoding": "gzip" }),
    });
    response.end(zips ? gzipSync(text) : text);
  }
});

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
});
