/**
 * The smallest assignment after which the shared installation resolves. Best first (A*): a state is an assignment, a failing one branches on the
 * lines of a set that cannot be met together, for every solution has to take one of them away. So the first state that resolves is a smallest one;
 * this rests on one fact alone, that more requirements never make a conflict go away.
 */
import type { Answer, Assignment, Line, Pair, Service, Weight } from "../model/plan.ts";
import { agreeing } from "./disagreement.ts";
import { smallestCore } from "./core.ts";
import { linesOf } from "./graph.ts";
import { type Cost, Queue, type State, costOf, less, plus } from "./queue.ts";

/** What the search asks of the world. */
export interface Oracle {
  resolve(lines: readonly Line[]): Promise<Answer>;
  weigh(pair: Pair): Promise<Weight>;
  /** What has to be relocated along with what is, because types would cross the boundary. */
  drawn(service: Service, relocated: ReadonlySet<string>): Promise<readonly string[]>;
}

export interface SearchOptions {
  /** Constraints and the system: lines that nobody can take away. */
  readonly fixed: readonly Line[];
  readonly start: Assignment;
  /** States that are looked at, and questions to the resolver, before the search goes on without proof. */
  readonly states: number;
  readonly questions: number;
}

/** Lines that cannot be met together, and where they stood when that was found. */
export interface Conflict {
  readonly lines: readonly Line[];
  readonly words: string | undefined;
}

export type Found =
  | { readonly kind: "found"; readonly assignment: Assignment; readonly answer: Extract<Answer, { kind: "resolved" }>; readonly proven: boolean; readonly conflicts: readonly Conflict[]; readonly lines: readonly Line[] }
  /** Nothing helps: the conflict that stays, with nothing in it that can be relocated. */
  | { readonly kind: "none"; readonly conflict: Conflict; readonly proven: boolean };

export async function search(services: readonly Service[], oracle: Oracle, options: SearchOptions): Promise<Found> {
  return new Search(services, oracle, options).run();
}

const keyOf = (line: Line): string => `${line.service ?? ""}\0${line.parent ?? ""}\0${line.demand.text}`;

class Search {
  readonly #services: readonly Service[];
  readonly #oracle: Oracle;
  readonly #options: SearchOptions;
  readonly #weights = new Map<string, Weight>();
  readonly #lines = new Map<string, readonly Line[]>();
  readonly #conflicts: Conflict[] = [];
  #questions = 0;
  #proven = true;
  #dead: Conflict | undefined;

  constructor(services: readonly Service[], oracle: Oracle, options: SearchOptions) {
    [this.#services, this.#oracle, this.#options] = [services, oracle, options];
  }

  async run(): Promise<Found> {
    const queue = new Queue();
    const seen = new Set<string>();
    const first = await this.#state(this.#options.start);
    if (first) queue.push(first);
    let looked = 0;
    for (let state = queue.pop(); state; state = queue.pop()) {
      if (seen.has(state.key)) continue;
      seen.add(state.key);
      looked++;
      const lines = this.#linesOf(state.assignment);
      const branches = this.#direct(lines) ?? (await this.#asked(lines));
      if (!("branches" in branches)) return { kind: "found", assignment: state.assignment, answer: branches, proven: this.#proven, conflicts: this.#conflicts, lines };
      const next: State[] = [];
      for (const pairs of branches.branches) {
        const made = await this.#with(state.assignment, pairs);
        if (made) next.push(made);
      }
      if (next.length === 0) this.#dead ??= branches.conflict;
      if (this.#proven && (looked > this.#options.states || this.#questions > this.#options.questions)) {
        // From here on depth first: a solution, and no proof.
        this.#proven = false;
        queue.greedy();
      }
      for (const each of next) if (!seen.has(each.key)) queue.push(each);
    }
    return { kind: "none", conflict: this.#dead ?? { lines: [], words: undefined }, proven: this.#proven };
  }

  #linesOf(assignment: Assignment): readonly Line[] {
    return [...this.#options.fixed, ...this.#services.flatMap((service) => {
      const relocated = assignment.get(service.id) ?? none;
      const key = `${service.id}\0${[...relocated].sort().join("\0")}`;
      let lines = this.#lines.get(key);
      if (!lines) this.#lines.set(key, (lines = linesOf(service, relocated)));
      return lines;
    })];
  }

