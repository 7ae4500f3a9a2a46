/**
 * Declares services and mixins whose `this` has a type. Moleculer takes schemas with any `this`,
 * but its types take only those with its default.
 */
import type { ServiceSchema } from 'moleculer';

type Schema<This> = ServiceSchema<object, object, object, This>;

/** A service; `This` is what its actions, methods and lifecycle hooks have as `this`. */
export function defineService<This>(schema: Schema<This>): ServiceSchema;
export function defineService(schema: ServiceSchema): ServiceSchema {
  return schema;
}

/** A mixin; `This` as above. */
export function defineMixin<This>(mixin: Partial<Schema<This>>): Partial<ServiceSchema>;
export function defineMixin(mixin: Partial<ServiceSchema>): Partial<ServiceSchema> {
  return mixin;
}
