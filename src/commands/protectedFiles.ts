/** The project's own files in the namespace directory: they go along into the tree that takes its place. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileFailure } from "../model/failure.ts";
import type { Transaction } from "../write/transaction.ts";
import type { Consumer } from "./consumer.ts";

/** What stays when the last copy goes; returns the staged directory. */
export function stayingDirectory(transaction: Transaction, consumer: Consumer, own: readonly string[], emptyInit: boolean): string {
  const staged = transaction.path("namespace");
  mkdirSync(staged, { recursive: true });
  if (emptyInit) writeFileSync(join(staged, "__init__.py"), "");
  copyProtected(transaction, consumer, own);
  return staged;
}

export function copyProtected(transaction: Transaction, consumer: Consumer, own: readonly string[]): void {
  for (const path of own) {
    const target = transaction.path(join("namespace", path));
    try {
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(join(consumer.namespaceDirectory, path), target);
    } catch (error) {
      throw fileFailure(error, target);
    }
  }
}
