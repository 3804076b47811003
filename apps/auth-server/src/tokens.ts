/** Nest injection token of the configuration, which is an interface and so has no class to stand for it. */
export const CONFIG = Symbol('AuthServerConfig');

/** Nest injection token of `Supported`, what the installed lists amount to. */
export const SUPPORTED = Symbol('Supported');

/** Nest injection token of the declared configuration, as read from its file. */
export const DECLARED = Symbol('DeclaredConfiguration');
