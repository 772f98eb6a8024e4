/** What a stage's entry point and the code generated around it call the inputs and outputs that they exchange. */

export interface StageIoKey {
  readonly builtin?: string | undefined;
  readonly location?: number | undefined;
  /** of @blend_src */
  readonly blendSrc?: number | undefined;
}

/** `in_2`, `out_position`, `out_0_1` (the second source for blending). */
export function ioName(direction: "in" | "out", { builtin, location, blendSrc }: StageIoKey): string {
  if (builtin !== undefined && builtin !== "") return `${direction}_${builtin}`;
  return `${direction}_${location}${blendSrc === 1 ? "_1" : ""}`;
}
