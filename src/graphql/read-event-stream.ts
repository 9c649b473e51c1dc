import type { ExecutionResult } from 'graphql';

/**
 * The results in a body that `event-streams.plugin.ts` has written, one by one, read as they are asked for.
 *
 * @param onBroken called when it ends without having been completed
 */
export function readEventStream(
  body: ReadableStream<Uint8Array>,
  onBroken: () => void,
): AsyncGenerator<ExecutionResult, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let isEnded = false;

  /** The next message of what has been read; undefined when it is not all there yet. */
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
    // Not one of the language: its return would wait for the read that is under way.
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
