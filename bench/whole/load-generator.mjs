/**
 * Sends requests with autocannon, in a process of its own, and prints what it measured as one line
 * of JSON. The argument is JSON: options of autocannon, and `bodies`, of which each connection
 * sends one. SIGTERM ends it early. Percentiles are computed here, because autocannon rounds
 * latencies to whole milliseconds. Plain JavaScript, because autocannon has no types.
 */
import autocannon from 'autocannon';

const { bodies, ...options } = JSON.parse(process.argv[2] ?? '{}');
let clients = 0;
const setupClient = (client) => client.setBody(bodies[clients++ % bodies.length]);

const times = [];
const begunAt = Date.now();
const run = autocannon({ ...options, ...(bodies === undefined ? {} : { setupClient }) });
run.on('response', (_client, _status, _bytes, ms) => times.push(ms));
process.once('SIGTERM', () => run.stop());
const { duration, non2xx, errors } = await run;
const endedAt = Date.now();

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
