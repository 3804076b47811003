/** The resource API as other projects see it: nothing but the process is public. */
export {};
