/** Loaded before a program (NODE_OPTIONS=--import=…): SIGUSR2 makes a promise in it fail that nobody waits for. */
process.on('SIGUSR2', () => void Promise.reject(new Error('nobody waits for this')));
