import type { RegisteredClient } from '../oidf/relying-party/client.js';
import type { ModuleRun } from '../oidf/relying-party/module-run.js';
import { withRun } from '../with-run.js';
import type { Exercise } from './exercise.js';

interface GrantAnswer {
  readonly grant_id: string;
  readonly scopes: readonly { readonly scope: string }[];
}

/** A grant as its client sees it afterwards. */
class ManagedGrant {
  private constructor(
    private readonly run: ModuleRun,
    private readonly client: RegisteredClient,
    readonly grantId: string,
  ) {}

  static async create(run: ModuleRun, client: RegisteredClient): Promise<ManagedGrant> {
    const { tokens } = await run.signIn(client, { scope: 'openid email', grant_management_action: 'create' });
    return new ManagedGrant(run, client, grantIdOf(tokens));
  }

  async change(action: string, scope: string): Promise<void> {
    const changes = { scope, grant_management_action: action, grant_id: this.grantId };
    const { tokens } = await this.run.signIn(this.client, changes);
    expect(grantIdOf(tokens)).toBe(this.grantId);
  }

  async scopes(): Promise<readonly string[]> {
    const response = await this.ask('grant_management_query', 'GET');
    expect(response.status).toBe(200);
    const { grant_id: grantId, scopes } = (await response.json()) as GrantAnswer;
    expect(grantId).toBe(this.grantId);
    return scopes.flatMap(({ scope }) => scope.split(' ')).sort();
  }

  /** With a token of the same user, for grant management alone. */
  async ask(scope: string, method: 'GET' | 'DELETE'): Promise<Response> {
    const endpoint = this.run.provider.metadata['grant_management_endpoint'] as string;
    const { tokens } = await this.run.signIn(this.client, { scope: `openid ${scope}`, audience: endpoint });
    const headers = { authorization: `Bearer ${tokens?.access_token as string}` };
    return fetch(`${endpoint}/${this.grantId}`, { method, headers });
  }
}

const grantIdOf = (tokens: object | undefined): string => (tokens as { readonly grant_id: string }).grant_id;

const ACTIONS: Readonly<Record<string, (grant: ManagedGrant) => Promise<void>>> = {
  create: async (grant) => expect(await grant.scopes()).toEqual(['email', 'openid']),
  query: async (grant) => expect(await grant.scopes()).toContain('openid'),
  merge: async (grant) => {
    await grant.change('merge', 'openid phone');
    expect(await grant.scopes()).toEqual(['email', 'openid', 'phone']);
  },
  replace: async (grant) => {
    await grant.change('replace', 'openid phone');
    expect(await grant.scopes()).toEqual(['openid', 'phone']);
  },
  revoke: async (grant) => {
    expect((await grant.ask('grant_management_revoke', 'DELETE')).status).toBe(204);
    expect((await grant.ask('grant_management_query', 'GET')).status).toBe(404);
  },
};

const actions: Exercise = async (values) => {
  for (const value of values)
    await withRun(
      async (run) => {
        const exercise = ACTIONS[value];
        if (exercise === undefined) throw new Error(`nothing uses the action ${value}`);
        await exercise(await ManagedGrant.create(run, await run.register()));
      },
      { registration: 'static' },
    );
};

export const GRANT_MANAGEMENT_EXERCISES: Readonly<Record<string, Exercise>> = {
  grant_management_actions_supported: actions,
};
