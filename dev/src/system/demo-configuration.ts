import { readFileSync } from 'node:fs';
import { inProject } from '../paths.js';

/** Where config/demo.yaml says that the sample client is. */
const DECLARED_CLIENT_URL = 'http://localhost:3002';

/** Public on purpose; the auth-server refuses them in production. */
export const DEMO = {
  api: 'https://api.tandem.example/',
  clientSecret: 'demo-web-secret-please-change-0001',
  clientKeyFile: inProject('config/demo-client-key.json'),
  user: { email: 'alice@example.com', password: 'wonderland-42' },
} as const;

/** The demo's clients, APIs and users as YAML, for a sample client at another address than the declared one. */
export function demoConfiguration(sampleClientUrl: string = DECLARED_CLIENT_URL): string {
  return readFileSync(inProject('config/demo.yaml'), 'utf8').replaceAll(DECLARED_CLIENT_URL, sampleClientUrl);
}
