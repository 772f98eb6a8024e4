/** No false rejects: what the shipped compiler makes, of shaders of every kind, the verifier accepts. */
import { readdirSync, readFileSync } from "node:fs";
import { checkShader, compileShader } from "../../../webgpu/compile.ts";
import { type Campaign, inPieces, seedOfPiece } from "../campaign.ts";
import { shaderOf } from "../faults/shaders.ts";
import { shipped } from "../parts.ts";

const PIECE = 100;
const FILES = new URL("../../files/", import.meta.url);

export const accepted: Campaign = {
  id: "P18",
  title: "what the compiler makes is accepted",
  run: (effort) =>
    inPieces(effort, { quick: 60, full: 10_000, nightly: 100_000 }, PIECE, (piece, size) => {
      const tally = { shaders: 0, objects: 0, "not compiled": 0 };
      const broken: string[] = [];
      const sources = Array.from({ length: size }, (_, k) => {
        const seed = (seedOfPiece(effort, piece) % 2 ** 24) * 256 + k;
        return { name: `seed ${seed}`, text: shaderOf(seed) };
      });
      for (const { name, text } of piece === 0 && effort.level !== "quick" ? [...golden(), ...sources] : sources) {
        tally.shaders++;
        for (const { object, what } of objectsOf(text)) {
          if (object === undefined) tally["not compiled"]++;
          else {
            tally.objects++;
            const checked = shipped.check(object);
            if (!checked.ok) broken.push(`${name}, ${what}: ${checked.rule} at word ${checked.word}: ${checked.message}`);
          }
        }
      }
      return { figures: tally, broken };
    }),
  vacuous: ({ objects = 0, "not compiled": failed = 0 }) => (failed > 0.1 * objects ? [`${failed} entry points are not compiled`] : []),
};

/** The shaders that golden tests are about: of each folder, whatever it tests. */
function golden(): { name: string; text: string }[] {
  const names = readdirSync(FILES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".wgsl"));
  return names.map((name) => ({ name, text: readFileSync(new URL(name, FILES), "utf8") }));
}

/** Every entry point at every level, with calls inlined and not. A shader that is wrong has none. */
function objectsOf(text: string): { object: Uint8Array | undefined; what: string }[] {
  const shader = checkShader(text);
  if (!shader.checked?.ok) return [];
  const entries = shader.checked.functions.filter((fn) => fn.stage !== undefined);
  return entries.flatMap(({ name, stage }) =>
    ([0, 2] as const).flatMap((level) =>
      [undefined, 0].map((inlineBudget) => {
        const reply = compileShader({ shader, entryPoint: name, stage, level, inlineBudget });
        return { object: reply.status === "ok" ? reply.object : undefined, what: `${name} at level ${level}` };
      }),
    ),
  );
}
