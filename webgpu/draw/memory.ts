/** Memory of a device that its draws use one after the other. */

import { FAULT, type Handle } from "../../sandbox/kernel/door.ts";
import type { DeviceCore } from "../device-core.ts";
import { HeapStorage, type Status } from "../storage.ts";

const LEAST_BYTES = 4096;

/** A buffer that grows, and does not keep what was in it then. */
export class Scratch {
  readonly #device: DeviceCore;
  #storage: HeapStorage | null = null;
  #size = 0;

  constructor(device: DeviceCore) {
    this.#device = device;
  }

  /** @returns the kernel's name for at least `size` bytes, or a FAULT */
  room(size: number): Handle {
    if (this.#storage === null || size > this.#size) {
      this.#storage?.free();
      this.#size = Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(size)));
      this.#storage = new HeapStorage(this.#device, this.#size);
      if (!this.#storage.reserve()) {
        this.#storage = null;
        return FAULT.memory;
      }
    }
    return this.#storage.handle();
  }

  /** Makes room and fills it. */
  put(words: Uint32Array): Handle {
    const handle = this.room(words.byteLength);
    if (handle < 0) return handle;
    const status = this.#storage!.write(0, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    return status < 0 ? status : handle;
  }

  readInto(words: Uint32Array): Status {
    return this.#storage?.readInto(0, new Uint8Array(words.buffer, words.byteOffset, words.byteLength)) ?? FAULT.handle;
  }
}

export class DrawMemory {
  readonly uniform: Scratch;
  readonly vertices: Scratch;
  readonly tiles: Scratch;
  readonly parts: Scratch;
  readonly primitives: Scratch;
  /** four words; the first is what occlusion queries look at */
  readonly passed: Scratch;

  constructor(device: DeviceCore) {
    this.uniform = new Scratch(device);
    this.vertices = new Scratch(device);
    this.tiles = new Scratch(device);
    this.parts = new Scratch(device);
    this.primitives = new Scratch(device);
    this.passed = new Scratch(device);
  }
}
