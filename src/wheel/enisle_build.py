"""Build backend (PEP 517, 660) of a source distribution with relocated copies inside: the project's own backend, whose wheels then hold the copies.

Made by enisle, and read from enisle_build.json beside it. Whatever the project's backend packs by itself stays as it is; what it leaves out of the
directory of copies is added, and requirements that lie inside are required no more.
"""
import base64
import hashlib
import importlib
import io
import json
import os
import re
import tarfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

with open(os.path.join(HERE, "enisle_build.json"), encoding="utf-8") as _stream:
    SETTINGS = json.load(_stream)


def _backend():
    module, _, path = SETTINGS["backend"].partition(":")
    found = importlib.import_module(module)
    for name in path.split(".") if path else ():
        found = getattr(found, name)
    return found


def _name(requirement):
    match = re.match(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)", requirement)
    return re.sub(r"[-_.]+", "-", match.group(1)).lower() if match else ""


def _plain(requirement):
    """The same text for what backends write in different ways."""
    return re.sub(r"\s", "", requirement).replace('"', "'").lower()


def _rewritten(metadata):
    """METADATA without the requirements that lie inside, and with what those need besides."""
    newline = "\r\n" if "\r\n" in metadata else "\n"
    lines = metadata.splitlines(True)
    end = next((index for index, line in enumerate(lines) if not line.strip()), len(lines))
    kept, dropping, place = [], False, None
    for line in lines[:end]:
        if line[:1] in " \t":
            if not dropping:
                kept.append(line)
            continue
        match = re.match(r"requires-dist:\s*(.*?)\s*$", line, re.I)
        dropping = bool(match) and _name(match.group(1)) in SETTINGS["inside"]
        if match:
            place = len(kept) + (0 if dropping else 1)
        if not dropping:
            kept.append(line)
    present = {_plain(match.group(1)) for match in (re.match(r"requires-dist:\s*(.*?)\s*$", line, re.I) for line in kept) if match}
    added = ["Requires-Dist: %s%s" % (value, newline) for value in SETTINGS["added"] if _plain(value) not in present]
    place = len(kept) if place is None else place
    return "".join(kept[:place] + added + kept[place:] + lines[end:])


def _copies():
    """Path in the wheel -> path on disk, of every file in the directory of copies."""
    start = os.path.join(ROOT, *SETTINGS["directory"].split("/"))
    for directory, names, files in os.walk(start):
        names[:] = sorted(name for name in names if name != "__pycache__")
        for file in sorted(files):
            if not file.endswith((".pyc", ".pyo")):
                path = os.path.join(directory, file)
                yield "%s/%s" % (SETTINGS["package"], os.path.relpath(path, start).replace(os.sep, "/")), path


def _read(path):
    with open(path, "rb") as stream:
        return stream.read()


def _finish(path, editable):
    """The wheel anew: the same entries, the copies, and METADATA, sboms and RECORD to match."""
    with zipfile.ZipFile(path) as old:
        entries = [(info, old.read(info)) for info in old.infolist() if not info.filename.startswith("_enisle/")]
    info_directory = next(info.filename.split("/")[0] for info, _ in entries if info.filename.split("/")[0].endswith(".dist-info"))
    stamp = max([info.date_time for info, _ in entries] or [(1980, 1, 1, 0, 0, 0)])
    have = {info.filename for info, _ in entries}
    more = {"%s/sboms/enisle.cdx.json" % info_directory: os.path.join(HERE, "enisle.cdx.json")}
    if not editable:
        prefix = _prefix(have)
        more.update((prefix + name, source) for name, source in _copies())
    fresh = []
    for name, source in sorted(more.items()):
        if name in have:
            continue
        info = zipfile.ZipInfo(name, stamp)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = (0o100755 if os.access(source, os.X_OK) else 0o100644) << 16
        fresh.append((info, _read(source)))
    ours = [entry for entry in fresh if not entry[0].filename.startswith(info_directory + "/")]
    theirs = [entry for entry in fresh if entry not in ours]
    first = next((index for index, (info, _) in enumerate(entries) if info.filename.startswith(info_directory + "/")), len(entries))
    record = "%s/RECORD" % info_directory
    rows, packed = [], []
    for info, content in entries[:first] + ours + entries[first:] + theirs:
        if info.filename == record or re.match(r"RECORD\.(jws|p7s)$", info.filename[len(info_directory) + 1:]):
            continue
        if info.filename == "%s/METADATA" % info_directory:
            content = _rewritten(content.decode("utf-8")).encode("utf-8")
        packed.append((info, content))
        if not info.filename.endswith("/"):
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")
            name = '"%s"' % info.filename.replace('"', '""') if re.search('[",]', info.filename) else info.filename
            rows.append("%s,sha256=%s,%d\n" % (name, digest, len(content)))
    last = zipfile.ZipInfo(record, stamp)
    last.compress_type = zipfile.ZIP_DEFLATED
    last.external_attr = 0o100644 << 16
    packed.append((last, ("".join(rows) + "%s,,\n" % record).encode("utf-8")))
    with zipfile.ZipFile(path + ".new", "w", zipfile.ZIP_DEFLATED) as new:
        for info, content in packed:
            new.writestr(info, content, info.compress_type)
    os.replace(path + ".new", path)


