// Trivial jobs through pg-boss: four loops that fetch a thousand and complete them, which its `work` does too, but with
// half a second of waiting between. Jobs are queued before the clock runs. Prints jobs per second.
import PgBoss from "pg-boss";

const jobs = Number(process.argv[2] ?? 50_000);
const batch = 1_000;
const queue = "nothing";
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: 8, supervise: false, schedule: false });
boss.on("error", (error) => {
  throw error;
});
await boss.start();
await boss.createQueue(queue);
for (let i = 0; i < jobs; i += batch) {
  const some = Math.min(batch, jobs - i);
  await boss.insert(Array.from({ length: some }, (_, k) => ({ name: queue, data: { id: i + k } })));
}

let done = 0;
async function work() {
  while (done < jobs) {
    const fetched = await boss.fetch(queue, { batchSize: batch });
    if (fetched.length === 0) return;
    await boss.complete(queue, fetched.map((job) => job.id));
    done += fetched.length;
  }
}
const begin = performance.now();
await Promise.all([work(), work(), work(), work()]);
const seconds = (performance.now() - begin) / 1e3;
await boss.stop({ graceful: false });
if (done !== jobs) throw new Error(`${done} of ${jobs} jobs were done`);
console.log(Math.round(jobs / seconds));
