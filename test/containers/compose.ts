/** docker-compose.yml as Compose reads it: variables filled in, as far as the file uses them. */
import { readFileSync } from 'node:fs';
import yaml from 'js-yaml';

export interface HealthCheck {
  /** `CMD` and the command. */
  readonly test: readonly string[];
}

/** Networks by name, with a container's own address there. */
type Networks = Readonly<Record<string, { readonly ipv4_address?: string } | null>>;

export interface ComposeService {
  readonly image: string;
  /** It runs only if one of these is asked for. Undefined: always. */
  readonly profiles?: readonly string[];
  readonly build?: string;
  readonly pull_policy?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: HealthCheck;
  /** Such as `30s`. */
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly required?: boolean }>>;
  readonly container_name?: string;
  readonly networks?: readonly string[] | Networks;
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly restart?: string;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  /** Such as `768m`. */
  readonly mem_limit?: string;
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
  readonly user?: string;
}

export type Variables = Readonly<Record<string, string>>;

const FILE = new URL('../../docker-compose.yml', import.meta.url);

/**
 * The services by name, those of all profiles. `variables` are those of `.env`. Throws for forms of
 * interpolation that the file does not need.
 */
export function readCompose(variables: Variables = {}): Readonly<Record<string, ComposeService>> {
  const file = yaml.safeLoad(readFileSync(FILE, 'utf8'));
  return (filledIn(file, variables) as { services: Record<string, ComposeService> }).services;
}

/** The networks of a service in the form with options. */
export function networksOf(networks: ComposeService['networks'] = ['default']): Networks {
  return Array.isArray(networks)
    ? Object.fromEntries(networks.map((name) => [name, null]))
    : (networks as Networks);
}

/** Every text in the file, with its variables filled in. */
function filledIn(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return interpolated(value, variables);
  if (Array.isArray(value)) return value.map((item) => filledIn(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledIn(item, variables)]));
}

/**
 * `${NAME:-default}`, where an empty variable counts as unset. The default may contain another one.
 */
function interpolated(text: string, variables: Variables): string {
  const filled = text.replaceAll(/\$\{([A-Z_]+):-([^${}]*)\}/g, (_, name: string, fallback: string) => {
    return variables[name] || fallback;
  });
  if (filled !== text) return interpolated(filled, variables);
  if (filled.includes('$')) throw new Error(`docker-compose.yml: ${text}`);
  return filled;
}

/** `30s` in milliseconds. */
export function milliseconds(duration: string | undefined): number {
  const seconds = /^(\d+)s$/.exec(duration ?? '')?.[1];
  if (seconds === undefined) throw new Error(`${duration} is no number of seconds`);
  return Number(seconds) * 1_000;
}
