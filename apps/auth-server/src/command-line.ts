import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { COMMANDS } from './commands/index.js';
import { ConfigurationError } from '@tandem/web-server';
import { readConfig } from './config.js';
import { ServerSecrets } from './signing-keys/server-secrets.js';
import { SigningKeys } from './signing-keys/signing-keys.js';
import { loadDeclaredConfiguration } from './start-up.js';

/** The operator's command line: everything that has no page. */
let context: INestApplicationContext | undefined;

async function app(): Promise<INestApplicationContext> {
  if (context !== undefined) return context;
  const config = readConfig();
  context = await NestFactory.createApplicationContext(AppModule.forRoot(config, loadDeclaredConfiguration(config)), {
    logger: ['error'],
  });
  await context.get(ServerSecrets).load();
  await context.get(SigningKeys).load();
  return context;
}

const given = process.argv.slice(2);
const command = COMMANDS.find(({ words }) => words.every((word, place) => given[place] === word));
if (command === undefined) {
  console.error(['usage: tandem COMMAND', '', ...COMMANDS.map(({ usage }) => `  ${usage}`)].join('\n'));
  process.exitCode = 2;
} else {
  try {
    const outcome = await command.run({ args: given.slice(command.words.length), app });
    console.log(typeof outcome === 'string' ? outcome : outcome.text);
    if (typeof outcome !== 'string') process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof ConfigurationError || error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    await context?.close();
  }
}
