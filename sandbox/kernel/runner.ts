/**
 * The other end of the pool: what a thread does for the kernel. It is given modules, memories and regions over the kernel's own port, as
 * data that the kernel made of verified programs; tokens do not cross threads. It has no state but what it was given.
 */
import { type RunFacts, Runtime } from "../jit/index.ts";
import type { Region } from "../machine/launch.ts";
import { type Cut, Share } from "./share.ts";

export type ToRunner =
  | { readonly does: "memory"; readonly id: number; readonly memory: WebAssembly.Memory }
  | { readonly does: "program"; readonly id: number; readonly module: WebAssembly.Module; readonly facts: RunFacts }
  | { readonly does: "forget"; readonly memory?: number; readonly program?: number }
  | ({
      readonly does: "run";
      readonly ticket: number;
      readonly memory: number;
      readonly program: number;
      readonly regions: readonly Region[];
      readonly save: Region;
      readonly grid: readonly [number, number, number];
    } & Cut);

/** @returns what takes the kernel's messages */
export function serveRunner(block: SharedArrayBuffer): (message: ToRunner) => void {
  const share = new Share(block);
  const memories = new Map<number, WebAssembly.Memory>();
  const programs = new Map<number, Runtime>();
  return (message) => {
    switch (message.does) {
      case "memory":
        memories.set(message.id, message.memory);
        return;
      case "program":
        programs.set(message.id, new Runtime(message.facts, message.module));
        return;
      case "forget":
        // instances hang on their memory, and go with it
        if (message.memory !== undefined) {
          memories.delete(message.memory);
          share.forget();
        }
        if (message.program !== undefined) programs.delete(message.program);
        return;
      case "run": {
        const memory = memories.get(message.memory);
        const runtime = programs.get(message.program);
        if (memory === undefined || runtime === undefined || !share.join(message.ticket)) return;
        const { regions, save, grid } = message;
        share.work((launch, range) => runtime.run(launch, range), { memory, regions, save, grid, fuel: 0 }, message);
        share.leave();
      }
    }
  };
}
