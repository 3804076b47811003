/** Authentication context classes that a sign-in here can reach, strongest last. Discovery lists them. */
export const ACR_VALUES: readonly string[] = ['urn:tandem:acr:password'];
