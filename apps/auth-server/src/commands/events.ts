import { EventReplay } from '../events/event-replay.js';
import type { Command } from './command.js';

export const eventsReplay: Command = {
  words: ['events', 'replay'],
  usage: 'events replay                 rebuild the grants from the event streams and compare them with PostgreSQL',
  async run({ app }) {
    const { events, refused, viewed, compared, older, differences } = await (await app()).get(EventReplay).run();
    const text = [
      `${events} events read, ${refused} refused`,
      `${viewed} grants told by events, ${compared} compared with PostgreSQL, ${older} older than the record`,
      ...differences,
      `${differences.length} differences`,
    ].join('\n');
    return differences.length === 0 && refused === 0 ? text : { text, failed: true };
  },
};
