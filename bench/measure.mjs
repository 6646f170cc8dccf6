// Paired measuring: each round runs every contender once, next to one another, so that what else the machine does meets all of them alike.
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

/** A program's run: what is timed is the process from start to exit. `status` lists the exit codes that count as done. */
export function run([program, ...args], { cwd, env, status = [0], timeout } = {}) {
  const began = performance.now();
  const result = spawnSync(program, args, { cwd, env: { ...process.env, ...env }, encoding: "utf8", maxBuffer: 2 ** 28, timeout });
  const seconds = (performance.now() - began) / 1000;
  if (result.error || !status.includes(result.status)) {
    throw new Error(`${[program, ...args].join(" ").slice(0, 200)}: ${result.error?.message ?? `exit code ${result.status}`}\n${`${result.stdout}${result.stderr}`.slice(-2000)}`);
  }
  return { seconds, stdout: result.stdout, stderr: result.stderr };
}

/**
 * Seconds of each contender in each round. A contender is `{name, prepare(): argv, again?, after?()}`: what `prepare` and `after` do is not timed;
 * `again` names a second run of the same command. Every second round goes backwards: nobody always comes first.
 */
export function paired(contenders, rounds) {
  const seconds = new Map(contenders.flatMap(({ name, again }) => [[name, []], [again, []]]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, prepare, again, after } of round % 2 ? contenders.toReversed() : contenders) {
      const argv = prepare();
      seconds.get(name).push(run(argv).seconds);
      if (again) seconds.get(again).push(run(argv).seconds);
      after?.();
    }
  }
  return seconds;
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** The median of the rounds' own ratios: a round in which the machine was slow for both says as much as another. */
export function ratio(seconds, name, reference) {
  const base = seconds.get(reference);
  return median(seconds.get(name).map((value, round) => value / base[round]));
}

/** Peak resident memory of one process and its threads, in MB. Python asks the system; Node could ask for itself only. */
export function peakMemory(argv) {
  const code = "import resource, subprocess, sys\nr = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode\nprint(r, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == 'darwin' else 1024))";
  const [status, bytes] = run(["python3", "-c", code, ...argv]).stdout.trim().split(" ").map(Number);
  if (status > 1) throw new Error(`${argv.join(" ")}: exit code ${status}`);
  return bytes / 1e6;
}
