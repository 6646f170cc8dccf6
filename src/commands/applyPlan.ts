/** `plan --apply`: the configuration of each project, and `enisle vendor` there; archives get their copies inside by `enisle wheel`. */
import type { Host } from "../host/host.ts";
import { Failure } from "../model/failure.ts";
import type { PlanOptions, PlanOutcome } from "./plan.ts";

export async function applyPlan(_outcome: PlanOutcome, _options: PlanOptions & { readonly dryRun: boolean }, _host: Host): Promise<PlanOutcome> {
  throw new Failure("--apply: not yet", "x");
}
