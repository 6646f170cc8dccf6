/** What `enisle check` comes to. The keys of its JSON are a promise. */

export interface CheckResult {
  /** Manifests below the roots. */
  readonly manifests: number;
  /** Files read: those of the copies and those of the projects. */
  readonly files: number;
  /** No error finding. */
  readonly clean: boolean;
  readonly namespaces: readonly { readonly namespace: string; /** Its directory, relative. */ readonly path: string; readonly distributions: readonly { readonly name: string; readonly version: string | null }[] }[];
  /** Packages that `enisle wheel --rename` renamed, without copies: the distribution as it was called, and its modules before and after. */
  readonly renamed?: readonly { readonly path: string; readonly name: string; readonly version: string; readonly modules: Readonly<Record<string, string>> }[];
  /** Over all interpreters; `python` lists their versions. */
  readonly import?: ImportSummary;
  /** One a `--python`, where there are several. */
  readonly imports?: readonly ImportSummary[];
  readonly together?: TogetherSummary;
  /** One a `--python`, where there are several. */
  readonly togethers?: readonly TogetherSummary[];
  /** How many files were compared with the original archives. */
  readonly upstream?: { readonly distributions: number; readonly files: number };
}

export interface ImportSummary {
  /** `3.11.7`. */
  readonly python: string;
  /** Modules tried. */
  readonly modules: number;
  /** Of these, those that fail and did not fail upstream. */
  readonly failed: number;
  /** Those that fail, and with the upstream library too. */
  readonly failedUpstream: number;
  /** Requests for an original name, each place once. */
  readonly leaks: number;
}

export interface TogetherSummary {
  readonly python: string;
  readonly modules: number;
  readonly projects: readonly TogetherProject[];
}

export interface TogetherProject {
  readonly path: string;
  readonly namespace: string;
  readonly modules: number;
  /** What each project saw of its copies in the shared interpreter. */
  readonly distributions: readonly { readonly name: string; readonly version: string | null; readonly module: string; /** `__version__` as the module has it, when that is a text. */ readonly seen: string | null }[];
}
