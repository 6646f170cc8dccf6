"""Downloads every release of the named libraries with pip, for the index of fingerprints: a wheel where there is one, else the sdist.

    python3 scripts/fingerprints/download.py DIRECTORY NAME...

Sdists are kept as they come: no build back end and no setup.py runs. pip runs inside this process, one call a release, because starting it takes
longer than most downloads. What is there already is not asked for again, so an interrupted run goes on where it stopped, and a later one fetches what is new;
a file `.complete` in each directory tells which releases were not to be had.
"""

import contextlib
import io
import json
import os
import re
import sys

from pip._internal.cli.main import main as pip
from pip._internal.operations import prepare
from pip._vendor.packaging.specifiers import SpecifierSet
from pip._vendor.packaging.utils import canonicalize_name
from pip._vendor.packaging.version import Version

# Wheels for these are asked for in turn where this interpreter finds none: the modules in them are what counts.
PLATFORMS = [
    ["--python-version", "3.8", "--implementation", "cp", "--platform", "manylinux2014_x86_64", "--platform", "manylinux1_x86_64", "--platform", "any"],
    ["--python-version", "2.7", "--implementation", "cp", "--abi", "cp27mu", "--platform", "manylinux1_x86_64", "--platform", "any"],
    ["--python-version", "3.8", "--implementation", "cp", "--platform", "win_amd64"],
]
COMMON = ["download", "-q", "--no-deps", "--ignore-requires-python", "--disable-pip-version-check"]


class Unbuilt:
    """Stands for the metadata of an sdist, which only running its setup.py could give."""

    def __init__(self, name, version):
        self.canonical_name = canonicalize_name(name)
        self.raw_name = name
        self.version = Version(version)
        self.requires_python = SpecifierSet()

    def iter_dependencies(self, extras=()):
        return []

    def iter_provided_extras(self):
        return []


def call(arguments):
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = pip(arguments)
        except SystemExit as error:
            code = error.code
    return code, output.getvalue()


def download(name, version, directory):
    requirement = f"{name}=={version}"
    wheels = ["--only-binary", ":all:"]
    before = set(os.listdir(directory))
    if call([*COMMON, *wheels, "-d", directory, requirement])[0] == 0:
        return True
    prepare._get_prepared_distribution = lambda *_args, **_kwargs: Unbuilt(name, version)
    try:
        call([*COMMON, "--no-binary", ":all:", "-d", directory, requirement])
    finally:
        prepare._get_prepared_distribution = original
    if set(os.listdir(directory)) != before:
        return True
    return any(call([*COMMON, *wheels, *platform, "-d", directory, requirement])[0] == 0 for platform in PLATFORMS)


original = prepare._get_prepared_distribution


def main(root, names):
    for name in names:
        directory = os.path.join(root, name)
        done = os.path.join(directory, ".complete")
        os.makedirs(directory, exist_ok=True)
        _, output = call(["index", "versions", "--ignore-requires-python", name])
        listed = re.search(r"Available versions: (.*)", output)
        versions = listed.group(1).split(", ") if listed else []
        here = os.listdir(directory)
        missed = []
        known = json.load(open(done))["missed"] if os.path.exists(done) else []
        for version in versions:
            if version in known:
                missed.append(version)
                continue
            if any(re.search(rf"-{re.escape(version)}(?:-|\.tar|\.zip)", file) for file in here):
                continue
            if not download(name, version, directory):
                missed.append(version)
        with open(done, "w") as file:
            json.dump({"versions": versions, "missed": missed}, file)
        print(f"{name}: {len(versions)} releases, {len(missed)} not to be had", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
