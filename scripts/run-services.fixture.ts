/**
 * A service that prints, as one line of JSON, the options of its broker and the variables that are
 * left, and then ends its process.
 */
import type { ServiceBroker, ServiceSchema } from 'moleculer';

export default {
  name: 'teller',
  started() {
    const { broker } = this as unknown as { broker: ServiceBroker };
    const {
      logger,
      transporter,
      validator,
      metrics,
      middlewares: _,
      created: __,
      ...others
    } = broker.options;
    const { reporter, ...ofMetrics } = metrics as { readonly reporter: object };
    const options = { ...others, metrics: ofMetrics };
    const nameOf = (object: unknown) => (object as object).constructor.name;
    const classes = {
      logger: nameOf(logger),
      reporter: nameOf(reporter),
      transporter: nameOf(transporter),
      validator: nameOf(validator),
    };
    const variables = Object.keys(process.env).sort();
    process.stdout.write(`${JSON.stringify({ options, classes, variables })}\n`, () => process.exit(0));
  },
} as ServiceSchema;
