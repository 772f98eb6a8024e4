/**
 * Runs the draws of a submission. A draw is a dispatch of the vertex program, then the rasterizer, then a dispatch of the fragment program;
 * large ones are done in pieces, in order.
 * @see https://www.w3.org/TR/webgpu/#rendering-operations
 */
import { COMMAND } from "../../sandbox/kernel/door.ts";
import { STAGE_BINDING } from "../../support/hidden-bindings.ts";
import type { Attachments } from "../attachments.ts";
import type { BufferCore } from "../buffer.ts";
import type { Color } from "../color.ts";
import type { Bindings } from "../commands.ts";
import { describe } from "../core.ts";
import type { DeviceCore } from "../device-core.ts";
import type { Aspect } from "../formats.ts";
import type { Program } from "../program.ts";
import type { QuerySetCore } from "../query-set.ts";
import type { TextureViewCore } from "../texture-view.ts";
import type { Draw, DrawCounts, InputRange, RenderCommand } from "./commands.ts";
import { BIND, FRAGMENT_DRAW, VERTEX_DRAW } from "./layout.ts";
import { DrawMemory, type Scratch } from "./memory.ts";
import { type Rasterized, rasterize, type ViewState } from "./raster.ts";

/** Vertices that the vertex program is given at once. */
const PIECE_VERTICES = 1 << 16;
/** A multiple of the vertices of any primitive. */
const PIECE_OF_LIST = Math.floor(PIECE_VERTICES / 6) * 6;
/** A draw of more would run for minutes, and nothing but this stops it: fuel is for single dispatches. */
const MOST_VERTICES = 2 ** 28;
const MOST_GROUPS = 65_535;
const GROUP = 64;
const VERTICES_OF: Readonly<Record<GPUPrimitiveTopology, number>> = {
  "point-list": 1,
  "line-list": 2,
  "line-strip": 1,
  "triangle-list": 3,
  "triangle-strip": 1,
};

/** A stretch of a buffer that the kernel knows: handle, offset, size. */
type Region = readonly [handle: number, offset: number, size: number];

/** What draws need of the submission that they are part of. Each may throw what ends it. */
export interface Host {
  /** The kernel's name for the memory of a buffer or texture. */
  handle(of: BufferCore | TextureViewCore["texture"]): number;
  /** What a program's slots are given by the pass. */
  bound(program: Program, bindings: Bindings, immediates: Uint8Array | null): number[];
  /** Runs a dispatch, after all commands before it. */
  run(program: Program, words: readonly number[]): void;
  /** Runs the commands before. */
  flush(): void;
  /** @param status a FAULT, where it is negative */
  check(status: number, what: string, bytes: number): number;
}

interface Piece {
  readonly counts: DrawCounts;
  /** primitive_index of each instance's first primitive */
  readonly firstPrimitive: number;
}

