// The rule as one expression, parsed once. It says yes or no, and not which clause it was.
import { evaluate, parse } from "cel-js";
import { countries, people, timed, today } from "./people.mjs";

const rule = parse(
  `consent == "given" && country in ${JSON.stringify(countries)} && ${today} <= consented + 730 && ` +
    "minute >= 480 && minute < 1260",
);
if (!rule.isSuccess) throw new Error(rule.errors.join("; "));
timed((i) => evaluate(rule.cst, people[i]) === true, 2);
