/** Runs scenarios for a consumer and compares the results with the reference. */
import { inspect, isDeepStrictEqual } from 'node:util';
import { serviceOf } from '#schemas/event.ts';
import { type EncodedEvent, encode, registerSchemas } from './encode.ts';
import { reference, type Scenario, type ScenarioName, scenarios } from './scenarios.ts';
import { Setting, type Subject } from './setting.ts';
import type { Stage } from './stage.ts';

export class ConsumerCheck {
  readonly #subject: Subject;
  readonly #stage: Stage;
  readonly #events: readonly EncodedEvent[];
  #reference: Promise<unknown> | undefined;

  constructor(subject: Subject, stage: Stage) {
    this.#subject = subject;
    this.#stage = stage;
    this.#events = subject.fixture.events().map((event) => encode(event));
  }

  /** Faults of the fixture itself. Empty when it is usable. */
  fixtureFaults(): string[] {
    const { definition, fixture } = this.#subject;
    const events = fixture.events();
    const faults: string[] = [];
    if (events.length < 8 || events.length > 200)
      faults.push(`it has ${events.length} events instead of 8 to 200`);
    if (!isDeepStrictEqual(events, fixture.events())) faults.push('it differs from call to call');
    const versions = new Map<string, number>();
    for (const { contract, aggregateId, sequence } of events) {
      const subject = `${contract.aggregate}/${aggregateId}`;
      if (serviceOf(contract.type) !== definition.stream)
        faults.push(`${contract.type} is not in ${definition.stream}`);
      if (sequence !== (versions.get(subject) ?? 0) + 1)
        faults.push(`${subject} has version ${sequence} out of order`);
      versions.set(subject, sequence);
    }
    if (versions.size < 3) faults.push(`it has ${versions.size} aggregates instead of 3 or more`);
    const types = new Set(events.map(({ contract }) => contract.type));
    const unplayed =
      definition.reads === 'all' ? [] : definition.reads.filter(({ type }) => !types.has(type));
    for (const { type } of unplayed) faults.push(`it has no ${type}, which the consumer reads`);
    return faults;
  }

  /** The failure, or null. */
  async run(name: ScenarioName, seed = 1): Promise<string | null> {
    try {
      this.#reference ??= this.#play(reference, seed);
      const wanted = await this.#reference;
      const found = await this.#play(scenarios[name], seed);
      if (isDeepStrictEqual(found, wanted)) return null;
      return `The state is ${show(found)} instead of ${show(wanted)}`;
    } catch (error) {
      return inspect(error);
    }
  }

  async #play(scenario: Scenario, seed: number): Promise<unknown> {
    await registerSchemas(this.#stage.bus, this.#subject.fixture.events());
    const setting = await Setting.open(this.#subject, this.#stage);
    try {
      await scenario(setting, this.#events, seed);
      const left = await setting.deadLetters();
      const playsPoison = scenario === scenarios['poison in the middle'];
      if (left.length > 0 && !playsPoison) throw new Error(`Dead-lettered: ${setting.errors.join('; ')}`);
      return await setting.state();
    } finally {
      setting.close();
    }
  }
}

function show(state: unknown): string {
  return inspect(state, { depth: 6, breakLength: 160, maxArrayLength: 40 });
}
