/** Tar archives (POSIX.1-2001 pax, in ustar headers), the same bytes for the same files: sorted, without owners, with one time for all. Pure. */

export interface TarballFile {
  /** With slashes. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

const BLOCK = 512;
const NAME_LENGTH = 100;

/** `seconds` is the modification time of every member, since 1970. */
export function makeTarball(files: readonly TarballFile[], seconds: number): Buffer {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = sorted.flatMap(({ path, content, executable }): Uint8Array[] => {
    const name = Buffer.from(path, "utf8");
    const plain = name.length <= NAME_LENGTH && name.every((byte) => byte < 128);
    const extended = plain ? [] : member("PaxHeaders/path", paxRecord("path", path), "x", 0o644, seconds);
    return [...extended, ...member(plain ? path : name.subarray(0, NAME_LENGTH).toString("latin1").replace(/[^\x20-\x7e]/g, "_"), content, "0", executable ? 0o755 : 0o644, seconds)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function member(name: string, content: Uint8Array, type: string, mode: number, seconds: number): Uint8Array[] {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, NAME_LENGTH, "latin1");
  const number = (at: number, length: number, value: number): void => void header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  number(100, 8, mode);
  number(108, 8, 0);
  number(116, 8, 0);
  number(124, 12, content.length);
  number(136, 12, seconds);
  header.fill(32, 148, 156);
  header.write(type, 156, "latin1");
  header.write("ustar\0" + "00", 257, "latin1");
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`, "utf8");
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
