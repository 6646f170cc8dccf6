/** A helper thread of `enisle update`: takes projects from the shared queue, and asks the main thread for what has to be fetched. */
import type { MessagePort } from "node:worker_threads";
import { nodeHost } from "../host/node.ts";
import type { Distribution } from "../model/distribution.ts";
import { Failure } from "../model/failure.ts";
import type { Acquire } from "./arrange.ts";
import { hireCrew } from "./runJobs.ts";
import { sharingCrews } from "./sharingCrew.ts";
import { type UpdateOptions, reportOn } from "./update.ts";
import { type Acquired, type Acquirers, type ThreadInput, type ThreadMessage, workThrough } from "./updateMany.ts";

/** `input` is a `ThreadInput<UpdateOptions>`. */
export async function runThread(port: MessagePort, input: unknown): Promise<void> {
  const post = (message: ThreadMessage): void => port.postMessage(message);
  const { options, subjects, groups, queue } = input as ThreadInput<UpdateOptions>;
  const hired = hireCrew(0);
  const crewFor = sharingCrews(hired);
  try {
    const host = await nodeHost({ quiet: true });
    await workThrough(subjects, groups, queue, true, distantAcquirers(port, post), async (index, acquirers) => {
      const subject = subjects[index];
      if (subject) post({ kind: "report", index, report: await reportOn(subject, options, acquirers, crewFor(), host) });
    });
    post({ kind: "done" });
  } catch (error) {
    post({ kind: "failure", message: (error as Error).message, stack: (error as Error).stack });
  } finally {
    await hired.dismiss();
  }
}

/** The main thread fetches; an answer is sent once. */
function distantAcquirers(port: MessagePort, post: (message: ThreadMessage) => void): Acquirers {
  const open = new Map<number, (answer: Acquired) => void>();
  port.on("message", (answer: Acquired) => {
    open.get(answer.id)?.(answer);
    open.delete(answer.id);
  });
  const known = new Map<string, Promise<readonly Distribution[]>>();
  let asked = 0;
  return (options): Acquire => (request) => {
    const key = JSON.stringify([options, request]);
    const answer = known.get(key) ?? new Promise<readonly Distribution[]>((resolve, reject) => {
      const id = asked++;
      open.set(id, (each) => {
        if ("distributions" in each) resolve(each.distributions);
        else reject(each.wayOut === undefined ? new Error(each.message) : new Failure(each.message, each.wayOut));
      });
      post({ kind: "acquire", id, options, request });
    });
    known.set(key, answer);
    return answer;
  };
}
