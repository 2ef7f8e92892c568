// Workflows of ten trivial steps through DBOS, 200 of them at a time on a pool of 50 connections. Prints steps per second.
import { DBOS } from "@dbos-inc/dbos-sdk";

const workflows = Number(process.argv[2] ?? 400);
const steps = 10;
const atOnce = 200;
const silent = { info() {}, debug() {}, warn() {}, error: console.error };
DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: process.env.DATABASE_URL,
  systemDatabasePoolSize: 50,
  logger: silent,
});

const workflow = DBOS.registerWorkflow(
  async (id) => {
    for (let i = 0; i < steps; ++i) await DBOS.runStep(async () => id + i, { name: `step${i}` });
    return id;
  },
  { name: "nothing" },
);
await DBOS.launch();
await workflow(-1); // connections are there

let next = 0;
async function work() {
  while (next < workflows) await workflow(next++);
}
const begin = performance.now();
await Promise.all(Array.from({ length: atOnce }, work));
const seconds = (performance.now() - begin) / 1e3;
await DBOS.shutdown();
console.log(Math.round((workflows * steps) / seconds));