def _prefix(names):
    """Where the wheel has the package: at its root, or in .data."""
    package = SETTINGS["package"].split("/")[0]
    for name in sorted(names, key=len):
        match = re.match(r"((?:[^/]+\.data/(?:purelib|platlib)/)?)%s/" % re.escape(package), name)
        if match:
            return match.group(1)
    return ""


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = _backend().build_wheel(wheel_directory, config_settings, metadata_directory)
    _finish(os.path.join(wheel_directory, name), False)
    return name


def build_sdist(sdist_directory, config_settings=None):
    name = _backend().build_sdist(sdist_directory, config_settings)
    path = os.path.join(sdist_directory, name)
    with tarfile.open(path) as old:
        entries = [(member, old.extractfile(member).read() if member.isfile() else None) for member in old]
    top = entries[0][0].name.split("/")[0]
    have = {member.name for member, _ in entries}
    start = SETTINGS["directory"]
    files = ["%s/%s" % (start, name[len(SETTINGS["package"]) + 1:]) for name, _ in _copies()] + ["_enisle/%s" % name for name in sorted(os.listdir(HERE)) if name != "__pycache__"]
    with tarfile.open(path + ".new", "w:gz", format=tarfile.PAX_FORMAT) as new:
        for member, content in entries:
            if content is not None and member.name in ("%s/PKG-INFO" % top, "%s/pyproject.toml" % top):
                content = _rewritten(content.decode("utf-8")).encode("utf-8") if member.name.endswith("PKG-INFO") else _read(os.path.join(ROOT, "pyproject.toml"))
                member.size = len(content)
            new.addfile(member, None if content is None else io.BytesIO(content))
        for file in files:
            if "%s/%s" % (top, file) not in have:
                new.add(os.path.join(ROOT, *file.split("/")), "%s/%s" % (top, file))
    os.replace(path + ".new", path)
    return name


def _build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = _backend().build_editable(wheel_directory, config_settings, metadata_directory)
    _finish(os.path.join(wheel_directory, name), True)
    return name


def _preparing(hook):
    def prepare(metadata_directory, config_settings=None):
        name = getattr(_backend(), hook)(metadata_directory, config_settings)
        path = os.path.join(metadata_directory, name, "METADATA")
        metadata = _rewritten(_read(path).decode("utf-8"))
        with open(path, "wb") as stream:
            stream.write(metadata.encode("utf-8"))
        return name
    return prepare


def __getattr__(hook):
    """Optional hooks are there where the project's backend has them."""
    if hook.startswith("__") or not hasattr(_backend(), hook):
        raise AttributeError(hook)
    if hook == "build_editable":
        return _build_editable
    if hook in ("prepare_metadata_for_build_wheel", "prepare_metadata_for_build_editable"):
        return _preparing(hook)
    return getattr(_backend(), hook)
