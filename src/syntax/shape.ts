/**
 * A number that two texts share if one may be a relocation of the other, found without reading them as Python: of the names of the first functions and
 * classes at the beginning of a line. Nearly all files of a system differ from every module of an index in it, and need no closer look.
 */
import { instantiate } from "./scan.ts";

/** 0 for a text that has no such name: nothing is said of it. */
export type ShapeOf = (source: Uint8Array) => number;

/** `module` holds the compiled scanner. */
export function loadShapes(module: Uint8Array): ShapeOf {
  const { exports, put } = instantiate(module);
  return (source) => {
    put(source);
    return exports.shape(source.length) >>> 0;
  };
}
