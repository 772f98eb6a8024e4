/** What render passes record of draws, and of the state that they draw with. */
import type { Attachments } from "../attachments.ts";
import type { BufferCore } from "../buffer.ts";
import type { Color } from "../color.ts";
import type { Bindings } from "../commands.ts";
import type { QuerySetCore } from "../query-set.ts";
import type { RenderPipelineCore } from "../render-pipeline.ts";

/** The part of a buffer that is bound for vertices or indices. */
export interface InputRange {
  readonly buffer: BufferCore;
  readonly offset: number;
  readonly size: number;
}
export interface IndexRange extends InputRange {
  readonly format: GPUIndexFormat;
}

/** vertexCount or indexCount, and so on: the first argument of a draw is a count, the third where it begins. */
export interface DrawCounts {
  readonly count: number;
  readonly instances: number;
  readonly first: number;
  /** added to indices */
  readonly baseVertex: number;
  readonly firstInstance: number;
}

export interface Draw {
  readonly does: "draw";
  readonly pipeline: RenderPipelineCore;
  /** for the slots of the pipeline's two programs; null where the draw itself supplies the memory */
  readonly vertexBindings: Bindings;
  readonly fragmentBindings: Bindings;
  readonly immediates: Uint8Array | null;
  /** by slot */
  readonly vertexBuffers: readonly (InputRange | undefined)[];
  /** null: a draw without indices */
  readonly indices: IndexRange | null;
  /** the numbers, or where they lie */
  readonly counts: DrawCounts | { readonly buffer: BufferCore; readonly offset: number };
}

export type RenderCommand =
  | Draw
  /** and all of the pass's state is as at its beginning */
  | { readonly does: "beginRenderPass"; readonly attachments: Attachments }
  | {
      readonly does: "viewport";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly minDepth: number;
      readonly maxDepth: number;
    }
  | { readonly does: "scissor"; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  | { readonly does: "blendConstant"; readonly color: Color }
  | { readonly does: "stencilReference"; readonly reference: number }
  | { readonly does: "beginOcclusion"; readonly querySet: QuerySetCore; readonly index: number }
  | { readonly does: "endOcclusion" };
