import { ClientStore } from '@tandem/persistence';
import { Clock } from '../clock.js';
import type { Command } from './command.js';

export const clientsList: Command = {
  words: ['clients', 'list'],
  usage: 'clients list                  registered clients',
  async run({ app }) {
    const clients = await (await app()).get(ClientStore).all();
    return clients
      .map(
        ({ clientId, origin, tokenEndpointAuthMethod, disabledAt }) =>
          `${clientId}\t${origin}\t${tokenEndpointAuthMethod}\t${disabledAt === undefined ? 'enabled' : 'disabled'}`,
      )
      .join('\n');
  },
};

export const clientsDisable: Command = {
  words: ['clients', 'disable'],
  usage: 'clients disable CLIENT_ID     disable a client: its tokens die, it gets no new ones',
  async run({ app, args: [clientId] }) {
    if (clientId === undefined) throw new Error('the client id is missing');
    const context = await app();
    return (await context.get(ClientStore).disable(clientId, context.get(Clock).now()))
      ? 'disabled'
      : 'there is no such enabled client';
  },
};
