import { Injectable } from '@nestjs/common';
import { UserStore } from '@tandem/persistence';
import { httpsUrl, shortText } from '@tandem/protocol';
import { single } from '../../http/form-parameters.js';
import type { MessageKey } from '../../messages/index.js';
import type { AccountChange, AccountContext, AccountOutcome, AccountPart, AccountSection } from '../account-section.js';

/** A claim that users may set themselves. */
interface ProfileField {
  readonly name: string;
  readonly label: MessageKey;
  readonly type: 'text' | 'url';
  readonly limit: number;
  readonly autocomplete: string;
  readonly isGood?: (value: string) => boolean;
}

const silent = (): void => undefined;
const isLocale = (value: string): boolean => canBe(() => Intl.getCanonicalLocales(value));
const isZone = (value: string): boolean =>
  canBe(() => new Intl.DateTimeFormat('en', { timeZone: value })) && /^[A-Za-z]/.test(value);
const isPicture = (value: string): boolean => httpsUrl(value, '', silent) !== undefined;

function canBe(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}

const text = { type: 'text', limit: 100 } as const;

/** The one list of them. Claims that say who somebody is to others, such as the user name, are the operator's. */
const FIELDS: readonly ProfileField[] = [
  { ...text, name: 'name', label: 'profile.name', autocomplete: 'name' },
  { ...text, name: 'given_name', label: 'profile.given_name', autocomplete: 'given-name' },
  { ...text, name: 'family_name', label: 'profile.family_name', autocomplete: 'family-name' },
  { ...text, name: 'nickname', label: 'profile.nickname', autocomplete: 'nickname' },
  { name: 'picture', label: 'profile.picture', type: 'url', limit: 500, autocomplete: 'photo', isGood: isPicture },
  { ...text, name: 'locale', label: 'profile.locale', limit: 35, autocomplete: 'language', isGood: isLocale },
  { ...text, name: 'zoneinfo', label: 'profile.zoneinfo', limit: 60, autocomplete: 'off', isGood: isZone },
];

/** What applications are told about a user, as far as the user may say it. */
@Injectable()
export class ProfileSection implements AccountSection {
  readonly actions: AccountSection['actions'] = { profile: { run: (change) => this.save(change) } };

  constructor(private readonly users: UserStore) {}

  part({ signIn }: AccountContext): Promise<AccountPart> {
    const fields = FIELDS.map((field) => ({ ...field, value: valueOf(signIn.user.claims[field.name]) }));
    return Promise.resolve({ view: 'profile', model: { fields } });
  }

  /** Fields that the form does not have stay as they are; empty ones are taken away. */
  private async save({ signIn, form }: AccountChange): Promise<AccountOutcome> {
    const sent = FIELDS.filter(({ name }) => form.has(name)).map((field) => ({
      ...field,
      value: single(form, field.name)?.trim() ?? '',
    }));
    const set = sent.filter(({ value }) => value !== '');
    const good = set.every(
      ({ value, limit, isGood }) =>
        shortText(limit)(value, '', silent) !== undefined && (isGood === undefined || isGood(value)),
    );
    if (!good) return { problem: 'profile.invalid' };
    const emptied = sent.filter(({ value }) => value === '').map(({ name }) => name);
    const claims = Object.fromEntries(set.map(({ name, value }) => [name, value]));
    await this.users.changeClaims(signIn.user.userId, claims, emptied);
    return { audit: 'user.profile_changed', notice: 'profile.saved' };
  }
}

const valueOf = (claim: unknown): string => (typeof claim === 'string' ? claim : '');
