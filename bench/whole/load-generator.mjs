/**
 * Sends requests in a process of its own, and prints what it measured as one line of JSON. The
 * argument is JSON: options of autocannon, and `bodies`, of which each connection sends one.
 * SIGTERM ends it early. autocannon sends as fast as possible. With `overallRate` it would send the
 * requests of a second in one burst at its beginning, so those are sent here, evenly. Percentiles
 * are computed here, because autocannon rounds latencies to whole milliseconds. Plain JavaScript,
 * because autocannon has no types.
 */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';

const { bodies, overallRate, ...options } = JSON.parse(process.argv[2] ?? '{}');
const times = [];
const begunAt = Date.now();
const { duration, non2xx, errors } = await (overallRate === undefined ? flooding() : paced());
const endedAt = Date.now();

function flooding() {
  let clients = 0;
  const setupClient = (client) => client.setBody(bodies[clients++ % bodies.length]);
  const run = autocannon({ ...options, ...(bodies === undefined ? {} : { setupClient }) });
  run.on('response', (_client, _status, _bytes, ms) => times.push(ms));
  process.once('SIGTERM', () => run.stop());
  return run;
}

/** Sends the next request when it is due, whether or not the ones before it are answered. */
async function paced() {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const result = { duration: 0, non2xx: 0, errors: 0 };
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1_000;
  let isStopped = false;
  process.once('SIGTERM', () => {
    isStopped = true;
  });
  const sent = [];
  const isDone = () =>
    seconds() >= (options.duration ?? Infinity) || sent.length >= (options.amount ?? Infinity);
  while (!isStopped && !isDone()) {
    while (sent.length < seconds() * overallRate) sent.push(sendOne(agent, sent.length, result));
    await delay(1);
  }
  await Promise.all(sent);
  agent.destroy();
  return { ...result, duration: seconds() };
}

function sendOne(agent, index, result) {
  const { url, method, headers, body, requests = [{ path: url, method }] } = options;
  const { path, method: verb } = requests[index % requests.length];
  return new Promise((resolve) => {
    const begun = performance.now();
    const asked = request(new URL(path, url), { method: verb, headers, agent }, (response) => {
      if (response.statusCode >= 300) result.non2xx += 1;
      response.resume().on('end', () => {
        times.push(performance.now() - begun);
        resolve();
      });
    });
    asked.on('error', () => {
      result.errors += 1;
      resolve();
    });
    asked.end(body);
  });
}

times.sort((a, b) => a - b);
const at = (share) => times[Math.floor((times.length - 1) * share)] ?? 0;
console.log(
  JSON.stringify({
    begunAt,
    endedAt,
    answers: times.length,
    rate: times.length / duration,
    median: at(0.5),
    p99: at(0.99),
    refused: non2xx,
    errors,
  }),
);
