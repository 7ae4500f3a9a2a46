/**
 * Lets the sender end a long attempt. The client allows it only while the server cannot have the
 * whole message. Otherwise the server might accept the mail and get it again. Pure.
 */
export class HangUp {
  #end: ((reason: Error) => void) | null = null;
  #done = false;

  /** Whether `now` would end the attempt. */
  get possible(): boolean {
    return this.#end !== null;
  }

  /** Whether `now` has ended the attempt. */
  get done(): boolean {
    return this.#done;
  }

  /** `end` must make the attempt fail with the given error. It is called at most once. */
  allow(end: (reason: Error) => void): void {
    this.#end = end;
  }

  forbid(): void {
    this.#end = null;
  }

  /** Ends the attempt if that is possible. */
  now(reason: string): void {
    const end = this.#end;
    if (end === null) return;
    this.#end = null;
    this.#done = true;
    end(new Error(reason));
  }
}
