/** Things that were started, to be ended in the reverse order: in order, or at once. */

export interface Ending {
  /** Orderly. */
  stop(): Promise<void> | void;
  /** At once; `stop` where it is left out. */
  kill?(): Promise<void> | void;
}

/** The scope was ended while something was still being started. */
export class ScopeEnded extends Error {}

export class Scope {
  private readonly endings: Ending[] = [];
  private over: 'stop' | 'kill' | null = null;

  /**
   * Takes over something that was started. Ends it at once and throws `ScopeEnded` when the scope
   * was ended meanwhile.
   */
  async add(ending: Ending): Promise<void> {
    this.endings.push(ending);
    if (this.over === null) return;
    await this.end(this.over);
    throw new ScopeEnded();
  }

  /** Throws `ScopeEnded` when the scope was ended: for waits that would go on for ever. */
  check(): void {
    if (this.over !== null) throw new ScopeEnded();
  }

  /** Ends everything. May be called again, also with `kill` while a `stop` still waits. */
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
