/** The variables of markers (PEP 508), asked of an interpreter. */
import type { Host } from "../host/host.ts";
import { Failure } from "../model/failure.ts";

const code = `
import json, os, platform, sys
def full(info):
    kind = info.releaselevel
    return "%d.%d.%d%s" % (info[0], info[1], info[2], "" if kind == "final" else kind[0] + str(info.serial))
print(json.dumps({"implementation_name": sys.implementation.name, "implementation_version": full(sys.implementation.version), "os_name": os.name, "platform_machine": platform.machine(),
 "platform_python_implementation": platform.python_implementation(), "platform_release": platform.release(), "platform_system": platform.system(), "platform_version": platform.version(),
 "python_full_version": platform.python_version(), "python_version": ".".join(platform.python_version_tuple()[:2]), "sys_platform": sys.platform, "executable": sys.executable}))
`;

/** `python` is how it is run. Its path is in the answer as `executable`. Throws Failure where there is no such interpreter. */
export async function markerEnvironment(python: readonly string[], host: Host): Promise<Readonly<Record<string, string>>> {
  const [command = "", ...args] = python;
  const run = await host.execute(command, [...args, "-I", "-c", code], { cwd: host.cwd });
  if (run?.status !== 0) throw new Failure(`${python.join(" ")}: ${run ? "does not run" : "no such program"}`, "Name a Python 3 interpreter that does.");
  return JSON.parse(run.stdout) as Record<string, string>;
}
