/** The version that the code at a place states of itself. */
import { type StatedVersion, statedVersion, versionFiles, versionInFile } from "./evidence/versionConstant.ts";
import type { Reading } from "./reading.ts";

/** Of several top levels the first that states one. */
export function constantOf(places: readonly string[], reading: Reading): (StatedVersion & { readonly file: string }) | undefined {
  for (const place of places) {
    if (/\.(?:so|pyd)$/.test(place)) continue;
    if (place.endsWith(".py")) {
      const stated = read(place, reading);
      if (stated) return stated;
    } else {
      for (const name of versionFiles) {
        const stated = read(`${place}/${name}`, reading);
        if (stated) return stated;
      }
    }
  }
  return undefined;
}

function read(file: string, reading: Reading): (StatedVersion & { readonly file: string }) | undefined {
  if (!reading.has(file)) return undefined;
  const text = reading.text(file);
  const stated = text === undefined ? undefined : file.endsWith(".py") ? statedVersion(text) : versionInFile(text);
  return stated && { ...stated, file };
}
