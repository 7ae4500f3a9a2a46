/** A set of started things. They end in the reverse order: properly, or at once. */

export interface Ending {
  /** Ends it properly. */
  stop(): Promise<void> | void;
  /** Ends it at once. Default: `stop`. */
  kill?(): Promise<void> | void;
}

/** The scope was ended while something was still being started. */
export class ScopeEnded extends Error {}

export class Scope {
  private readonly endings: Ending[] = [];
  private over: 'stop' | 'kill' | null = null;

  /**
   * Adds something that was started. Ends it at once and throws `ScopeEnded` when the scope was
   * ended meanwhile.
   */
  async add(ending: Ending): Promise<void> {
    this.endings.push(ending);
    if (this.over === null) return;
    await this.end(this.over);
    throw new ScopeEnded();
  }

  /** Throws `ScopeEnded` when the scope was ended. For waits without a time limit. */
  check(): void {
    if (this.over !== null) throw new ScopeEnded();
  }

  /** Ends everything. It may be called again, also with `kill` while a `stop` still waits. */
  async end(how: 'stop' | 'kill'): Promise<void> {
    this.over = how;
    if (how === 'kill') {
      const all = this.endings.splice(0).reverse();
      for (const ending of all) await (ending.kill ?? ending.stop).call(ending);
      return;
    }
    for (;;) {
      const last = this.endings.at(-1);
      if (last === undefined) return;
      await last.stop();
      const index = this.endings.indexOf(last);
      if (index !== -1) this.endings.splice(index, 1);
    }
  }
}
