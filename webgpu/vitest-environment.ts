/**
 * `portcullis/vitest/environment`: vitest's node environment with `navigator.gpu` and WebGPU's globals, for test files that name it. Works in
 * all pools, those with vm contexts included.
 */
import { builtinEnvironments, type Environment } from "vitest/runtime";
import { register } from "./install.ts";

const { node } = builtinEnvironments;

const environment: Environment = {
  ...node,
  name: "portcullis",
  async setup(global, options) {
    const made = await node.setup(global, options);
    register({}, global);
    return made;
  },
  async setupVM(options) {
    const made = await node.setupVM!(options);
    register({}, made.getVmContext());
    return made;
  },
};
export default environment;
