/**
 * What two threads share to pass messages: a control block and room for one piece of a message. Whose turn it is, is one word; who has the
 * turn may read and write the rest, then gives the turn away. Messages longer than the room go in several pieces. Either end may be an
 * enemy: a piece is copied before it is looked at, its length is checked, and the word is believed for nothing but whose turn it is.
 */

export const TURN = { host: 0, kernel: 1, dead: 2 } as const;
export type Side = typeof TURN.host | typeof TURN.kernel;

const AT_TURN = 0;
const AT_LENGTH = 1;
const AT_MORE = 2;
const CONTROL_BYTES = 16;
/** Bytes of a piece. Pages of it that no message reached cost nothing. */
export const ROOM_BYTES = 1 << 18;

export interface Piece {
  /** a copy */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** the message goes on in the next piece */
  readonly more: boolean;
}

export const makeBlock = (): SharedArrayBuffer => new SharedArrayBuffer(CONTROL_BYTES + ROOM_BYTES);

/** Waits for a word to change. @returns false when `until`, in milliseconds of `performance.now`, came first */
export type Waiter = (control: Int32Array, at: number, value: number, until: number) => boolean;

export const block: Waiter = (control, at, value, until) => {
  const left = until - performance.now();
  return Atomics.wait(control, at, value, Math.max(0, left)) !== "timed-out";
};

/** For threads that may not block: the main thread of a page. */
export const spin: Waiter = (control, at, value, until) => {
  while (Atomics.load(control, at) === value) if (performance.now() > until) return false;
  return true;
};

export class Window {
  readonly #control: Int32Array;
  readonly #room: Uint8Array;
  readonly #mine: Side;
  readonly #theirs: Side;
  /** called when the turn is given away, for an end that sleeps elsewhere */
  readonly #onGiven: () => void;

  constructor(shared: SharedArrayBuffer, mine: Side, onGiven: () => void = () => {}) {
    this.#control = new Int32Array(shared, 0, CONTROL_BYTES / 4);
    this.#room = new Uint8Array(shared, CONTROL_BYTES, ROOM_BYTES);
    this.#mine = mine;
    this.#theirs = mine === TURN.host ? TURN.kernel : TURN.host;
    this.#onGiven = onGiven;
  }

  get isMine(): boolean {
    return Atomics.load(this.#control, AT_TURN) === this.#mine;
  }

  get isDead(): boolean {
    return Atomics.load(this.#control, AT_TURN) === TURN.dead;
  }

  /** Ends the conversation: who waits, wakes and finds it dead. */
  die(): void {
    Atomics.store(this.#control, AT_TURN, TURN.dead);
    Atomics.notify(this.#control, AT_TURN);
  }

  /** @returns whether it is this end's turn; false when `until` came first, or the conversation is over */
  wait(waiter: Waiter, until: number): boolean {
    for (;;) {
      const turn = Atomics.load(this.#control, AT_TURN);
      if (turn === this.#mine) return true;
      if (turn !== this.#theirs || !waiter(this.#control, AT_TURN, turn, until)) return false;
    }
  }

  give(): void {
    // not a plain store: who was declared dead meanwhile stays dead
    Atomics.compareExchange(this.#control, AT_TURN, this.#mine, this.#theirs);
    Atomics.notify(this.#control, AT_TURN);
    this.#onGiven();
  }

  /** Writes bytes at a place of the room; call `givePiece` once it is complete. */
  put(at: number, bytes: Uint8Array): void {
    this.#room.set(bytes, at);
  }

  givePiece(length: number, more: boolean): void {
    Atomics.store(this.#control, AT_LENGTH, length);
    Atomics.store(this.#control, AT_MORE, more ? 1 : 0);
    this.give();
  }

  /** @returns what the other end has put there, or undefined where that is no piece */
  take(): Piece | undefined {
    const length = Atomics.load(this.#control, AT_LENGTH);
    const more = Atomics.load(this.#control, AT_MORE) !== 0;
    if (length < 0 || length > ROOM_BYTES || (more && length === 0)) return undefined;
    return { bytes: this.#room.slice(0, length), more };
  }
}

/** Sends a message, in as many pieces as it takes. @returns false when the other end is dead or late */
export function send(window: Window, parts: readonly Uint8Array[], waiter: Waiter, until: number): boolean {
  let filled = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; ) {
      if (filled === ROOM_BYTES) {
        window.givePiece(filled, true);
        if (!window.wait(waiter, until)) return false;
        filled = 0;
      }
      const count = Math.min(part.length - from, ROOM_BYTES - filled);
      window.put(filled, part.subarray(from, from + count));
      filled += count;
      from += count;
    }
  }
  window.givePiece(filled, false);
  return true;
}

/** Receives a message. @param take is given its pieces in order; false refuses it. @returns false for no message, a refused one, or a late one */
export function receive(window: Window, take: (bytes: Uint8Array<ArrayBuffer>) => boolean, waiter: Waiter, until: number): boolean {
  for (;;) {
    if (!window.wait(waiter, until)) return false;
    const piece = window.take();
    if (piece === undefined || !take(piece.bytes)) return false;
    if (!piece.more) return true;
    window.give();
  }
}

/** Puts the pieces of a message together, up to `most` bytes. */
export class Gather {
  readonly #most: number;
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  readonly add = (bytes: Uint8Array<ArrayBuffer>): boolean => {
    this.#length += bytes.length;
    if (this.#length > this.#most) return false;
    this.#pieces.push(bytes);
    return true;
  };

  /** @throws RangeError where memory does not suffice */
  whole(): Uint8Array<ArrayBuffer> {
    const [only] = this.#pieces;
    if (this.#pieces.length === 1 && only !== undefined) return only;
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
