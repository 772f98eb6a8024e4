/**
 * Messages over a pair of pipes, as pieces: a word with the length, whose top bit says that more follow, then the bytes. The child reads and
 * writes them one after another and blocks; the warden takes what comes.
 */
import { ROOM_BYTES } from "./window.ts";

export const FRAME_HEAD_BYTES = 4;
const MORE = 0x8000_0000;

export function frameHead(length: number, more: boolean): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(FRAME_HEAD_BYTES);
  new DataView(head.buffer).setUint32(0, length + (more ? MORE : 0), true);
  return head;
}

export interface FrameHead {
  readonly length: number;
  readonly more: boolean;
}

/** @returns undefined where that is no piece */
export function readFrameHead(head: Uint8Array): FrameHead | undefined {
  const word = new DataView(head.buffer, head.byteOffset, FRAME_HEAD_BYTES).getUint32(0, true);
  const more = word >= MORE;
  const length = more ? word - MORE : word;
  return length > ROOM_BYTES || (more && length === 0) ? undefined : { length, more };
}

export interface SyncFiles {
  readSync(fd: number, target: Uint8Array, offset: number, length: number): number;
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number;
}

/** The child's end. Every method blocks; false and undefined say that the other end is gone. */
export class SyncPipe {
  readonly #files: SyncFiles;
  readonly #fd: number;

  constructor(files: SyncFiles, fd: number) {
    this.#files = files;
    this.#fd = fd;
  }

  /** @returns the message */
  receive(take: (bytes: Uint8Array<ArrayBuffer>) => boolean): boolean {
    for (;;) {
      const head = this.#read(FRAME_HEAD_BYTES);
      const frame = head && readFrameHead(head);
      const bytes = frame && this.#read(frame.length);
      if (!bytes || !take(bytes)) return false;
      if (!frame.more) return true;
    }
  }

  send(parts: readonly Uint8Array[]): boolean {
    const total = parts.reduce((sum, part) => sum + part.length, 0);
    let left = total;
    let room = 0;
    if (total === 0) return this.#write(frameHead(0, false));
    for (const part of parts) {
      for (let from = 0; from < part.length; ) {
        if (room === 0) {
          room = Math.min(left, ROOM_BYTES);
          left -= room;
          if (!this.#write(frameHead(room, left > 0))) return false;
        }
        const count = Math.min(part.length - from, room);
        if (!this.#write(part.subarray(from, from + count))) return false;
        from += count;
        room -= count;
      }
    }
    return true;
  }

  #read(length: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const count = this.#files.readSync(this.#fd, bytes, at, length - at);
      if (count === 0) return undefined;
      at += count;
    }
    return bytes;
  }

  #write(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length; ) at += this.#files.writeSync(this.#fd, bytes, at, bytes.length - at);
    return true;
  }
}
