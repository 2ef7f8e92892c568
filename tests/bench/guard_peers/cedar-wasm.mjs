// The rule as a policy for each clause, parsed once: a refusal names the policies that it comes from. The person is the
// request's context, which costs less than an entity.
import { preparsePolicySet, statefulIsAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import { countries, people, timed, today } from "./people.mjs";

const forbid = (when) => `forbid(principal, action, resource) when { ${when} };`;
const parsed = preparsePolicySet("house", {
  staticPolicies: {
    send: "permit(principal, action, resource);",
    consent: forbid('context.consent != "given"'),
    countries: forbid(`!${JSON.stringify(countries)}.contains(context.country)`),
    stale: forbid(`context.consented + 730 < ${today}`),
    night: forbid("context.minute < 480 || context.minute >= 1260"),
  },
});
if (parsed.type !== "success") throw new Error(JSON.stringify(parsed));

const calls = people.map((context, i) => ({
  principal: { type: "Contact", id: String(i) },
  action: { type: "Action", id: "send" },
  resource: { type: "Content", id: "hello" },
  context,
  preparsedPolicySetId: "house",
  entities: [],
}));
timed((i) => {
  const answer = statefulIsAuthorized(calls[i]);
  if (answer.type !== "success") throw new Error(JSON.stringify(answer));
  return answer.response.decision === "allow";
}, 2);
