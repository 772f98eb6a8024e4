/** The compile worker: the compiler on its own thread, which can be killed. It is given text and gives back data, nothing else. */
import type { EntryRequest, ModuleRequest } from "./compiler.ts";
import { InlineCompiler } from "./inline-compiler.ts";
import { warmUp } from "./warm-up.ts";
import { parentPort } from "./worker-port.ts";

export type ToCompiler =
  | { readonly does: "check"; readonly request: number; readonly body: ModuleRequest; readonly columnBytes: number }
  | { readonly does: "compile"; readonly request: number; readonly body: EntryRequest; readonly columnBytes: number }
  | { readonly does: "forget"; readonly module: number };

let compiler: InlineCompiler | undefined;
const port = parentPort();
port.on("message", (value) => {
  const message = value as ToCompiler;
  if (message.does === "forget") compiler?.forget(message.module);
  else {
    const { request, does, body, columnBytes } = message;
    compiler ??= new InlineCompiler(columnBytes);
    port.postMessage({ request, reply: does === "check" ? compiler.check(body) : compiler.compile(body) });
  }
});
port.postMessage("ready");
warmUp();
