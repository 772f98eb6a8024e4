/** Which canvases have a context of ours, and which. */
import type { ContextCore } from "./canvas-context.ts";

const contexts = new WeakMap<object, ContextCore>();

export const setContext = (canvas: object, context: ContextCore): void => void contexts.set(canvas, context);
export const contextOf = (canvas: unknown): ContextCore | undefined => contexts.get(canvas as object);
