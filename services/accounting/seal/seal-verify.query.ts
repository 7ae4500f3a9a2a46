/**
 * Verifies the whole journal against its seal, as it is at one moment (ACC-8). It reads part by
 * part and needs the memory of one block, however long the journal is. It changes nothing, and
 * postings do not wait for it.
 */
import { readBlock } from './seal.store.ts';
import { type Block, boundsOf, chained, differences, GENESIS } from './seal.ts';
import { POSTINGS_A_BLOCK } from './seal-journal.handler.ts';
import {
  beginReading,
  HIGHEST,
  LOWEST,
  readAccounts,
  readClosedDays,
  readPart,
  readPartEnd,
  readShownPosting,
  readStrayBlocks,
  readUndrawn,
  type VerifyingClient,
} from './seal-verify.store.ts';
import { type Finding, Heads, type RecordedHead, type Verification } from './seal-verify.ts';

/** Maximum number of findings that are listed. Further ones are only counted. */
const MAX_FINDINGS = 20;

/**
 * `published` are the heads in the stream; null if the stream was not read. The client must not be
 * in a transaction before the call. It is in one afterwards.
 */
export async function verifyJournal(
  client: VerifyingClient,
  published: readonly RecordedHead[] | null,
): Promise<Verification> {
  const begun = performance.now();
  await beginReading(client);
  const closed = await readClosedDays(client);
  const verifier = new Verifier(client, new Heads(closed, published ?? []));
  const { head, number } = await verifier.readChain();
  for (const block of await readStrayBlocks(client, MAX_FINDINGS))
    verifier.add({ kind: 'block-stray', block });
  await verifier.readUnsealed();
  for (const position of await readUndrawn(client, MAX_FINDINGS)) verifier.add({ kind: 'undrawn', position });
  const heads = verifier.heads;
  for (const finding of heads.findings()) verifier.add(finding);
  const { accounts, wrong } = await readAccounts(client, MAX_FINDINGS);
  for (const { id, owner, balance, sum } of wrong) {
    verifier.add({ kind: 'balance', account: owner ?? String(id), balance, sum });
  }
  const [first] = verifier.findings;
  const publishedDays = new Set(published?.map(({ day }) => day));
  return {
    ...verifier.sums,
    findings: verifier.findings,
    found: verifier.found,
    shown:
      first !== undefined && 'position' in first ? await readShownPosting(client, first.position) : undefined,
    blocks: number,
    accounts,
    head: head.toString('hex'),
    days: closed.map((day) => ({ ...day, block: heads.blockOf(day), published: publishedDays.has(day.day) })),
    ms: performance.now() - begun,
  };
}

class Verifier {
  readonly heads: Heads;
  readonly findings: Finding[] = [];
  found = 0;
  readonly sums = { postings: 0, entries: 0, unsealed: 0, total: 0n };
  readonly #client: VerifyingClient;
  /** Everything up to this position was read. */
  #position = LOWEST;

  constructor(client: VerifyingClient, heads: Heads) {
    this.#client = client;
    this.heads = heads;
  }

  add(finding: Finding): void {
    this.found += 1;
    if (this.findings.length < MAX_FINDINGS) this.findings.push(finding);
  }

  /** Reads block by block. Returns the end of the chain. */
  async readChain(): Promise<{ head: Buffer; number: number }> {
    let [head, number] = [GENESIS, 0];
    for (;;) {
      const block = await readBlock(this.#client, number);
      if (block === undefined) return { head, number };
      const { first, last } = boundsOf(block.digests);
      const follows = block.number === number + 1;
      if (!follows) {
        this.add({ kind: 'blocks-removed', from: number + 1, to: block.number - 1 });
        // The postings of the removed blocks can only be counted.
        await this.#readPart(first - 1, null);
      } else if (!chained(head, block).equals(block.hash)) {
        this.add({ kind: 'block-changed', block: block.number, first, last });
      }
      await this.#readPart(last, block);
      this.heads.block(block.number, block.hash);
      // Continues from the stored hash, so the blocks after a changed one are not reported.
      ({ hash: head, number } = block);
    }
  }

  async readUnsealed(): Promise<void> {
    while (this.#position < HIGHEST) {
      const upTo = await readPartEnd(this.#client, this.#position, POSTINGS_A_BLOCK);
      this.sums.unsealed += await this.#readPart(upTo, null);
    }
  }

  /** Returns the number of postings. */
  async #readPart(end: number, block: Block | null): Promise<number> {
    // Digests of a changed block may be out of order, cut short or beyond all positions. The change
    // of the block is reported already.
    if (end <= this.#position || !Number.isFinite(end)) return 0;
    const upTo = Math.min(end, HIGHEST);
    const part = await readPart(this.#client, this.#position, upTo);
    if (block !== null) {
      for (const difference of differences(block.digests, part.digests)) {
        this.add({ ...difference, block: block.number });
      }
    }
    if (part.unbalanced !== null) this.add({ kind: 'unbalanced', position: part.unbalanced });
    for (const { day, entries } of part.days) {
      this.heads.entries(day, entries, block?.number ?? Number.POSITIVE_INFINITY);
    }
    this.sums.postings += part.postings;
    this.sums.entries += part.entries;
    this.sums.total += BigInt(part.total);
    this.#position = upTo;
    return part.postings;
  }
}
