/** A source distribution with a build backend of its own, which needs nothing from an index. */
import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import { join, write } from "../vendor/project.ts";

export const backend = `
import os, zipfile, hashlib, base64
def get_requires_for_build_wheel(config_settings=None): return []
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "slib-0.1-py3-none-any.whl"
    files = {"slib.py": open("slib.py").read(), "slib-0.1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: slib\\nVersion: 0.1\\nLicense: MIT\\n", "slib-0.1.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    record = "".join("%s,sha256=%s,%d\\n" % (k, base64.urlsafe_b64encode(hashlib.sha256(v.encode()).digest()).rstrip(b"=").decode(), len(v)) for k, v in files.items())
    with zipfile.ZipFile(os.path.join(directory, name), "w") as z:
        for k, v in files.items(): z.writestr(k, v)
        z.writestr("slib-0.1.dist-info/RECORD", record + "slib-0.1.dist-info/RECORD,,\\n")
    return name
`;

/** Makes `slib-0.1` and `slib-0.1.tar.gz` in `place`; returns the archive's path. */
export function archive(place: string): string {
  write(place, { "slib-0.1/slib.py": "import slib\n", "slib-0.1/backend.py": backend, "slib-0.1/PKG-INFO": "Metadata-Version: 2.1\nName: slib\nVersion: 0.1\n", "slib-0.1/pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n' });
  expect(spawnSync("tar", ["czf", "slib-0.1.tar.gz", "slib-0.1"], { cwd: place }).status).toBe(0);
  return join(place, "slib-0.1.tar.gz");
}
