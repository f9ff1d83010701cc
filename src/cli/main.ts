#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { buildCommand } from './build.ts';
import { connectCommand } from './connect.ts';
import { demoCommand } from './demo.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { exitCodeOf, failureText } from './failure.ts';
import { mergeCommand } from './merge.ts';
import { packetsCommand } from './packets.ts';
import { replayCommand } from './replay.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';
import { shrinkCommand } from './shrink.ts';
import { sweepCommand } from './sweep.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const program = new Command('openwsk')
  .description('Winsock Kernel off Windows: WskConnectEx with TCP Fast Open, for people and scripts')
  .version(version)
  .showSuggestionAfterError()
  .showHelpAfterError('(openwsk --help lists the commands)')
  .configureHelp({ showGlobalOptions: true });

for (const command of [
  runCommand(),
  sweepCommand(),
  replayCommand(),
  shrinkCommand(),
  mergeCommand(),
  buildCommand(),
  connectCommand(),
  serveCommand(),
  diffCommand(),
  packetsCommand(),
  explainCommand(),
  doctorCommand(),
  demoCommand(),
]) {
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
