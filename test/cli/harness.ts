/** The command in this process, in a folder of its own: what it prints where, and its exit code. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, vi } from "vitest";
import { main } from "../../cli/main.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "portcullis-check-"));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.put(name, content);
    afterAll(() => rmSync(this.path, { recursive: true }));
  }

  at(name: string): string {
    return join(this.path, name);
  }

  put(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
  }

  /** Arguments that start with `./` are names in the folder. Texts come without colours and without the name of the folder. */
  run(...args: string[]): Ran {
    const texts = { out: "", err: "" };
    const write = (to: "out" | "err") => (text: unknown) => {
      texts[to] += text;
      return true;
    };
    const spies = [
      vi.spyOn(process.stdout, "write").mockImplementation(write("out")),
      vi.spyOn(process.stderr, "write").mockImplementation(write("err")),
    ];
    try {
      const code = main(args.map((arg) => (arg.startsWith("./") ? this.at(arg.slice(2)) : arg)));
      if (typeof code !== "number") throw new Error("it goes on");
      const plain = (text: string) => stripVTControlCharacters(text).replaceAll(`${this.path}/`, "");
      return { code, out: plain(texts.out), err: plain(texts.err) };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }
}
