/** `provision`: makes the streams, and one consumer for each instance of the resource API and each receiver of logout tokens. May be repeated. */
import { setTimeout as pause } from 'node:timers/promises';
import { provision, SAMPLE_RECEIVER } from '@tandem/messaging';
import { API_INSTANCES, BUS_SERVERS, LOGOUT_RECEIVERS } from './settings.mjs';

const { NATS_URL, NATS_PROVISIONER_SEED_FILE } = process.env;
const ATTEMPTS = 15;
const PAUSE_MILLISECONDS = 2_000;

/** A cluster that has just lost or regained a server elects a leader first, and answers nobody meanwhile. */
async function provisionWhenPossible() {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await provision(NATS_URL, NATS_PROVISIONER_SEED_FILE, {
        instances: API_INSTANCES,
        logoutReceivers: [SAMPLE_RECEIVER, ...LOGOUT_RECEIVERS],
        replicas: BUS_SERVERS.length,
      });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      console.log(`the bus is not ready to be provisioned: ${error.message}`);
      await pause(PAUSE_MILLISECONDS);
    }
  }
}

await provisionWhenPossible();
console.log(`the streams are there, with consumers for the instances ${API_INSTANCES.join(', ')}`);
