"""Imports every module below the given names and prints how each ended, as JSON: {module: "ok" or the error}.

    python -I -S import_all.py ROOT PREFIX NAME...     PREFIX is "" or "acme._vendor."; ROOT goes first on sys.path
"""
import importlib, io, json, os, sys, warnings

root, prefix, names = sys.argv[1], sys.argv[2], sys.argv[3:]
warnings.simplefilter("ignore")
sys.dont_write_bytecode = True
sys.path.insert(0, root)
sys.argv = ["import_all"]


def modules(name):
    base = os.path.join(root, *(prefix + name).split("."))
    if os.path.isfile(base + ".py"):
        return [name]
    found = []
    for directory, directories, files in os.walk(base):
        directories[:] = sorted(d for d in directories if d.isidentifier())
        package = [name] + [part for part in os.path.relpath(directory, base).split(os.sep) if part != "."]
        for file in sorted(files):
            stem, ending = os.path.splitext(file)
            if ending == ".py" and stem.isidentifier() and stem != "__main__":
                found.append(".".join(package + ([] if stem == "__init__" else [stem])))
    return found


ends, out = {}, sys.stdout
sys.stdout = sys.stderr = io.StringIO()
for name in names:
    for module in modules(name):
        try:
            importlib.import_module(prefix + module)
            ends[module] = "ok"
        except BaseException as error:  # a module may raise SystemExit, or anything else
            ends[module] = f"{type(error).__name__}: {error}"
originals = sorted(m for m in sys.modules if m.split(".")[0] in names) if prefix else []
json.dump({"ends": ends, "originals": originals}, out)
out.flush()
os._exit(0)
