/** The kernel's end of the door: takes requests and answers them, until the host is gone. */
import type { Door } from "../../sandbox/kernel/door.ts";
import { block, Gather, receive, send, TURN, Window } from "./window.ts";
import { answerCall } from "./wire.ts";

/** Bytes of a request: the kernel takes no buffer or stream that is longer. */
export const MOST_REQUEST_BYTES = 2 ** 32;

/** Blocks this thread between requests. Returns when the conversation is over. */
export function serveWindow(door: Door, shared: SharedArrayBuffer): void {
  const window = new Window(shared, TURN.kernel);
  for (;;) {
    const request = new Gather(MOST_REQUEST_BYTES);
    if (!receive(window, request.add, block, Infinity)) return;
    if (!send(window, answerCall(door, request.whole()), block, Infinity)) return;
  }
}
