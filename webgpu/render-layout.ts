/** What pipelines, passes and bundles must agree on. @see https://www.w3.org/TR/webgpu/#render-pass-layout */

export interface PassLayout {
  /** equal for equal layouts */
  readonly key: string;
  readonly text: string;
}

/** @param colors formats by attachment; trailing nulls do not count */
export function passLayout(colors: readonly (string | null)[], depthStencil: string | null, sampleCount: number): PassLayout {
  const used = colors.slice(0, colors.findLastIndex((format) => format !== null) + 1);
  const formats = used.map((format) => format ?? "none").join(", ");
  const text = `colors [${formats}], depth and stencil ${depthStencil ?? "none"}, ${sampleCount} sample${sampleCount === 1 ? "" : "s"}`;
  return { key: `${used.join()}/${depthStencil}/${sampleCount}`, text };
}
