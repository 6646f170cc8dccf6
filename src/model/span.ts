/**
 * Places in a file. A source file is held as a *byte string*: a JavaScript string in which each UTF-16 unit is one byte
 * of the file (latin-1). All offsets are therefore bytes and string indices at once, whatever the file's encoding, and
 * a byte outside an edit cannot change.
 */
export interface Span {
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
}

/** A file's bytes, one UTF-16 unit each. */
export type ByteString = string;

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters of the line when it is valid UTF-8, in bytes otherwise. */
  readonly column: number;
}

/** Line and column of an offset. Lines end at LF, CRLF or CR, as Python's own do. */
export function positionAt(source: ByteString, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  const newline = source.includes("\r") ? /\r\n?|\n/g : undefined;
  if (newline) {
    for (let match = newline.exec(source); match && newline.lastIndex <= offset; match = newline.exec(source)) {
      line++;
      lineStart = newline.lastIndex;
    }
  } else {
    for (let at = source.indexOf("\n"); at >= 0 && at < offset; at = source.indexOf("\n", at + 1)) {
      line++;
      lineStart = at + 1;
    }
  }
  return { line, column: Buffer.from(source.slice(lineStart, offset), "latin1").toString("utf8").length + 1 };
}

/** Offsets of a text in a file's bytes, in order; native search, since code that has just been loaded is slow byte by byte. `text` does not overlap with itself. */
export function* placesIn(source: Buffer, text: ByteString): Generator<number> {
  for (let at = source.indexOf(text, 0, "latin1"); at >= 0; at = source.indexOf(text, at + text.length, "latin1")) yield at;
}
