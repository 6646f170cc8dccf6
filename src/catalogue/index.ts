/** The catalogue that comes with the tool; its rows are data (python.json), checked by the build against model/catalogue.ts. */
import { type Catalogue, type CatalogueRow, catalogueOf } from "../model/catalogue.ts";
import rows from "./python.json" with { type: "json" };

export const builtinRows = rows as readonly CatalogueRow[];

/** The catalogue, with a project's own rows. */
export function catalogueWith(own: readonly CatalogueRow[]): Catalogue {
  return own.length === 0 ? builtin : catalogueOf([...builtinRows, ...own]);
}

const builtin = catalogueOf(builtinRows);
