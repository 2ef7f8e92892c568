// The people of bench_guard, and how a peer is timed over them. A peer prints whom it lets through, and the nanoseconds
// that one decision takes, best of several rounds.
import { readFileSync } from "node:fs";

export const { people, countries, today } = JSON.parse(readFileSync(process.argv[2], "utf8"));

export function timed(decide, passes) {
  let allowed = 0;
  let best = Infinity;
  for (let round = 0; round < 7; ++round) {
    const begin = process.cpuUsage();
    for (let pass = 0; pass < passes; ++pass) {
      allowed = 0;
      for (let i = 0; i < people.length; ++i) if (decide(i)) ++allowed;
    }
    const { user, system } = process.cpuUsage(begin);
    best = Math.min(best, ((user + system) * 1e3) / passes / people.length);
  }
  console.log(allowed, best.toFixed(1));
}
