import { Inject, Injectable } from '@nestjs/common';
import { PasskeyStore } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { DeclaredConfiguration } from '../../declared-configuration/declared-configuration.js';
import { required, single } from '../../http/form-parameters.js';
import { PasskeyLogin } from '../../interaction/login-methods/passkey.js';
import { nameIn, PasskeyCreation } from '../../interaction/new-passkeys/passkey-creation.js';
import { instantIn } from '../../messages/index.js';
import { DECLARED } from '../../tokens.js';
import type { AccountChange, AccountContext, AccountOutcome, AccountPart, AccountSection } from '../account-section.js';
import { waysToSignIn } from './ways-to-sign-in.js';

/** The user's passkeys: to add, to name and to remove. It is there while passkeys are a way to sign in. */
@Injectable()
export class PasskeysSection implements AccountSection {
  readonly actions: AccountSection['actions'] = {
    'add-passkey': { fresh: true, run: (change) => this.begin(change) },
    // Not `fresh`: a browser that was asked has a challenge, and a credential that would otherwise be nowhere.
    'keep-passkey': { run: (change) => this.keep(change) },
    'rename-passkey': { run: (change) => this.rename(change) },
    'remove-passkey': { fresh: true, run: (change) => this.remove(change) },
  };

  constructor(
    private readonly passkeys: PasskeyStore,
    private readonly creation: PasskeyCreation,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {}

  async part({ signIn, language }: AccountContext): Promise<AccountPart | undefined> {
    if (!this.isOn) return undefined;
    const passkeys = await this.passkeys.ofUser(signIn.user.userId);
    return {
      view: 'passkeys',
      model: {
        passkeys: passkeys.map(({ credentialId, name, createdAt, lastUsedAt }) => ({
          ...{ id: credentialId, name, created: instantIn(language, createdAt) },
          ...(lastUsedAt === undefined ? {} : { used: instantIn(language, lastUsedAt) }),
        })),
      },
    };
  }

  private get isOn(): boolean {
    return this.declared.login.methods.includes(PasskeyLogin.methodName);
  }

  private async begin({ signIn, language }: AccountChange): Promise<AccountOutcome> {
    if (!this.isOn) throw new OAuthError('not_found', 'there is no such page');
    const held = await this.passkeys.ofUser(signIn.user.userId);
    if (held.length >= this.declared.passkeys.perUser) return { problem: 'passkeys.full' };
    return { part: { view: 'new-passkey', ...(await this.creation.ask(signIn.user, held, language)) } };
  }

  private async keep({ signIn, language, form }: AccountChange): Promise<AccountOutcome> {
    const outcome = await this.creation.keep(signIn.user, form, language);
    if (outcome === 'added') return { audit: 'passkey.added', notice: 'passkeys.added' };
    return { problem: outcome === 'full' ? 'passkeys.full' : 'passkeys.not-added' };
  }

  private async rename({ signIn, form }: AccountChange): Promise<AccountOutcome> {
    const name = nameIn(single(form, 'name'));
    if (name === undefined) return { problem: 'passkeys.bad-name' };
    const renamed = await this.passkeys.rename(signIn.user.userId, required(form, 'credential_id'), name);
    return renamed ? { audit: 'passkey.renamed', notice: 'passkeys.renamed' } : { problem: 'passkeys.gone' };
  }

  private async remove({ signIn, language, form }: AccountChange): Promise<AccountOutcome> {
    const ways = waysToSignIn(this.declared);
    const removed = await this.passkeys.remove(signIn.user.userId, required(form, 'credential_id'), ways);
    if (removed === undefined) return { problem: 'passkeys.gone' };
    if (removed === 'last') return { problem: 'ways.last' };
    await this.creation.tell(signIn.user, language, 'removed', removed.name);
    return { audit: 'passkey.removed', notice: 'passkeys.removed' };
  }
}
