/** `provision`: makes the event stream and one consumer for each instance of the resource API. May be repeated. */
import { provision } from '@tandem/messaging';
import { API_INSTANCES, BUS_SERVERS } from './settings.mjs';

const { NATS_URL, NATS_PROVISIONER_SEED_FILE } = process.env;

await provision(NATS_URL, NATS_PROVISIONER_SEED_FILE, { instances: API_INSTANCES, replicas: BUS_SERVERS.length });
console.log(`the event stream is there, with consumers for the instances ${API_INSTANCES.join(', ')}`);
