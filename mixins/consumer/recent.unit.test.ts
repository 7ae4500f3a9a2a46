import { describe, expect, it } from '@jest/globals';
import { headers, type JsMsg } from 'nats';
import { RecentMessages } from './recent.ts';

interface Stored {
  readonly at?: number;
  readonly text?: string;
  readonly id?: string;
}

/** A delivery of the message at this place of the stream. */
function delivered(streamSequence: number, { at = 1, text = 'seeds', id = 'a' }: Stored = {}): JsMsg {
  const given = headers();
  given.append('ce-id', id);
  const info = { stream: 'parrots', streamSequence, timestampNanos: at };
  return { info, headers: given, data: Buffer.from(text) } as unknown as JsMsg;
}

describe('recent messages', () => {
  it('have one content for all deliveries of a message', () => {
    const recent = new RecentMessages();
    const content = recent.contentOf(delivered(1));
    expect(content.headers.get('ce-id')).toBe('a');
    expect(recent.contentOf(delivered(1))).toBe(content);
    expect(recent.contentOf(delivered(2))).not.toBe(content);
  });

  it.each<[string, Stored]>([
    ['stored at another time', { at: 2, id: 'b' }],
    ['with other data', { text: 'nuts', id: 'b' }],
  ])('read a message anew that replaced one at its place: %s', (_, other) => {
    const recent = new RecentMessages();
    recent.contentOf(delivered(1)).parts.set('all', 'read before');
    const content = recent.contentOf(delivered(1, other));
    expect(content.headers.get('ce-id')).toBe('b');
    expect(content.parts.size).toBe(0);
  });

  it('are not remembered if they are large', () => {
    const recent = new RecentMessages();
    const large = { text: 'seed'.repeat(2_000) };
    const content = recent.contentOf(delivered(1, large));
    expect(content.headers.get('ce-id')).toBe('a');
    expect(recent.contentOf(delivered(1, large))).not.toBe(content);
  });

  it('are the latest of a stream: each takes the place of one 1,024 before', () => {
    const recent = new RecentMessages();
    const [first, second] = [recent.contentOf(delivered(1)), recent.contentOf(delivered(2))];
    recent.contentOf(delivered(1 + 1_024));
    expect(recent.contentOf(delivered(2))).toBe(second);
    expect(recent.contentOf(delivered(1))).not.toBe(first);
  });
});
