/**
 * The generated module in a namespace through which look-ups go that are decided at run time. Plain Python for 2.7 and 3, without
 * dependencies; it is written only where an edit calls it.
 */
import type { DottedName } from "../model/name.ts";
import type { Relocation } from "../model/relocation.ts";

/** Its name below the namespace. */
export const HELPER_NAME = "_relocated";

export interface HelperContents {
  readonly relocations: readonly Relocation[];
  /** Normalised names, and the kept `.dist-info` beside the module. */
  readonly distributions: readonly { readonly name: string; readonly directory: string }[];
  readonly namespace: DottedName;
}

/** The module's source; ASCII unless a module's name is not. */
export function helperModule({ relocations, distributions, namespace }: HelperContents): string {
  const modules = relocations.map(({ from, to }) => `    ${JSON.stringify(from)}: ${JSON.stringify(to)},\n`).sort().join("");
  const kept = distributions.map(({ name, directory }) => `    ${JSON.stringify(name)}: ${JSON.stringify(directory)},\n`).sort().join("");
  return `# -*- coding: utf-8 -*-
"""Look-ups at run time of what was relocated below ${namespace}. Made by enisle: do not edit."""
import importlib
import os
import re
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
_NAMESPACE = ${JSON.stringify(`${namespace}.`)}

# Original names of modules, and where they are now.
MODULES = {
${modules}}

# Normalised names of distributions (PEP 503), and their kept metadata.
DISTRIBUTIONS = {
${kept}}


def relocated(name):
    """The name under which a module or an object is found: its own, unless it was relocated."""
    if not hasattr(name, "rpartition"):
        return name
    prefix = name.partition(":")[0]
    while prefix:
        if prefix in MODULES:
            return MODULES[prefix] + name[len(prefix):]
        prefix = prefix.rpartition(".")[0]
    return name


def import_(name, globals=None, locals=None, fromlist=(), level=0):
    """As __import__: gives the top module, unless a fromlist is given."""
    moved = relocated(name)
    if level > 0 or moved == name:
        return __import__(name, globals, locals, fromlist, level)
    if fromlist:
        return __import__(moved, globals, locals, fromlist, 0)
    importlib.import_module(moved)
    return sys.modules[moved[:len(moved) - len(name)] + name.partition(".")[0]]


def _kept(name):
    if not hasattr(name, "startswith"):
        return None
    # Asked with __name__ or __package__, which have the namespace in front.
    if name.startswith(_NAMESPACE):
        name = name[len(_NAMESPACE):]
    return DISTRIBUTIONS.get(re.sub(r"[-_.]+", "-", name).lower())


def _metadata():
    # Not by a statement: type checkers would ask for modules that need not be there.
    try:
        return importlib.import_module("importlib.metadata")
    except ImportError:
        return importlib.import_module("importlib_metadata")


def distribution(distribution_name):
    """As importlib.metadata.distribution."""
    from pathlib import Path

    metadata = _metadata()
    directory = _kept(distribution_name)
    return metadata.distribution(distribution_name) if directory is None else metadata.PathDistribution(Path(_HERE) / directory)


def version(distribution_name):
    return distribution(distribution_name).version


def metadata(distribution_name):
    return distribution(distribution_name).metadata


def files(distribution_name):
    return distribution(distribution_name).files


def requires(distribution_name):
    return distribution(distribution_name).requires


def asked(function):
    """A function of importlib.metadata or of its backport, which then knows what was relocated; its exceptions stay its own."""
    def ask(*args, **keywords):
        directory = _kept(args[0] if args else next(iter(keywords.values()), None))
        if directory is None:
            return function(*args, **keywords)
        from pathlib import Path

        found = getattr(sys.modules.get(function.__module__), "PathDistribution", _metadata().PathDistribution)(Path(_HERE) / directory)
        return getattr(found, function.__name__) if function.__name__ in ("files", "metadata", "requires", "version") else found

    return ask


def pkg_distribution(dist):
    """As pkg_resources.get_distribution."""
    pkg_resources = importlib.import_module("pkg_resources")
    directory = None if isinstance(dist, pkg_resources.Distribution) else _kept(getattr(dist, "project_name", None) or re.split(r"[^\\w.-]", str(dist))[0])
    if directory is None:
        return pkg_resources.get_distribution(dist)
    found = pkg_resources.Distribution.from_location(_HERE, directory, pkg_resources.PathMetadata(_HERE, os.path.join(_HERE, directory)))
    requirement = dist if isinstance(dist, pkg_resources.Requirement) else pkg_resources.Requirement.parse(dist)
    if found.version not in requirement:
        raise pkg_resources.VersionConflict(found, requirement)
    return found


def pkg_require(*requirements):
    """As pkg_resources.require, for which only what is installed exists."""
    pkg_resources = importlib.import_module("pkg_resources")
    wanted = list(pkg_resources.parse_requirements(requirements))
    others = [str(each) for each in wanted if _kept(each.project_name) is None]
    kept = [pkg_distribution(each) for each in wanted if _kept(each.project_name) is not None]
    return kept + (pkg_resources.require(*others) if others else [])
`;
}
