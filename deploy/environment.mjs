/**
 * Loaded before every program of the images (NODE_OPTIONS): completes DATABASE_URL with the password in
 * DATABASE_PASSWORD_FILE, so that the password stands neither in the compose file nor in the environment that
 * `docker inspect` and the process list show.
 */
import { readFileSync } from 'node:fs';

const { DATABASE_URL, DATABASE_PASSWORD_FILE } = process.env;

if (DATABASE_URL !== undefined && DATABASE_PASSWORD_FILE !== undefined) {
  const url = new URL(DATABASE_URL);
  url.password = encodeURIComponent(readFileSync(DATABASE_PASSWORD_FILE, 'utf8').trim());
  process.env.DATABASE_URL = url.href;
}
