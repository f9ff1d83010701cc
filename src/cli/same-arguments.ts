/** Options of sweep and its relatives that are not about the driver, and whether a value follows. */
const OWN: Readonly<Record<string, boolean>> = {
  '--seeds': true,
  '--jobs': true,
  '--shard': true,
  '--seed': true,
  '--only': true,
  '--json': false,
};

/** The driver and its options as they were given, for a command that a person can copy. @param argv behind the command's name */
export const sameArguments = (argv: readonly string[]): string => {
  const kept: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const [name] = argv[at].split('=', 1);
    const takesValue = Object.hasOwn(OWN, name) ? OWN[name] : null;
    if (takesValue === null) kept.push(quoted(argv[at]));
    else if (takesValue && argv[at] === name) at++;
  }
  return kept.join(' ');
};

/** For a POSIX shell. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