  /** A name whose demands disagree already: one branch for each way to have those that remain agree. */
  #direct(lines: readonly Line[]): { readonly branches: readonly (readonly Pair[])[]; readonly conflict: Conflict } | undefined {
    const [worst] = this.#disagreements(lines).sort((a, b) => a.sets.length - b.sets.length);
    if (!worst) return undefined;
    const conflict = { lines: opposed(worst.lines, worst.sets), words: undefined };
    this.#remember(conflict);
    return { branches: worst.sets.flatMap((set) => [leaving(worst.lines, set)].filter((pairs) => pairs !== undefined)), conflict };
  }

  #disagreements(lines: readonly Line[]): { readonly lines: readonly Line[]; readonly sets: (readonly Line[])[] }[] {
    return [...byDistribution(lines).values()].flatMap((group) => {
      if (group.length < 2) return [];
      const sets = agreeing(group);
      return sets.length === 1 && sets[0]?.length === group.length ? [] : [{ lines: group, sets }];
    });
  }

  /** Asks the resolver, unless it is known to fail. */
  async #asked(lines: readonly Line[]): Promise<Extract<Answer, { kind: "resolved" }> | { readonly branches: readonly (readonly Pair[])[]; readonly conflict: Conflict }> {
    const keys = new Set(lines.map(keyOf));
    let conflict = this.#conflicts.find((each) => each.lines.every((line) => keys.has(keyOf(line))));
    if (!conflict) {
      this.#questions++;
      const answer = await this.#oracle.resolve(lines);
      if (answer.kind === "resolved") return answer;
      conflict = { lines: await this.#shrink(lines.filter((line) => line.service !== undefined), answer.mentioned), words: answer.words };
      this.#remember(conflict);
    }
    return { branches: conflict.lines.flatMap((line) => (line.service === undefined ? [] : [[{ service: line.service, name: line.demand.name }]])), conflict };
  }

  async #shrink(lines: readonly Line[], mentioned: ReadonlySet<string>): Promise<readonly Line[]> {
    const fails = async (some: readonly Line[]): Promise<boolean> => {
      this.#questions++;
      return (await this.#oracle.resolve([...this.#options.fixed, ...some])).kind === "conflict";
    };
    // What the resolver speaks of comes first: mostly the conflict is there.
    const near = lines.filter((line) => this.#leadsTo(line, mentioned));
    const start = near.length > 0 && near.length < lines.length && (await fails(near)) ? near : lines;
    return smallestCore(start, fails);
  }

  #leadsTo(line: Line, names: ReadonlySet<string>): boolean {
    return names.has(line.demand.name) || (line.parent !== undefined && names.has(line.parent));
  }

  #remember(conflict: Conflict): void {
    const keys = conflict.lines.map(keyOf).sort().join("\n");
    if (!this.#conflicts.some((each) => each.lines.map(keyOf).sort().join("\n") === keys)) this.#conflicts.push(conflict);
  }

  async #with(assignment: Assignment, pairs: readonly Pair[]): Promise<State | undefined> {
    const next = new Map(assignment);
    for (const { service, name } of pairs) next.set(service, new Set([...(next.get(service) ?? []), name]));
    return this.#state(next, new Set(pairs.map((pair) => pair.service)));
  }

  /** Undefined where something in it cannot be relocated. `touched`: the services in which something is new. */
  async #state(assignment: Assignment, touched?: ReadonlySet<string>): Promise<State | undefined> {
    const closed = new Map<string, ReadonlySet<string>>();
    for (const service of this.#services) {
      let relocated = assignment.get(service.id);
      if (!relocated || relocated.size === 0) continue;
      if (!touched || touched.has(service.id)) relocated = await this.#closed(service, relocated);
      closed.set(service.id, relocated);
    }
    let cost: Cost = [0, 0, 0];
    for (const [service, names] of closed) {
      for (const name of names) {
        const weight = await this.#weigh({ service, name });
        if (weight.blocked !== undefined) return undefined;
        cost = plus(cost, costOf(weight));
      }
    }
    const key = [...closed].map(([service, names]) => `${service}\0${[...names].sort().join("\0")}`).sort().join("\n");
    const rest = await this.#rest(this.#linesOf(closed));
    return rest && { assignment: closed, key, cost, bound: plus(cost, rest) };
  }

  async #closed(service: Service, relocated: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const all = new Set(relocated);
    for (let drawn = await this.#oracle.drawn(service, all); drawn.length > 0; drawn = await this.#oracle.drawn(service, all)) {
      const fresh = drawn.filter((name) => !all.has(name));
      if (fresh.length === 0) break;
      for (const name of fresh) all.add(name);
    }
    return all;
  }

  /** At least this is still to come: for each name in disagreement its cheapest way out, and one pair of each known conflict that shares none with another. Undefined: there is no way out. */
  async #rest(lines: readonly Line[]): Promise<Cost | undefined> {
    let sum: Cost = [0, 0, 0];
    const used = new Set<string>();
    for (const { lines: group, sets } of this.#disagreements(lines)) {
      let cheapest: Cost | undefined;
      for (const set of sets) {
        const cost = await this.#price(leaving(group, set));
        if (cost && (!cheapest || less(cost, cheapest) < 0)) cheapest = cost;
      }
      if (!cheapest) {
        this.#dead = { lines: opposed(group, sets), words: undefined };
        return undefined;
      }
      sum = plus(sum, cheapest);
      for (const line of group) used.add(`${line.service}\0${line.demand.name}`);
    }
    const keys = new Set(lines.map(keyOf));
    for (const conflict of this.#conflicts) {
      const pairs = conflict.lines.filter((line) => line.service !== undefined).map((line) => ({ service: line.service ?? "", name: line.demand.name }));
      if (!conflict.lines.every((line) => keys.has(keyOf(line))) || pairs.some((pair) => used.has(`${pair.service}\0${pair.name}`))) continue;
      let cheapest: Cost | undefined;
      for (const pair of pairs) {
        const cost = await this.#price([pair]);
        if (cost && (!cheapest || less(cost, cheapest) < 0)) cheapest = cost;
        used.add(`${pair.service}\0${pair.name}`);
      }
      if (!cheapest) {
        this.#dead = conflict;
        return undefined;
      }
      sum = plus(sum, cheapest);
    }
    return sum;
  }

  async #price(pairs: readonly Pair[] | undefined): Promise<Cost | undefined> {
    if (!pairs) return undefined;
    let cost: Cost = [0, 0, 0];
    for (const pair of pairs) {
      const weight = await this.#weigh(pair);
      if (weight.blocked !== undefined) return undefined;
      cost = plus(cost, costOf(weight));
    }
    return cost;
  }

  async #weigh(pair: Pair): Promise<Weight> {
    const key = `${pair.service}\0${pair.name}`;
    let weight = this.#weights.get(key);
    if (!weight) this.#weights.set(key, (weight = await this.#oracle.weigh(pair)));
    return weight;
  }
}

const none: ReadonlySet<string> = new Set();

/** The pairs to relocate so that only the lines of `set` remain; undefined where a line that has to go is nobody's. */
function leaving(lines: readonly Line[], set: readonly Line[]): Pair[] | undefined {
  const going = lines.filter((line) => !set.includes(line));
  if (going.some((line) => line.service === undefined)) return undefined;
  return [...new Set(going.map((line) => line.service ?? ""))].map((service) => ({ service, name: going[0]?.demand.name ?? "" }));
}

function byDistribution(lines: readonly Line[]): ReadonlyMap<string, readonly Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const group = groups.get(line.demand.name);
    if (group) group.push(line);
    else groups.set(line.demand.name, [line]);
  }
  return groups;
}

/** Two lines that cannot be met together; where no two of them fail alone, all. */
function opposed(lines: readonly Line[], sets: readonly (readonly Line[])[]): readonly Line[] {
  for (const [index, a] of lines.entries()) {
    const b = lines.slice(index + 1).find((line) => !sets.some((set) => set.includes(a) && set.includes(line)));
    if (b) return [a, b];
  }
  return lines;
}
