// Runs one subject in a process of its own, as driver.py does: a line of JSON in, a line of JSON out.
const { createInterface } = require("node:readline");
const path = require("node:path");

const context = { awsRequestId: "benchmarks", getRemainingTimeInMillis: () => 60_000 };
let handler;

async function call({ event }) {
  const begun = process.hrtime.bigint();
  handler ??= require(path.resolve(process.argv[2])).handler;
  const answer = await handler(event, context);
  return { ns: [Number(process.hrtime.bigint() - begun)], statuses: [answer.statusCode] };
}

async function burst({ event, cookies }) {
  const text = JSON.stringify(event);
  const events = cookies.map((given) => ({ ...JSON.parse(text), cookies: given }));
  const ns = [];
  const statuses = [];
  for (const each of events) {
    const begun = process.hrtime.bigint();
    const answer = await handler(each, context);
    ns.push(Number(process.hrtime.bigint() - begun));
    statuses.push(answer.statusCode);
  }
  return { ns, statuses };
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line);
    const reply = await { call, burst }[order.do](order).catch((error) => ({ error: String(error) }));
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

main();
