import type { ExecutionResult } from 'graphql';

/**
 * Returns the results in a response body that `event-streams.plugin.ts` wrote. Reads the body on demand.
 *
 * @param onBroken called when the body ends without the event `complete`
 */
export function readEventStream(
  body: ReadableStream<Uint8Array>,
  onBroken: () => void,
): AsyncGenerator<ExecutionResult, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let isEnded = false;

  /** Returns the next complete message in the buffer, or undefined. */
  function take(): string | undefined {
    const end = text.indexOf('\n\n');
    if (end === -1) return undefined;
    const message = text.slice(0, end);
    text = text.slice(end + 2);
    return message;
  }

  async function next(): Promise<IteratorResult<ExecutionResult, void>> {
    while (!isEnded) {
      const message = take();
      if (message?.startsWith('event: complete')) break;
      const [, data] = /^data: (.*)$/m.exec(message ?? '') ?? [];
      if (data !== undefined) return { done: false, value: JSON.parse(data) as ExecutionResult };
      if (message !== undefined) continue;
      const { done, value } = await reader.read();
      if (done && !isEnded) onBroken();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    return end();
  }

  async function end(): Promise<IteratorReturnResult<void>> {
    isEnded = true;
    await reader.cancel();
    return { done: true, value: undefined };
  }

  return {
    next,
    // Not an async generator function: its `return` would wait for the pending read.
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      await end();
    },
  };
}
