/** Binding numbers of what the driver binds by itself. Those of WebGPU are below 1000. */

/** Added to the binding number of a texture: that of what the shader is told of it. */
export const INFO_BINDING = 0x10000;

/** In group 0: the immediate data. */
export const IMMEDIATE_BINDING = 0x20000;

/** In group 0: what shaders compiled for debugging append to. */
export const LOG_BINDING = 0x30000;

/** In group 0, and up: what the programs of a draw are given. See `webgpu/draw/layout.ts`. */
export const STAGE_BINDING = 0x40000;
