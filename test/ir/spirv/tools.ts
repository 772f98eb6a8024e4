/** Debian's spirv-tools, where they are installed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasSpirvTools = spawnSync("spirv-val", ["--version"]).status === 0;

export class SpirvTools {
  readonly #folder = mkdtempSync(join(tmpdir(), "portcullis-spirv-"));
  #run(tool: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(tool, args, { encoding: "utf8", cwd: this.#folder });
    if (status !== 0) throw new Error(`${tool}: ${stderr}${stdout}`);
    return stdout;
  }
  /** @returns what spirv-val says against the modules, by name; "" when it accepts them all. One shell for all: processes are slow to make. */
  validate(modules: ReadonlyMap<string, Uint8Array>): string {
    const names = [...modules.keys()];
    names.forEach((name, i) => {
      writeFileSync(join(this.#folder, `m${i}.spv`), modules.get(name)!);
    });
    const loop = `for i in $(seq 0 ${names.length - 1}); do spirv-val --target-env vulkan1.1 m$i.spv >out 2>&1 || { echo "module $i:"; cat out; }; done`;
    return this.#run("sh", ["-c", loop]).replaceAll(/^module (\d+):/gm, (_, i) => `${names[Number(i)]}:`);
  }
  disassemble(bytes: Uint8Array): string {
    writeFileSync(join(this.#folder, "m.spv"), bytes);
    return this.#run("spirv-dis", ["--raw-id", "--no-color", "m.spv"]);
  }
  /** Words after the header's generator, which says who wrote them. */
  assemble(text: string): Uint8Array {
    writeFileSync(join(this.#folder, "m.spvasm"), text);
    this.#run("spirv-as", ["--preserve-numeric-ids", "--target-env", "spv1.3", "-o", "a.spv", "m.spvasm"]);
    return new Uint8Array(readFileSync(join(this.#folder, "a.spv")));
  }
  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
