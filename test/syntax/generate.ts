/** Random Python: every form of expression and statement inside every other. Valid to the grammar, meaningless to anybody. */

export function generate(seed: number): string {
  let state = seed * 2654435761 + 12345;
  const below = (count: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * count);
  };
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const some = (least: number, item: () => string): string => Array.from({ length: least + below(3) }, item).join(", ");
  const name = (): string => pick(["a", "b", "cd", "match", "case", "type", "print", "_", "é", "lazy", "self"]);

  const text = (): string => pick([`"x"`, `'y.z'`, `b"q"`, `r"\\d"`, `u'''t'''`, `"a" 'b'`, `"\\n\\\\"`, `rb'z'`, `"""l\nm"""`]);
  const field = (depth: number): string => pick([`{${name()}}`, `{${name()}!r}`, `{${name()}:>{${name()}}}`, `{${name()}=}`, `{{`, `}}`, `{ ${expression(depth - 1).replaceAll(/["'\n\\#{}!:=]/g, "1")} }`, `{a['b']}`, `{f'{b}'}`]);
  const format = (depth: number): string => `${pick(["f", "rf", "F", "t"])}"${Array.from({ length: below(4) }, () => pick(["x.", "", " "]) + field(depth)).join("")}"`;

  function atom(depth: number): string {
    if (depth <= 0) return pick([name, name, text, () => pick(["1", "0x1F", "2.5", "1e3", "3j", "None", "True", "..."])])();
    const inner = (): string => expression(depth - 1);
    return pick([
      name, text, () => format(depth), () => `(${inner()})`, () => `(${inner()}, ${some(0, inner)})`, () => `[${some(0, inner)}]`, () => `{${some(1, inner)}}`, () => "()",
      () => `{${some(0, () => `${inner()}: ${inner()}`)}}`, () => `{**${name()}, ${text()}: ${inner()}}`, () => `[*${name()}, ${inner()}]`,
      () => `[${inner()}${clauses(depth)}]`, () => `(${inner()}${clauses(depth)})`, () => `{${inner()}${clauses(depth)}}`, () => `{${inner()}: ${inner()}${clauses(depth)}}`,
      () => `(${name()} := ${binary(depth - 1)})`, () => `(yield ${inner()})`, () => `(\n ${inner()} # ${name()}\n)`,
    ])();
  }

  function clauses(depth: number): string {
    const clause = (): string => ` for ${pick([name(), `${name()}, ${name()}`, `(${name()}, [${name()}])`])} in ${disjunction(depth - 1)}${below(3) === 0 ? ` if ${disjunction(depth - 1)}` : ""}`;
    return clause() + (below(4) === 0 ? clause() : "");
  }

  function primary(depth: number): string {
    const base = atom(depth);
    if (depth <= 0) return base;
    const argument = (): string => pick([() => expression(depth - 1), () => expression(depth - 1), () => `${name()}=${expression(depth - 1)}`, () => `*${name()}`, () => `**${name()}`])();
    return pick([
      base, base, `${name()}.${name()}`, `${name()}.b.c`, `${name()}(${some(0, argument)})`, `${name()}.${name()}(${some(0, argument)})`, `${name()}(${expression(depth - 1)}${clauses(depth)})`,
      `${name()}[${expression(depth - 1)}]`, `${name()}[${expression(depth - 1)}:${name()}, ::2]`, `${name()}[:]`, `${name()}(${name()})[0].x`,
    ]);
  }

  function binary(depth: number): string {
    const left = primary(depth);
    return depth <= 0 ? left : pick([left, left, left, `-${left}`, `~${left}`, `${left} ** -${name()}`, `${left} ${pick(["+", "-", "*", "/", "//", "%", "@", "<<", ">>", "|", "^"])} ${binary(depth - 1)}`]);
  }

  function disjunction(depth: number): string {
    const left = binary(depth);
    return depth <= 0 ? left : pick([left, left, left, `not ${left}`, `${left} ${pick(["==", "!=", "<", ">=", "in", "not in", "is", "is not"])} ${binary(depth - 1)}`, `${left} ${pick(["and", "or"])} ${disjunction(depth - 1)}`, `${left} < ${name()} <= 3`]);
  }

  function expression(depth: number): string {
    const left = disjunction(depth);
    return depth <= 0 ? left : pick([left, left, left, left, `${left} if ${disjunction(depth - 1)} else ${expression(depth - 1)}`, `lambda ${pick(["", "a", "a, *b, c=1, **d", "*, a", "a, /, b=(1, 2)"])}: ${expression(depth - 1)}`]);
  }

  const target = (): string => pick([name(), "a.b", "a[b]", "a, b", "(a, [b, *c])", "[a, b]", "*a, b"]);
  const type = (): string => pick([name(), "List[int]", "a.b[c]", "'x.Y'", "Optional[a.B] | None", "dict[str, List[int]]", "A[B].C", "int | str", "A[x] | B[y] | None", "Callable[[int], str]", "Literal['a', -1]"]);
  const parameter = (): string => pick([name(), `${name()}=${expression(1)}`, `${name()}: ${type()}`, `${name()}: ${type()} = ${expression(1)}`]);

  function simple(): string {
    return pick([
      () => expression(3), () => `${target()} = ${expression(3)}`, () => `a = b.c = ${expression(2)}, 1`, () => `a ${pick(["+=", "//=", "**=", "@="])} ${expression(2)}`, () => `x: ${type()}`, () => `x.y: ${type()} = ${expression(2)}`,
      () => `return ${expression(2)}`, () => `raise ${expression(1)} from ${name()}`, () => `del ${pick(["a", "a.b, c[d]", "(a, b)"])}`, () => `assert ${expression(2)}, ${text()}`, () => "global g, h", () => "nonlocal n", () => "pass",
      () => "import os.path as p, sys", () => "from . import (a,\n b)", () => "from __future__ import division", () => `print ${text()}, ${name()}`, () => `print >>a, ${text()}`, () => `exec ${name()} in a`, () => `print(${expression(1)}, file=a)`,
      () => `a = yield ${expression(1)}`, () => "await a.b(c)", () => `a = (b \\\n + ${name()})`, () => `${text()}`, () => `type ${pick(["X", "X[T, *U]"])} = ${type()}`,
    ])();
  }

  function block(indent: string, depth: number): string {
    return Array.from({ length: 1 + below(3) }, () => statement(indent, depth)).join("");
  }

  function statement(indent: string, depth: number): string {
    const body = (): string => (depth <= 0 || below(4) === 0 ? ` ${simple()}${pick(["", "; pass"])}\n` : `${pick(["", "  # c"])}\n${block(`${indent}  `, depth - 1)}`);
    const more = (clause: string): string => (below(2) === 0 ? `${indent}${clause}:${body()}` : "");
    const line = (written: string): string => `${indent}${written}:${body()}`;
    const pattern = (): string => pick(["1", "-1", "'a' | b.C", "[a, *b, _]", "(a, b)", "{'k': v, **r}", "A(b, c=d)", "x if x > 3", "A() as d", "None", "None | True", "a.b.C(d=1 | 2)", "_", "a, b", "1 + 2j"]);
    return pick([
      () => `${indent}${simple()}\n`, () => `${indent}${simple()}\n`, () => `${indent}${simple()}; ${simple()}\n`, () => `\n${indent}# comment\n${indent}pass\n`,
      () => line(`if ${expression(2)}`) + more(`elif ${expression(1)}`) + more("else"), () => line(`while ${expression(1)}`) + more("else"), () => line(`for ${target()} in ${expression(1)}`) + more("else"),
      () => line("try") + line(pick(["except", "except A", "except (A, b.C) as e", "except A, e"])) + more("else") + more("finally"), () => line("try") + line("except* A as e"), () => line("try") + line("finally"),
      () => line(`with ${pick([`${binary(1)} as ${pick(["a", "(a, b)", "a.b"])}`, "a, b as c", "(a as b, c)", "(a, b)", "(a)"])}`), () => line(`async with a as b`), () => line(`async for a in b`),
      () => line(`def f(${some(0, parameter)})${pick(["", ` -> ${type()}`])}`), () => line(`async def f(self, *a: int, k=1, **kw)`), () => line(`def f[T: int, *U, **P](a: T, /, b, *, c)`), () => line("def f(a, (b, c))"),
      () => `${indent}@a.b(${expression(1)})\n${indent}@c\n${line(pick(["def f()", "class A", "async def f(a)"]))}`, () => line(pick(["class A", "class A()", `class A(B, metaclass=${name()}, *c)`, "class A[T](B[T])"])),
      () => `${indent}match ${pick(["x", "x, y", "(x)", "x.y(z)", "-x"])}:\n${Array.from({ length: 1 + below(3) }, () => `${indent}  case ${pattern()}:${depth <= 0 ? " pass\n" : `\n${block(`${indent}    `, depth - 1)}`}`).join("")}`,
    ])();
  }

  return block("", 3) + block("", 2);
}
