/** What a service says about its own work, beyond its consumers, loops and outbox. */

/** For the action `operator.condition`, which `npm run status` calls. */
export interface Condition {
  /** What is wrong, in one line each. The worst comes first. */
  readonly troubles: readonly string[];
  /** What the overview shows, by name. */
  readonly figures: Readonly<Record<string, string>>;
}

/** A duration in its two largest units at most, such as `2 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
