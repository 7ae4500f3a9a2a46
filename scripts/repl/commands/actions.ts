/** Calls actions for operators by their names, beyond what the other commands do. */
import { OPERATOR_WORD, operatorActionName } from '#mixins/names.ts';
import { registryOf } from '#mixins/registry.ts';
import type { Cluster } from '#mixins/repl/cluster.ts';
import type { Command } from '#mixins/repl/command.ts';
import { Refusal } from '#mixins/repl/explain.ts';
import { loadProductActions } from '#schemas/load.ts';

/** The param of changes, which names the operator. The REPL fills it in. */
const BY = 'by';

export const actions: Command = {
  command: 'actions [service]',
  description: 'Actions for operators, with their params; call runs one',
  place: 260,
  async run({ broker }, { operands: [service] }, print) {
    const registry = registryOf(broker);
    const names = registry
      .actions()
      .filter((name) => name.includes(`.${OPERATOR_WORD}.`))
      .filter((name) => service === undefined || name.startsWith(operatorActionName(service, '')))
      .sort();
    if (service !== undefined && names.length === 0)
      throw new Refusal(`No node runs actions for operators of ${service}. See: services`);
    print.table(
      ['Action', 'Params'],
      names.map((name) => [name, paramsText(registry.paramsOf(name))]),
      'No node answers.',
    );
  },
};

function paramsText(params: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(params).filter((name) => !name.startsWith('$$') && name !== BY);
  return names.join(', ') || '-';
}

export const call: Command = {
  command: 'call <action> [params...]',
  description: 'Call an action for operators. Params are name=value, a value is JSON or text',
  place: 270,
  async run(cluster, { operands: [action = '', ...words] }, print) {
    const registry = registryOf(cluster.broker);
    if (!action.includes(`.${OPERATOR_WORD}.`) || !registry.isServed(action)) {
      throw new Refusal(await whyNot(cluster, action));
    }
    const isChange = BY in registry.paramsOf(action);
    const params = { ...paramsOf(words), ...(isChange ? { [BY]: cluster.operator } : {}) };
    const result = await cluster.broker.call<unknown, object>(action, params);
    print.fields({ result: result ?? 'none' });
  },
};

/** Routes of people need a token, and NATS refuses such calls of operators. */
async function whyNot({ config }: Cluster, action: string): Promise<string> {
  const contract = (await loadProductActions(config.product)).find((each) => each.action === action);
  if (contract === undefined) return `There is no action ${action} for operators. All: actions`;
  return (
    `${action} is for people and applications, with a token: ${contract.route.replace(' ', ' /api/v1')}. ` +
    'README.md, "A worked session", shows how. Actions for operators: actions'
  );
}

/** Throws a `Refusal` for a word without a name. */
function paramsOf(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    words.map((word) => {
      const end = word.indexOf('=');
      if (end < 1) throw new Refusal(`${word} is no param: name=value`);
      return [word.slice(0, end), valueIn(word.slice(end + 1))];
    }),
  );
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
