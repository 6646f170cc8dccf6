/** The catalogue of places in data files that hold names of modules, objects or loggers, and are rewritten. Everything else is only reported. */
import type { FileRow } from "../model/fileRow.ts";

const any = ".*";
const pyproject = { formats: ["toml"], file: "pyproject\\.toml", role: "value", meaning: "object", projectOnly: true } as const;
const logging = { formats: ["json", "yaml", "toml"], beside: { version: "1" } } as const;

export const fileRows: readonly FileRow[] = [
  // Entry points (Entry points specification, PEP 621, and what build back ends had before)
  { ...pyproject, path: ["project", "scripts|gui-scripts", any] },
  { ...pyproject, path: ["project", "entry-points", any, any] },
  { ...pyproject, path: ["tool", "poetry", "scripts", any] },
  { ...pyproject, path: ["tool", "poetry", "scripts", any, "callable|reference"] },
  { ...pyproject, path: ["tool", "poetry", "plugins", any, any] },
  { ...pyproject, path: ["tool", "flit", "scripts", any] },
  { ...pyproject, path: ["tool", "flit", "entrypoints", any, any] },
  { ...pyproject, path: ["tool", "pdm", "scripts", any, "call"] },
  { formats: ["ini"], file: "entry_points\\.txt", path: [any, any], role: "value", meaning: "object", projectOnly: true },
  { formats: ["ini"], file: "setup\\.cfg", path: ["options\\.entry_points", any], role: "value", meaning: "entry-point", projectOnly: true },
  // PasteDeploy
  { formats: ["ini"], path: ["(?:app|application|filter|filter-app|server|composite|composit|pipeline)(?::.*)?", "paste\\.\\w+_(?:factory|runner)"], role: "value", meaning: "object" },
  { formats: ["ini"], path: ["(?:app|application|filter|filter-app|server|composite|composit|pipeline)(?::.*)?", "use"], role: "value", meaning: "paste-use" },
  // logging.config.fileConfig
  { formats: ["ini"], path: ["logger_.*", "qualname"], role: "value", meaning: "logger" },
  { formats: ["ini"], path: ["(?:handler|formatter)_.*", "class"], role: "value", meaning: "object" },
  // logging.config.dictConfig
  { ...logging, path: ["handlers|formatters|filters", any, "class|\\(\\)"], role: "value", meaning: "object" },
  { ...logging, path: ["loggers", any], role: "key", meaning: "logger" },
];
