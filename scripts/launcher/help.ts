/** `--help` of a command. */

/** Prints the usage and ends this process with 0 if the arguments ask for it. */
export function answerHelp(usage: string, args: readonly string[] = process.argv.slice(2)): void {
  if (!args.includes('--help') && !args.includes('-h')) return;
  console.log(usage);
  process.exit(0);
}
