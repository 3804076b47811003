/** The sample client as other projects see it: nothing but the process is public. */
export {};
