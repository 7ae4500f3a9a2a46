/** A client of the API that keeps its connections open and measures each request. */
import { Agent, request } from 'node:http';

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  /** From the request to the end of its answer, in milliseconds. */
  readonly ms: number;
}

const agent = new Agent({ keepAlive: true });

/** Closes the connections. */
export function closeClient(): void {
  agent.destroy();
}

/** Sends a request, and accepts any answer. `body` is sent as JSON. */
export function send<Body = unknown>(
  method: 'GET' | 'POST',
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<Answer<Body>> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const asked = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const ms = performance.now() - begun;
        const text = Buffer.concat(chunks).toString();
        const parsed = text === '' ? undefined : JSON.parse(text);
        resolve({ status: response.statusCode ?? 0, body: parsed as Body, ms });
      });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A request that must succeed. */
export async function ask<Body>(...args: Parameters<typeof send>): Promise<Answer<Body>> {
  const answer = await send<Body>(...args);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Error(`${args[0]} ${args[1]}: ${answer.status} ${JSON.stringify(answer.body)}`);
}
