/** Runs bounded passes again and again. */

/**
 * Runs `pass` every `everyMs` milliseconds, and again at once while it reports that it did something. What it throws goes to `onError`
 * and the next turn tries again. Returns a function that ends this and resolves when nothing runs any more.
 */
export function repeat(
  pass: () => Promise<number>,
  everyMs: number,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let stopped = false;
  let running: Promise<void> | undefined;
  const turn = async () => {
    while (!stopped && (await pass()) > 0);
  };
  const timer = setInterval(() => {
    running ??= turn()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  }, everyMs);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
