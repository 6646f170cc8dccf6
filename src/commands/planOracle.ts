/** What the search asks: the resolver, the weight of a relocation, and what has to move along with it. */
import type { Answers } from "../acquire/answers.ts";
import type { Oracle } from "../conflicts/search.ts";
import { Failure } from "../model/failure.ts";
import { type DottedName, isAtOrBelow } from "../model/name.ts";
import type { Answer, Line, Pair, Service, Weight } from "../model/plan.ts";
import type { Examined, Examiner } from "./exposure.ts";

/** `[SERVICE:]DIST`, both normalised. */
export interface Choice {
  readonly service: string | undefined;
  readonly name: string;
}

export interface Steering {
  readonly prefer: readonly Choice[];
  readonly never: readonly Choice[];
}

/** Why something moves along, or why a boundary stays. */
export interface Drawn {
  readonly service: string;
  readonly name: string;
  /** What it moves along with. */
  readonly along: string;
  readonly why: string;
  /** Why it cannot, although it should. */
  readonly blocked: string | undefined;
}

/** A service's own modules, as far as they are at hand. */
export type ServiceImports = (service: Service) => Promise<ReadonlySet<DottedName>>;

export class PlanOracle implements Oracle {
  readonly #answers: Answers;
  readonly #examiner: Examiner;
  readonly #steering: Steering;
  readonly #services: ReadonlyMap<string, Service>;
  readonly #immovable: (service: string) => Promise<string | undefined>;
  readonly #imports: ServiceImports;
  /** By service and name. */
  readonly drawnBy = new Map<string, Drawn>();

  /** `immovable` says why nothing can be relocated into a service; undefined: it can. */
  constructor(services: readonly Service[], answers: Answers, examiner: Examiner, steering: Steering, immovable: (service: string) => Promise<string | undefined>, imports: ServiceImports) {
    this.#services = new Map(services.map((service) => [service.id, service]));
    [this.#answers, this.#examiner, this.#steering, this.#immovable, this.#imports] = [answers, examiner, steering, immovable, imports];
  }

  resolve(lines: readonly Line[]): Promise<Answer> {
    const texts = (wanted: readonly Line[]): string[] => [...new Set(wanted.map((line) => line.demand.text))].sort();
    return this.#answers.resolve(texts(lines.filter((line) => line.service !== undefined)), texts(lines.filter((line) => line.service === undefined)));
  }

  async weigh(pair: Pair): Promise<Weight> {
    const preferred = this.#steering.prefer.some((choice) => fits(choice, pair));
    const never = this.#steering.never.some((choice) => fits(choice, pair)) ? "--never forbids it" : await this.#immovable(pair.service);
    if (never !== undefined) return { bytes: 0, blocked: never, preferred };
    const item = this.#services.get(pair.service)?.alone.get(pair.name);
    if (!item) return { bytes: 0, blocked: "it is a project itself", preferred };
    const examined = await this.#examiner.examine(item);
    if (examined instanceof Failure) return { bytes: 0, blocked: `no wheel of it can be had: ${examined.message}`, preferred };
    return { bytes: examined.bytes, blocked: examined.compiled, preferred };
  }

  /** Shared distributions that show types of relocated ones to those who have the relocated ones. */
  async drawn(service: Service, relocated: ReadonlySet<string>): Promise<readonly string[]> {
    const along: string[] = [];
    for (const [name, demands] of service.edges) {
      if (relocated.has(name)) continue;
      const inner = demands.map((demand) => demand.name).filter((each) => relocated.has(each));
      if (inner.length === 0) continue;
      const found = await this.#crossing(service, name, inner, relocated);
      if (!found) continue;
      const { blocked } = await this.weigh({ service: service.id, name });
      this.drawnBy.set(`${service.id}\0${name}`, { ...found, service: service.id, name, blocked });
      if (blocked === undefined) along.push(name);
    }
    return along;
  }

  async #crossing(service: Service, name: string, inner: readonly string[], relocated: ReadonlySet<string>): Promise<Pick<Drawn, "along" | "why"> | undefined> {
    const owner = await this.#of(service, name);
    if (!owner || !(await this.#isUsed(service, owner, relocated))) return undefined;
    for (const along of inner) {
      const moved = await this.#of(service, along);
      const use = moved && this.#examiner.shows(owner, moved.moving);
      if (use) return { along, why: `${use.path}:${use.line} ${use.what}` };
    }
    return undefined;
  }

  /** Whether the service, or what is relocated into it, imports the library. */
  async #isUsed(service: Service, library: Examined, relocated: ReadonlySet<string>): Promise<boolean> {
    const imports = (all: ReadonlySet<DottedName>): boolean => [...all].some((module) => library.moving.some((name) => isAtOrBelow(module, name)));
    if (imports(await this.#imports(service))) return true;
    for (const each of relocated) {
      const inside = await this.#of(service, each);
      if (inside && imports(this.#examiner.importsOf(inside, inside.distribution.files))) return true;
    }
    return false;
  }

  async #of(service: Service, name: string): Promise<Examined | undefined> {
    const item = service.alone.get(name);
    const examined = item && (await this.#examiner.examine(item));
    return examined instanceof Failure ? undefined : examined;
  }
}

function fits(choice: Choice, { service, name }: Pair): boolean {
  return choice.name === name && (choice.service === undefined || choice.service === service);
}
