import type { User } from '@tandem/protocol';

/** What people are called on the pages: by their name, else by their address, else by the id that is all we know. */
export const nameOfUser = ({ claims, email, userId }: User): string => {
  const { name } = claims;
  return typeof name === 'string' && name !== '' ? name : email || userId;
};
