import type { INestApplicationContext } from '@nestjs/common';

/** What a command may use. */
export interface CommandInput {
  readonly args: readonly string[];
  /** Starts the application without listening, once; for commands that need its rooms. */
  readonly app: () => Promise<INestApplicationContext>;
}

/** What a command found, when that is for whoever started it to know: it ends with 1. */
export interface Finding {
  readonly text: string;
  readonly failed: true;
}

/** One `tandem` command: its words, a line of help, and what it prints. */
export interface Command {
  readonly words: readonly string[];
  readonly usage: string;
  run(input: CommandInput): Promise<string | Finding>;
}
