/** Indentation: the open blocks, each with its column, the namespace it belongs to and its last compound statement. */
import { get, set } from "./numbers";
import { ELIF, ELSE, EXCEPT, FINALLY, FOR, IF, TRY, WHILE } from "./keywords";
import { DEDENT, FUNCTION_BODY, INDENT, NO_BLOCK, NO_HANDLER, offset, record, reject } from "./report";

const MOST: i32 = 1000; // Python itself allows 100
// Static memory: the heap begins where the file's bytes are put.
const columns: usize = memory.data(4000);
const scopes: usize = memory.data(4000);
const compounds: usize = memory.data(4000);
/** Where the body of a function begins, for the level that it opens; 0 for other blocks. */
const bodies: usize = memory.data(4000);
let level: i32 = 0;

export function beginLevels(): void {
  level = 0;
  set(columns, 0, 0);
  set(scopes, 0, 0);
  set(compounds, 0, 0);
  set(bodies, 0, 0);
}

export function currentScope(): i32 {
  return get(scopes, level);
}

/** A logical line starts at `at` in `column`; `block` says that a header before it asks for a block in `scope`, the body of a function where `body`. */
export function enterLine(at: usize, column: i32, block: bool, scope: i32, body: bool): void {
  if (column > get(columns, level)) {
    if (!block) reject(at, INDENT);
    if (level + 1 < MOST) level++;
    set(columns, level, column);
    set(scopes, level, block ? scope : get(scopes, level - 1));
    set(compounds, level, 0);
    set(bodies, level, block && body ? <i32>at : 0);
    return;
  }
  if (block) reject(at, NO_BLOCK);
  if (column == get(columns, level)) return;
  while (column < get(columns, level)) {
    if (get(compounds, level) == TRY) reject(at, NO_HANDLER);
    if (get(bodies, level)) record(FUNCTION_BODY, offset(get(bodies, level)), offset(at), 0);
    level--;
  }
  if (column != get(columns, level)) {
    reject(at, DEDENT);
    set(columns, level, column);
  }
}

/** A line starts with the keyword `id` (0: with none). False when a clause of a compound statement stands where it cannot. */
export function startStatement(at: usize, id: i32): bool {
  const last = get(compounds, level);
  if (id == EXCEPT) return last == TRY || last == EXCEPT;
  if (id == FINALLY) return last == TRY || last == EXCEPT || last == ELSE;
  if (id == ELIF) return last == IF || last == ELIF;
  if (id == ELSE) return last == IF || last == ELIF || last == FOR || last == WHILE || last == EXCEPT;
  if (last == TRY) reject(at, NO_HANDLER);
  return true;
}

/** The line was the header of the compound statement `id`, or a simple one (0). */
export function endStatement(id: i32): void {
  set(compounds, level, id);
}

export function endOfFile(at: usize, block: bool): void {
  if (block) reject(at, NO_BLOCK);
  for (; level >= 0; level--) {
    if (get(compounds, level) == TRY) reject(at, NO_HANDLER);
    if (get(bodies, level)) record(FUNCTION_BODY, offset(get(bodies, level)), offset(at), 0);
  }
  level = 0;
}
