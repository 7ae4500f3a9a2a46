/** The parts of the document that several operations share. Pure. */
import { descriptionOf } from '#schemas/fields/descriptions.ts';
import { type JsonSchema, schemaOfFields } from '#schemas/json-schema.ts';

/** Collects the shared parts that operations refer to. */
export class Components {
  readonly #answers: ReadonlyMap<object, string>;
  readonly schemas: Record<string, JsonSchema> = {};
  readonly responses: Record<string, object> = {};

  /** `answers`: the names of shared answers, by their rules. */
  constructor(answers: ReadonlyMap<object, string>) {
    this.#answers = answers;
  }

  /**
   * The schema of an object; a `$ref` where its rules have a name. `places`: of `descriptionOf`.
   */
  schemaOfFields(fields: object, places: readonly string[]): JsonSchema {
    return schemaOfFields(fields, {
      refOf: (rules) => this.#refOf(rules),
      describe: (name) => descriptionOf(places, name),
    });
  }

  #refOf(fields: object): string | undefined {
    const name = this.#answers.get(fields);
    if (name === undefined) return undefined;
    // The copy of the rules has no name, so that it is written out.
    this.schemas[name] ??= this.schemaOfFields({ ...fields }, [`${name[0]?.toLowerCase()}${name.slice(1)}`]);
    return `#/components/schemas/${name}`;
  }

  /** A `$ref` to a response, which is made for its first user. */
  response(name: string, make: () => object): { readonly $ref: string } {
    this.responses[name] ??= make();
    return { $ref: `#/components/responses/${name}` };
  }
}
