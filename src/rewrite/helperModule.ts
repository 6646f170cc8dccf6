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

# Groups of entry points that nobody loads: installers make commands of them.
_COMMANDS = ("console_scripts", "gui_scripts")

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


def import_(name, globals=None, locals=None, fromlist=(), level=-1 if sys.version_info[0] == 2 else 0):
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
    metadata = _metadata()
    directory = _kept(distribution_name)
    return metadata.distribution(distribution_name) if directory is None else _copy(metadata, directory, True)


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
        found = _copy(_metadata_of(function), directory, True)
        return getattr(found, function.__name__) if function.__name__ in ("files", "metadata", "requires", "version") else found

    return ask


def _moved(metadata, point):
    # An entry point with the name that its object has here.
    moved = metadata.EntryPoint(name=point.name, value=relocated(point.value), group=point.group)
    dist = getattr(point, "dist", None)
    return moved._for(dist) if dist is not None and hasattr(moved, "_for") else moved


def _copy(metadata, directory, commands):
    # A copy's distribution. It made no commands: only who asks for it by name gets those.
    from pathlib import Path

    class Copy(metadata.PathDistribution):
        @property
        def entry_points(self):
            points = super(Copy, self).entry_points
            return type(points)([_moved(metadata, point) for point in points if commands or point.group not in _COMMANDS])

    return Copy(Path(_HERE) / directory)


def _copies(metadata):
    return [_copy(metadata, directory, False) for directory in sorted(DISTRIBUTIONS.values())]


def _own_points(metadata, asked):
    for copy in _copies(metadata):
        for point in copy.entry_points:
            if all(getattr(point, key, None) == value for key, value in asked.items()):
                yield point


def _metadata_of(function):
    # The function may be the backport's, or a mock.
    metadata = sys.modules.get(getattr(function, "__module__", None))
    return metadata if hasattr(metadata, "PathDistribution") else _metadata()


def distributions_of(function):
    """importlib.metadata.distributions, or the backport's, for the copies too, and they come first."""
    def distributions():
        for copy in _copies(_metadata_of(function)):
            yield copy
        for dist in function():
            name = dist.metadata["Name"]
            if name is None or _kept(name) is None:
                yield dist

    return distributions


def _others(metadata, found, own):
    # What others registered. What leads to a module that was relocated leads to the copy's, once.
    seen = set((point.group, point.name, point.value) for point in own)
    for point in found:
        group, value = getattr(point, "group", None), getattr(point, "value", None)
        if group in _COMMANDS or not hasattr(value, "rpartition") or relocated(value) == value:
            yield point
        elif (group, point.name, relocated(value)) not in seen:
            seen.add((group, point.name, relocated(value)))
            yield _moved(metadata, point)


def entry_points_of(function):
    """importlib.metadata.entry_points, or the backport's, for the copies too, and they come first."""
    def entry_points(**params):
        found = function(**params)
        if not isinstance(found, (dict, list, tuple)):
            return found
        metadata = _metadata_of(function)
        own = list(_own_points(metadata, params))
        if not isinstance(found, dict):
            return type(found)(own + list(_others(metadata, found, own)))
        points = own + list(_others(metadata, [point for group in dict.values(found) for point in group], own))
        if hasattr(found, "select"):
            return type(found).load(points)
        groups = {}
        for point in points:
            groups.setdefault(point.group, []).append(point)
        return dict((group, tuple(points)) for group, points in groups.items())

    return entry_points


def iter_entry_points_of(function):
    """pkg_resources.iter_entry_points, for the copies too, and they come first."""
    def iter_entry_points(group, name=None):
        pkg_resources = importlib.import_module("pkg_resources")
        found = []
        for directory in sorted(DISTRIBUTIONS.values()) if group not in _COMMANDS else ():
            found.extend(point for point in _pkg_copy(pkg_resources, directory).get_entry_map(group).values() if name in (None, point.name))
        seen = set()
        for point in found + list(function(group, name)):
            module = relocated(point.module_name) if group not in _COMMANDS else point.module_name
            if (point.name, module, point.attrs) not in seen:
                seen.add((point.name, module, point.attrs))
                yield point if module == point.module_name else pkg_resources.EntryPoint(point.name, module, point.attrs, point.extras, point.dist)

    return iter_entry_points


def _pkg_copy(pkg_resources, directory):
    # A copy's distribution, whose entry points lead to where their modules are now.
    kept = pkg_resources.Distribution.from_location(_HERE, directory, pkg_resources.PathMetadata(_HERE, os.path.join(_HERE, directory)))
    declared = kept.get_entry_map

    def get_entry_map(group=None):
        for points in declared().values():
            for point in points.values():
                if point.dist is kept:
                    point.module_name = relocated(point.module_name)
                    # One that requires nothing: what the copy requires is not installed either.
                    point.dist = pkg_resources.Distribution(location=_HERE, project_name=kept.project_name, version=kept.version)
                    point.extras = ()
        return declared(group)

    kept.get_entry_map = get_entry_map
    return kept


def pkg_distribution(dist):
    """As pkg_resources.get_distribution."""
    pkg_resources = importlib.import_module("pkg_resources")
    directory = None if isinstance(dist, pkg_resources.Distribution) else _kept(getattr(dist, "project_name", None) or re.split(r"[^\\w.-]", str(dist))[0])
    if directory is None:
        return pkg_resources.get_distribution(dist)
    found = _pkg_copy(pkg_resources, directory)
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
