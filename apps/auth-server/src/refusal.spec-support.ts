import { OAuthError } from '@tandem/protocol';

/** Code and status of the OAuthError that `act` throws, or undefined when it returns; anything else is a bug and goes on. */
export function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof OAuthError) return `${error.status} ${error.code}`;
    throw error;
  }
}
