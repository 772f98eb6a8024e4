/** One tile of primitives for a fragment program, in the words of `webgpu/draw/layout.ts`. */
import { depthStencilState, multisampleState, primitiveState } from "../../webgpu/depth-stencil-state.ts";
import { BIND, FRAGMENT_DRAW, PART, PRIMITIVE, partWords, pixelOf } from "../../webgpu/draw/layout.ts";

export interface Primitive {
  readonly vertices: readonly [number, number, number];
  readonly front?: boolean;
  readonly index?: number;
  readonly reference?: readonly [number, number];
  /** three planes: value, step in x, step in y */
  readonly planes?: readonly number[];
  readonly depth?: readonly [number, number, number];
  readonly w?: readonly [number, number, number];
  /** samples that are covered at a pixel of the tile */
  readonly covers: (x: number, y: number) => number;
}

export interface Scene {
  /** of the tile's first pixel */
  readonly x: number;
  readonly y: number;
  readonly samples: number;
  readonly primitives: readonly Primitive[];
}

export const FLAT_PLANES = [1, 0, 0, 0, 0, 0, 0, 0, 0];

/** Contents of the buffers that describe the scene. The tile is the second of two, and its parts follow one that is no one's. */
export function sceneBuffers({ x, y, samples, primitives }: Scene): Map<number, ArrayBufferView> {
  const size = partWords(samples);
  const parts = new Uint32Array((primitives.length + 1) * size).fill(0xffff_ffff, 0, size);
  const records = new Uint32Array((primitives.length + 1) * PRIMITIVE.words);
  const floats = new Float32Array(records.buffer);
  for (const [i, primitive] of primitives.entries()) {
    // in the other order than the parts
    const number = primitives.length - 1 - i;
    const part = (i + 1) * size;
    parts[part + PART.primitive] = number;
    for (let invocation = 0; invocation < 64; invocation++) {
      const [px, py] = pixelOf(invocation);
      const covered = primitive.covers(px, py);
      for (let s = 0; s < samples; s++) {
        if ((covered >> s) & 1) parts[part + PART.masks + 2 * s + (invocation >> 5)]! |= 1 << (invocation & 31);
      }
    }
    const at = number * PRIMITIVE.words;
    records.set(primitive.vertices, at + PRIMITIVE.vertices);
    records[at + PRIMITIVE.flags] = primitive.front ? 1 : 0;
    records[at + PRIMITIVE.index] = primitive.index ?? 0;
    floats.set(primitive.reference ?? [0, 0], at + PRIMITIVE.reference);
    floats.set(primitive.planes ?? FLAT_PLANES, at + PRIMITIVE.planes);
    floats.set(primitive.depth ?? [0, 0, 0], at + PRIMITIVE.depth);
    floats.set(primitive.w ?? [1, 1, 1], at + PRIMITIVE.w);
  }
  return new Map<number, ArrayBufferView>([
    [BIND.tiles, Uint32Array.of(0, 0, 0, 0, x, y, 1, primitives.length)],
    [BIND.parts, parts],
    [BIND.primitives, records],
    [BIND.passed, new Uint32Array(1)],
  ]);
}

/** The uniform: two tiles, whose second workgroup there is. */
export function fragmentDraw(set: (words: Uint32Array, floats: Float32Array) => void): Uint32Array {
  const words = new Uint32Array(FRAGMENT_DRAW.words);
  const floats = new Float32Array(words.buffer);
  floats[FRAGMENT_DRAW.maxDepth] = 1;
  words[FRAGMENT_DRAW.tileCount] = 2;
  words[FRAGMENT_DRAW.counts] = 1;
  set(words, floats);
  return words;
}

export const PRIMITIVE_STATE = primitiveState(undefined, "");
export const ONE_SAMPLE = multisampleState(undefined, "");
export const multisample = (given: object) => multisampleState(given, "");
export const depthStencil = (given: object) => depthStencilState(given, "");