export class Drawing {
  readonly #device: DeviceCore;
  readonly #host: Host;
  readonly #memory: DrawMemory;
  #attachments: Attachments = { colors: [], depthStencil: null };
  #view: ViewState = {
    viewport: { x: 0, y: 0, width: 0, height: 0, minDepth: 0, maxDepth: 1 },
    scissor: { x: 0, y: 0, width: 0, height: 0 },
  };
  #blendConstant: Color = [0, 0, 0, 0];
  #stencilReference = 0;
  #query: { readonly querySet: QuerySetCore; readonly index: number } | null = null;

  constructor(device: DeviceCore, host: Host) {
    this.#device = device;
    this.#host = host;
    device.drawMemory ??= new DrawMemory(device);
    this.#memory = device.drawMemory;
  }

  command(command: RenderCommand): void {
    switch (command.does) {
      case "beginRenderPass":
        return this.#begin(command.attachments);
      case "viewport":
        this.#view = { ...this.#view, viewport: command };
        return;
      case "scissor":
        this.#view = { ...this.#view, scissor: command };
        return;
      case "blendConstant":
        this.#blendConstant = command.color;
        return;
      case "stencilReference":
        this.#stencilReference = command.reference;
        return;
      case "beginOcclusion":
        this.#query = command;
        this.#put(this.#memory.passed, new Uint32Array(4));
        return;
      case "endOcclusion":
        return this.#endQuery();
      case "draw":
        return this.#draw(command);
    }
  }

  #begin(attachments: Attachments): void {
    const first = attachments.colors.find((each) => each !== null) ?? attachments.depthStencil;
    const { width, height } = first?.view.renderExtent ?? { width: 0, height: 0 };
    this.#attachments = attachments;
    this.#view = { viewport: { x: 0, y: 0, width, height, minDepth: 0, maxDepth: 1 }, scissor: { x: 0, y: 0, width, height } };
    this.#blendConstant = [0, 0, 0, 0];
    this.#stencilReference = 0;
    this.#query = null;
  }

  #endQuery(): void {
    if (this.#query === null) return;
    const { querySet, index } = this.#query;
    this.#host.flush();
    const words = new Uint32Array(1);
    this.#host.check(this.#memory.passed.readInto(words), "an occlusion query", 4);
    querySet.write(index, words[0] === 0 ? 0n : 1n);
    this.#query = null;
  }

  #draw(draw: Draw): void {
    const counts = this.#countsOf(draw);
    if (counts === null || counts.count === 0 || counts.instances === 0) return;
    if (counts.count * counts.instances > MOST_VERTICES) {
      const what = `a draw of ${counts.count} vertices and ${counts.instances} instances`;
      this.#device.lose("unknown", `${what} with ${describe(draw.pipeline)} is over the ${MOST_VERTICES} vertices that one draw may have`);
      return;
    }
    for (const piece of pieces(counts, draw.pipeline.raster.topology)) this.#drawPiece(draw, piece);
  }

  /** Null where the numbers in a buffer ask for what the device has not: such a draw does nothing. */
  #countsOf({ counts, indices }: Draw): DrawCounts | null {
    if (!("buffer" in counts)) return counts;
    this.#host.flush();
    const words = new Uint32Array(indices === null ? 4 : 5);
    const status = counts.buffer.storage.readInto(counts.offset, new Uint8Array(words.buffer));
    this.#host.check(status, describe(counts.buffer), words.byteLength);
    const [count = 0, instances = 0, first = 0] = words;
    const firstInstance = words.at(-1)!;
    if (firstInstance !== 0 && !this.#device.features.has("indirect-first-instance")) return null;
    return { count, instances, first, baseVertex: indices === null ? 0 : words[3]! | 0, firstInstance };
  }

  #drawPiece(draw: Draw, { counts, firstPrimitive }: Piece): void {
    const { pipeline } = draw;
    const { record, raster } = pipeline;
    const vertices = this.#runVertices(draw, counts);
    let from = 0;
    while (from >= 0) {
      const drawn = rasterize(vertices, counts.count, counts.instances, record, raster, this.#view, { firstPrimitive, from });
      if (drawn.tileCount > 0) this.#runFragments(draw, drawn, vertices.byteLength);
      from = drawn.next;
    }
  }

  /** @returns the vertex records */
  #runVertices(draw: Draw, { count, instances, first, baseVertex, firstInstance }: DrawCounts): Uint32Array {
    const { pipeline, vertexBuffers, indices } = draw;
    const total = count * instances;
    const bytes = total * pipeline.record.words * 4;
    const words = new Uint32Array(VERTEX_DRAW.vertexBuffer + 2 * Math.max(1, vertexBuffers.length));
    words[VERTEX_DRAW.vertexCount] = count;
    words[VERTEX_DRAW.total] = total;
    words[VERTEX_DRAW.first] = first;
    words[VERTEX_DRAW.baseVertex] = baseVertex;
    words[VERTEX_DRAW.firstInstance] = firstInstance;
    const supplied = new Map<number, Region>();
    supplied.set(BIND.indices, this.#input(indices ?? undefined, words, VERTEX_DRAW.indexOffset));
    if (indices !== null) words[VERTEX_DRAW.indexBytes] = indices.format === "uint16" ? 2 : 4;
    for (const [slot, range] of vertexBuffers.entries()) {
      supplied.set(BIND.vertexBuffer + slot, this.#input(range, words, VERTEX_DRAW.vertexBuffer + 2 * slot));
    }
    supplied.set(BIND.vertices, [this.#room(this.#memory.vertices, bytes), 0, bytes]);
    supplied.set(BIND.draw, this.#put(this.#memory.uniform, words));
    this.#run(pipeline.vertexProgram, draw.vertexBindings, draw.immediates, supplied, Math.ceil(total / GROUP));
    const records = new Uint32Array(bytes / 4);
    this.#host.check(this.#memory.vertices.readInto(records), "the vertices of a draw", bytes);
    return records;
  }

  /** The whole buffer: parts that are bound need not start where regions may. */
  #input(range: InputRange | undefined, words: Uint32Array, at: number): Region {
    if (range === undefined || range.buffer.size < 4) return [this.#room(this.#memory.passed, 16), 0, 16];
    words[at] = range.offset;
    words[at + 1] = range.size;
    return [this.#host.handle(range.buffer), 0, range.buffer.size];
  }

  #runFragments(draw: Draw, drawn: Rasterized, vertexBytes: number): void {
    const { passed, tiles, parts, primitives, vertices, uniform } = this.#memory;
    const words = new Uint32Array(FRAGMENT_DRAW.words);
    const floats = new Float32Array(words.buffer);
    floats.set(this.#blendConstant, FRAGMENT_DRAW.blendConstant);
    words[FRAGMENT_DRAW.stencilReference] = this.#stencilReference;
    floats[FRAGMENT_DRAW.minDepth] = this.#view.viewport.minDepth;
    floats[FRAGMENT_DRAW.maxDepth] = this.#view.viewport.maxDepth;
    words[FRAGMENT_DRAW.tileCount] = drawn.tileCount;
    words[FRAGMENT_DRAW.counts] = this.#query === null ? 0 : 1;
    const supplied = this.#images(words);
    supplied.set(BIND.vertices, [this.#room(vertices, vertexBytes), 0, vertexBytes]);
    supplied.set(BIND.tiles, this.#put(tiles, drawn.tiles));
    supplied.set(BIND.parts, this.#put(parts, drawn.parts));
    supplied.set(BIND.primitives, this.#put(primitives, drawn.primitives));
    supplied.set(BIND.passed, [this.#room(passed, 16), 0, 16]);
    supplied.set(BIND.draw, this.#put(uniform, words));
    this.#run(draw.pipeline.fragmentProgram, draw.fragmentBindings, draw.immediates, supplied, drawn.tileCount);
  }

  /** The attachments' memory; their row sizes go to `words`. */
  #images(words: Uint32Array): Map<number, Region> {
    const supplied = new Map<number, Region>();
    const add = (binding: number, at: number, view: TextureViewCore, aspect: Aspect, slice: number | undefined) => {
      const level = view.texture.layout?.planes.get(aspect)?.[view.baseMipLevel];
      if (level === undefined) return;
      words[at] = level.rowBytes;
      const image = slice ?? view.baseArrayLayer;
      supplied.set(binding, [this.#host.handle(view.texture), level.offset + image * level.imageBytes, level.imageBytes]);
    };
    const { colors, depthStencil } = this.#attachments;
    for (const [i, each] of colors.entries()) {
      if (each) add(BIND.color + i, FRAGMENT_DRAW.colorRowBytes + i, each.view, "color", each.depthSlice);
    }
    if (depthStencil) {
      add(BIND.depth, FRAGMENT_DRAW.depthRowBytes, depthStencil.view, "depth", undefined);
      add(BIND.stencil, FRAGMENT_DRAW.stencilRowBytes, depthStencil.view, "stencil", undefined);
    }
    return supplied;
  }

  #run(program: Program, bindings: Bindings, immediates: Uint8Array | null, supplied: ReadonlyMap<number, Region>, groups: number): void {
    const words = this.#host.bound(program, bindings, immediates);
    for (const [i, { group, binding }] of program.slots.entries()) {
      const region = group === 0 && binding >= STAGE_BINDING ? supplied.get(binding) : undefined;
      if (region) for (let k = 0; k < 3; k++) words[i * 3 + k] = region[k]!;
    }
    const x = Math.min(groups, MOST_GROUPS);
    this.#host.run(program, [COMMAND.dispatch, program.handle, program.slots.length, ...words, x, Math.ceil(groups / x), 1]);
  }

  #room(scratch: Scratch, bytes: number): number {
    return this.#host.check(scratch.room(bytes), "a draw", bytes);
  }
  #put(scratch: Scratch, words: Uint32Array): Region {
    return [this.#host.check(scratch.put(words), "a draw", words.byteLength), 0, words.byteLength];
  }
}

/** Strips stay whole; of lists, and of many instances, each piece is a part. */
function* pieces(counts: DrawCounts, topology: GPUPrimitiveTopology): Generator<Piece> {
  const { count, instances, first, firstInstance } = counts;
  const step = count > PIECE_VERTICES && topology.endsWith("-list") ? PIECE_OF_LIST : count;
  const most = Math.max(1, Math.floor(PIECE_VERTICES / count));
  for (let i = 0; i < instances; i += most) {
    const some = Math.min(most, instances - i);
    for (let at = 0; at < count; at += step) {
      yield {
        counts: { ...counts, count: Math.min(step, count - at), instances: some, first: first + at, firstInstance: firstInstance + i },
        firstPrimitive: at / VERTICES_OF[topology],
      };
    }
  }
}
