// Trivial jobs through graphile-worker, with the batching of its documentation's page on performance. Jobs are queued
// before the clock runs; it stops when the last completion is written. Prints jobs per second.
import { Logger, makeWorkerUtils, run } from "graphile-worker";

const jobs = Number(process.argv[2] ?? 100_000);
const connectionString = process.env.DATABASE_URL;
const logger = new Logger(() => () => {});

const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();
for (let i = 0; i < jobs; i += 5_000) {
  const some = Math.min(5_000, jobs - i);
  await utils.addJobs(Array.from({ length: some }, (_, k) => ({ identifier: "nothing", payload: { id: i + k } })));
}

let begin = 0;
let done = 0;
let finish;
const finished = new Promise((resolve) => (finish = resolve));
const runner = await run({
  preset: {
    worker: {
      connectionString,
      logger,
      concurrentJobs: 24,
      maxPoolSize: 25,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
  noHandleSignals: true,
  taskList: {
    nothing: async () => {
      if (done === 0) begin = performance.now();
      if (++done === jobs) finish();
    },
  },
});
await finished;
await runner.stop(); // writes the completions that are still under way
const seconds = (performance.now() - begin) / 1e3;

const left = await utils.withPgClient((client) =>
  client.query("select count(*)::int as jobs from graphile_worker._private_jobs"),
);
await utils.release();
if (left.rows[0].jobs > 0) throw new Error(`${left.rows[0].jobs} jobs are left`);
console.log(Math.round(jobs / seconds));
