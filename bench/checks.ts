/**
 * How many lane accesses of a workload the compiled code checks at run time, counted by the reference tier at size smoke. Not checked: those
 * whose word proves that they stay inside (modes K, N and M). The fast tier checks fewer: whole stretches of code at once (sandbox/jit/ranges.ts).
 */
import { Kernel } from "../sandbox/kernel/kernel.ts";
import { Profile } from "../sandbox/machine/profile.ts";
import { ContentTasks } from "../webgpu/content-tasks.ts";
import { makeGpu } from "../webgpu/gpu.ts";
import { InlineCompiler } from "../webgpu/inline-compiler.ts";
import { resolveOptions } from "../webgpu/options.ts";
import type { Checks } from "./report.ts";
import type { Workload } from "./workloads/index.ts";

/** @throws where the workload's results are wrong */
export async function countChecks(workload: Workload): Promise<Checks> {
  const profile = new Profile();
  const options = resolveOptions({ tier: "reference", warm: false });
  const openDoor = () => new Kernel({ tier: "reference" }, profile);
  const gpu = makeGpu({ options, compiler: new InlineCompiler(), tasks: new ContentTasks(), openDoor });
  const device = await (await gpu.requestAdapter())!.requestDevice();
  const wrong = await workload.setup(device, workload.sizes.smoke).check();
  device.destroy();
  if (wrong !== null) throw new Error(`${workload.name}, on the reference tier: ${wrong}`);
  const modes = profile.totals.byMode();
  const sum = (of: "made" | "elided") => modes.reduce((total, mode) => total + mode[of], 0);
  return { made: sum("made"), elided: sum("elided") };
}
