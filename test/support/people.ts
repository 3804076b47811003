import { demoConfiguration, freePort } from '@tandem/dev';
import { UserAgent } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from './demo-client.js';

const PASSWORD = 'a-password-of-many-people-42';
const emailOf = (number: number): string => `person-${number}@example.com`;

/** How to start a Tandem for so many people more than the demo's. */
export async function withPeople(
  count: number,
): Promise<{ readonly config: string; readonly ports: { readonly 'sample-client': number } }> {
  const port = await freePort();
  const users = Array.from(
    { length: count },
    (_, number) => `  - { email: ${emailOf(number)}, password: ${PASSWORD} }`,
  );
  const config = `${demoConfiguration(`http://localhost:${port}`).trimEnd()}\n${users.join('\n')}\n`;
  return { config, ports: { 'sample-client': port } };
}

/** A post of the login page as a browser would send it. */
export interface LoginPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** People who stand before the login page, each in a browser of their own, password in hand. */
export class People {
  private constructor(private readonly posts: readonly LoginPost[]) {}

  static async open(tandem: RunningTandem, count: number): Promise<People> {
    const posts: LoginPost[] = [];
    for (let number = 0; number < count; number += 1) posts.push(await loginPost(tandem, number));
    return new People(posts);
  }

  loginOf(number: number): LoginPost {
    return this.posts[number % this.posts.length] as LoginPost;
  }
}

async function loginPost(tandem: RunningTandem, number: number): Promise<LoginPost> {
  const agent = new UserAgent();
  const page = await agent.open(new DemoClient(tandem).authorizationUrl());
  const { action, fields } = page.form();
  const given = { username: emailOf(number), password: PASSWORD };
  const body = new URLSearchParams([
    ...fields.filter(([name]) => !(name in given)).map(([name, value]): [string, string] => [name, value]),
    ...Object.entries(given),
  ]);
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'text/html',
      origin: action.origin,
      'sec-fetch-site': 'same-origin',
      cookie: await agent.cookies.header(action, 'strict'),
    },
    body: body.toString(),
  };
}
