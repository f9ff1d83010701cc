#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../package/package-files.ts';
import { exitCodeOf, failureText } from './failure.ts';

const program = new Command('openwsk')
  .description('Winsock Kernel off Windows: WskConnectEx with TCP Fast Open, for people and scripts')
  .version(packageVersion())
  .showSuggestionAfterError()
  .showHelpAfterError('(openwsk --help lists the commands)')
  .configureHelp({ showGlobalOptions: true });

/** Each is loaded when it is called: all of them take longer than a short run. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).runCommand(),
  sweep: async () => (await import('./sweep.ts')).sweepCommand(),
  replay: async () => (await import('./replay.ts')).replayCommand(),
  shrink: async () => (await import('./shrink.ts')).shrinkCommand(),
  merge: async () => (await import('./merge.ts')).mergeCommand(),
  build: async () => (await import('./build.ts')).buildCommand(),
  connect: async () => (await import('./connect.ts')).connectCommand(),
  serve: async () => (await import('./serve.ts')).serveCommand(),
  diff: async () => (await import('./diff.ts')).diffCommand(),
  packets: async () => (await import('./packets.ts')).packetsCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  demo: async () => (await import('./demo.ts')).demoCommand(),
};
/** Who asks for help, or mistypes, hears of all. */
const needed = (called: string): string[] => {
  if (Object.hasOwn(commands, called)) return [called];
  return ['-V', '--version'].includes(called) ? [] : Object.keys(commands);
};
for (const name of needed(process.argv[2] ?? '')) {
  const command = await commands[name]();
  program.addCommand(command.exitOverride().showHelpAfterError(`(openwsk ${command.name()} --help shows how)`));
}

// Exit codes: 0 fine, 1 a connection or check failed, 2 usage or environment.
try {
  await program.exitOverride().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`openwsk: ${failureText(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
